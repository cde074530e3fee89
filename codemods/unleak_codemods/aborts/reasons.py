"""Why an abort is left to a hand, by stable code, what a reviewer is told, and how the hand should
do it. RESPONSE, REQUEST and STOP stand for what the code calls them."""

from unleak_codemods.streams.reasons import Reason

EVERY_CLOSE = "'close' of a response follows success too: this aborts work that went well"
TIMED = "a timer ends the response: what comes too late looks like a small whole answer"
UNTOLD = "a generator that feeds a response does not hear that the client left"
REQUEST_CLOSE = "'close' of a request comes once its body is read: this stops the answer too early"

CLOSING: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where requests and responses close in other ways",
        "Raise engines.node to >=18; then listen on the response, and abort only what is not\n"
        "finished: if (!RESPONSE.writableFinished) STOP;",
    ),
    "other-work": Reason(
        "the signal goes to other work than a pipeline into this response, which may count on "
        "being aborted after success too",
        "  RESPONSE.once('close', () => {\n    if (!RESPONSE.writableFinished) STOP;\n  });\n"
        "if that work is done by the time the response is finished.",
        shown=True,
    ),
    "listener-does-more": Reason(
        "the listener does more than stop what feeds the response",
        "Listen for 'close' of RESPONSE for that: it comes when the client leaves and when the\n"
        "response is done. Check that the rest may wait for it as well.",
    ),
    "more-is-chained": Reason(
        "what the listener's call returns, the request, is used on the spot",
        "Listen for 'close' of RESPONSE in a statement of its own, and leave the rest on the\n"
        "request.",
    ),
}

ABORTS = (
    "when the client leaves, this rejects at once, with an AbortError or (from Node 24.15 on) "
    "ERR_STREAM_PREMATURE_CLOSE; before, it waited for the next chunk"
)
WIDENED = "once the client left, the handler of the failure takes any error for that"
STUCK = (
    "a generator that waits for something that knows no signal still waits until that settles; "
    "what the pipeline reads from is closed at once"
)
BY_ITSELF = "pipeline sees by itself that the client leaves here: the signal changes only the error"

TELLING: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where pipeline sees less of a closed response",
        "Raise engines.node to >=18; then hand the pipeline a signal that is aborted when\n"
        "RESPONSE closes before it is finished.",
    ),
    "callback-form": Reason(
        "the callback form of pipeline takes no signal",
        "Close the source when the client leaves:\n"
        "  RESPONSE.once('close', () => { if (!RESPONSE.writableFinished) source.destroy(); });\n"
        "or use pipeline of node:stream/promises, which takes { signal }.",
    ),
    "generator-cannot-hear": Reason(
        "the generator waits for what it reads itself, and takes no signal",
        "Hand what it reads to the pipeline as the first stage, or let the generator take the\n"
        "signal, and give both the same:\n"
        "  const ac = new AbortController();\n"
        "  RESPONSE.once('close', () => { if (!RESPONSE.writableFinished) ac.abort(); });\n"
        "  await pipeline(source, generator, RESPONSE, { signal: ac.signal });",
    ),
    "handler-rejects": Reason(
        "nothing seen here catches the failure, and a client that leaves would now be one",
        "Catch it first, then hand the pipeline a signal:\n"
        "  const ac = new AbortController();\n"
        "  RESPONSE.once('close', () => { if (!RESPONSE.writableFinished) ac.abort(); });\n"
        "  try {\n"
        "    await pipeline(source, generator, RESPONSE, { signal: ac.signal });\n"
        "  } catch (err) {\n"
        "    if (!ac.signal.aborted) { /* report it */ }\n"
        "  }",
    ),
    "error-handler-answers": Reason(
        "the failure is answered, which throws once the headers were sent, and a client that left "
        "would now come there too",
        "Answer only if (!RESPONSE.headersSent && !RESPONSE.destroyed), then hand the pipeline\n"
        "{ signal } of an AbortController that 'close' of RESPONSE aborts unless it is finished.",
    ),
    "decision-unclear": Reason(
        "the failure is judged by its code, in a way that a machine should not widen",
        "Hand the pipeline { signal } of an AbortController that 'close' of RESPONSE aborts\n"
        "unless it is finished, and take signal.aborted for a client that left, whatever the code.",
    ),
    "no-block": Reason(
        "there is no place for a statement right before the pipeline",
        "Put the pipeline in a block; before it:\n"
        "  const ac = new AbortController();\n"
        "  RESPONSE.once('close', () => { if (!RESPONSE.writableFinished) ac.abort(); });\n"
        "and { signal: ac.signal } behind its stages.",
    ),
}

LATE = (
    "what comes too late is now a cut connection, or a 504 before the first byte; before, the "
    "client got a short answer that looked whole"
)
SOONER = (
    "what follows the pipeline now runs when the last byte was handed over, not when the client "
    "has it"
)
DELAY = (
    "AbortSignal.timeout() throws where setTimeout() did not: check that the delay is a whole "
    "number of milliseconds, not a string, not negative, not Infinity"
)
ANSWERED = (
    "a source that fails is logged, and answered with 500 before the first byte; before, an "
    "unheard 'error' ended the process"
)
_BY_HAND = (
    "  const signal = AbortSignal.timeout(DELAY);\n"
    "  try {\n"
    "    await pipeline(source, RESPONSE, { signal, end: false });\n"
    "    RESPONSE.end();\n"
    "  } catch (err) {\n"
    "    source.destroy();\n"
    "    if (!RESPONSE.headersSent && !RESPONSE.destroyed) {\n"
    "      RESPONSE.statusCode = signal.aborted ? 504 : 500;\n"
    "      RESPONSE.end();\n"
    "    } else RESPONSE.destroy();\n"
    "  }\n"
    "and take the timer away, with what clears it."
)

TIMEOUTS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where pipeline sees less of a closed response",
        "Raise engines.node to >=18; then\n" + _BY_HAND,
    ),
    "timer-does-more": Reason(
        "the timer does more than end the response",
        _BY_HAND + "\nWhat else the timer does goes where signal.aborted is true.",
    ),
    "timer-shared": Reason(
        "the timer's handle is used for more than to clear it",
        _BY_HAND,
    ),
    "timer-reset": Reason(
        "the timer is started again while it runs: it limits the silence, not the whole",
        "Let the timer abort a controller, setTimeout(() => ac.abort(), DELAY), reset it as\n"
        "before, and give the pipeline { signal: ac.signal, end: false }; then end RESPONSE\n"
        "by hand: whole on success, cut or with a 504 otherwise.",
    ),
    "timer-cleared-early": Reason(
        "the timer is cleared before the copy is over: it limits the wait for something else",
        "Let the timer abort a controller, setTimeout(() => ac.abort(), DELAY), clear it as\n"
        "before, and give the pipeline { signal: ac.signal, end: false }; then end RESPONSE by\n"
        "hand: whole on success, cut or with a 504 otherwise.",
    ),
    "timer-elsewhere": Reason(
        "the timer is not started in the same block before the pipeline",
        _BY_HAND,
    ),
    "timer-covers-more": Reason(
        "the timer also ends the wait for work before the pipeline, which no signal does here",
        "Give the signal to that work too, if it takes one; then\n" + _BY_HAND,
    ),
    "delay-no-number": Reason(
        "the delay may be no whole number, for which AbortSignal.timeout() throws",
        _BY_HAND.replace("DELAY", "Number(DELAY)"),
    ),
    "several-pipelines": Reason(
        "several pipelines go into the response that the timer ends",
        "Give each of them the signal, and the last one the end:\n" + _BY_HAND,
    ),
    "callback-form": Reason(
        "the callback form of pipeline takes no signal",
        "Use pipeline of node:stream/promises:\n" + _BY_HAND,
    ),
    "no-pipeline": Reason(
        "the chain into the response is no pipeline yet, and is not simply made one",
        "Make it a pipeline first:\n" + _BY_HAND,
    ),
    "signal-given": Reason(
        "the pipeline has a signal, or options that are not seen",
        "Join the two, AbortSignal.any([signal, AbortSignal.timeout(DELAY)]) on Node 20.3 and\n"
        "later; then\n" + _BY_HAND,
    ),
    "handler-rejects": Reason(
        "nothing right here catches the failure of the pipeline",
        _BY_HAND,
    ),
    "error-handler-answers": Reason(
        "the handler of the failure does more than report it",
        _BY_HAND,
    ),
    "fed-after": Reason(
        "the response is used after the pipeline, which would have to wait for its end",
        _BY_HAND,
    ),
    "no-import-place": Reason(
        "there is no place for an import of pipeline",
        _BY_HAND,
    ),
}
