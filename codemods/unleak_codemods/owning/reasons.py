"""Why a resource is left to a hand, by stable code, what a reviewer is told, and how the hand
should do it. Words in capitals stand for what the code calls it."""

from unleak_codemods.streams.reasons import Reason

UNREAD = (
    "an answer that nobody reads keeps its connection, and with it the agent's place for another"
)

DROPPED = (
    "the rest of the body is now read and dropped; for bodies that are very large, or never end, "
    "take ANSWER.destroy() instead, which gives the connection up"
)
END_COMES = (
    "'end' and 'close' of the answer now come where they never came, or only when the server gave "
    "up: check what their listeners do"
)

ANSWERS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        "Raise engines.node to >=18, or call ANSWER.resume() on every path that does not read.",
    ),
    "request-handed-on": Reason(
        "others hold this request too, and may read its answer in a listener of their own",
        "If nobody else reads it: call ANSWER.resume() on every path that does not read it.",
    ),
    "close-awaited": Reason(
        "something waits for the 'close' of the request, which comes once the answer is read and "
        "did not come before, perhaps as a second result",
        "Let what waits for 'close' do nothing once there was an answer; then call\n"
        "ANSWER.resume() on every path that does not read it.",
    ),
    "answer-taken-apart": Reason(
        "the answer is taken apart in the parameter, so nothing here can read it",
        "Take the whole answer as the parameter, and call ANSWER.resume() first.",
    ),
    "answer-not-named": Reason(
        "the listener takes no parameter, and its name is used from elsewhere",
        "Take the answer as the parameter, and call ANSWER.resume() first.",
    ),
    "listens-already": Reason(
        "listeners of the answer are in place that would now hear its 'end' or 'close' on the path "
        "that does not read it, perhaps as a second result",
        "On that path call ANSWER.destroy() after taking those listeners off, or let them come\n"
        "after the path; then ANSWER.resume().",
    ),
    "paths-unclear": Reason(
        "the answer is read on some paths, and not every path can be told by its shape",
        "Call ANSWER.resume() on every path that does not read it.",
    ),
}

MISSED = "what waits for the end of the stream is not given back when the stream fails"

STILL_REJECTS = (
    "the rejection is still caught by nobody, so a failure ends the process as before: where it "
    "should not, add a catch that logs it"
)
HEARD_ELSEWHERE = (
    "a failure of the stream no longer rejects here: others hear of it already, check that they "
    "tell somebody"
)
CLIENT_LEFT = (
    "a client that leaves no longer ends the process by an unhandled rejection: it is given back "
    "then, and nobody is told"
)
GIVES_BACK = "check that this gives back what was taken: it now runs on failure too"
ABORTED = (
    "when the signal is aborted the promise rejects at once: check that what is given back then is "
    "no longer in use"
)
VALUE_GONE = "the promise now gives undefined instead of what giving back gives"
UNSEEN_CATCH = "check that the catch behind it does not give back a second time"
LIKELY_STREAM = "check that this is a Node stream: here it is only likely"

RELEASES: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where streams close in other ways",
        "Raise engines.node to >=18, or give back in both handlers of `then` by hand.",
    ),
    "released-elsewhere": Reason(
        "it is given back in another place too, so on failure it could be given back twice",
        "Give back in one place: .finally(() => RELEASE()), and take the other ones away.",
    ),
    "still-used": Reason(
        "what hears of the failure may still use it, and nobody may once it is given back",
        "Give back last, in a `finally` around that code: RELEASE() without an argument.",
    ),
    "value-used": Reason(
        "what giving back gives is used further on",
        "try {\n  await finished(STREAM);\n} finally {\n  await RELEASE();\n}",
    ),
    "release-too-long": Reason(
        "nobody takes the promise, and giving back is too long to be written twice",
        "Make it a function, and call it in both handlers of `then`, without an argument.",
    ),
    "async-generator": Reason(
        "an async generator is no stream: `finished` throws ERR_INVALID_ARG_TYPE",
        "try {\n  for await (const item of STREAM) { … }\n} finally {\n  RELEASE();\n}",
        shown=True,
    ),
}

LEFT_ON = "each call of finished() leaves its listeners on a stream that is asked again"

LATE_ERRORS = (
    "the listeners that stayed also kept errors quiet which come after the end: such an error of "
    "the stream is now thrown, unless it has an 'error' listener of its own"
)

LISTENERS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where `cleanup` is not everywhere known",
        "Raise engines.node to >=18, or use `finished` of node:stream: it returns its cleanup.",
    ),
    "options-elsewhere": Reason(
        "the options are made elsewhere",
        "Add cleanup: true to them.",
    ),
    "raced": Reason(
        "the race is over before the stream is, and the listeners stay until the stream ends",
        "  const controller = new AbortController();\n"
        "  const { signal } = controller;\n"
        "  try {\n"
        "    await Promise.race([…, finished(STREAM, { signal, cleanup: true })]);\n"
        "  } finally {\n"
        "    controller.abort();\n"
        "  }\n"
        "`cleanup` alone takes them off no earlier. Keep the options that are there.",
        shown=True,
    ),
}

BOUND = "what is given back when the response closes is never given back when it closed before"

MOVED = (
    "it is now given back when the pipeline is over, not when the response is: check that nothing "
    "still uses it then"
)
SOURCE_OPEN = (
    "on Node 23 and newer a pipeline into a response that is closed already leaves its source "
    "open: destroy the source before what it reads from is given back"
)
FAILS_NOW = "a release that fails now fails the handler; before, it failed in a listener"

RESPONSES: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where a pipeline may never settle",
        "Raise engines.node to >=18, or test RES.destroyed before listening.",
    ),
    "no-pipeline": Reason(
        "the chain into the response is no pipeline, and without this listener nothing would give "
        "it back when the client leaves",
        "Make the chain a pipeline first, then:\n"
        "try {\n  await pipeline(…, RES);\n} finally {\n  await RELEASE;\n}",
    ),
    "close-came-first": Reason(
        "the handler waits before it listens, and a client that left meanwhile has closed the "
        "response already",
        "if (RES.destroyed) RELEASE;\nelse RES.once('close', () => RELEASE);",
        shown=True,
    ),
    "released-elsewhere": Reason(
        "it is given back in another place too, so it could be given back twice",
        "Give it back in one place, the `finally` of a `try` around all that uses it:\n"
        "try {\n  await pipeline(…, RES);\n} finally {\n  await RELEASE;\n}",
    ),
    "stage-may-sleep": Reason(
        "a stage of the pipeline is not seen to be a stream: while a generator waits, a pipeline "
        "does not hear that the client left, and this listener does",
        "Give the generator the signal of an AbortController that a 'close' of RES aborts while\n"
        "RES.writableFinished is false, then give back in a `finally`.",
    ),
    "leaves-early": Reason(
        "the handler may return between the listener and the pipeline",
        "try {\n  await pipeline(…, RES);\n} finally {\n  await RELEASE;\n}\n"
        "around all that uses it, if nothing uses it after such a return.",
    ),
    "stands-otherwise": Reason(
        "the pipeline does not end what follows the listener",
        "try {\n  await pipeline(…, RES);\n} finally {\n  await RELEASE;\n}\n"
        "around all that uses it.",
    ),
}
