"""What is told of a write whose result nobody reads: why it is left to a hand, by stable code, and
what a reviewer must know. WRITABLE stands for the stream as the code calls it."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = "write() says that the stream is full, and the loop does not listen"

WAITS = "the loop now waits while the stream is full: check that nothing else needs it to go on"
THROWS = (
    "when the stream is gone the function now rejects with ERR_STREAM_PREMATURE_CLOSE, before it "
    "wrote on for nothing: check that every caller catches"
)
WALKED = "what the loop walks over must not be changed while it waits"
SHARED = (
    "the stream is not made here, and who else writes to it meanwhile is not seen: their chunks "
    "may now come in between"
)
REJECTS = "an error of the stream during the wait now rejects here as well"

_BY_HAND = (
    "if (WRITABLE.write(chunk) === false && !(await drained(WRITABLE))) throw …, where drained\n"
    "gives true for 'drain' and false for a stream that fails, ends or closes."
)

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where streams close in other ways",
        "Raise engines.node to >=18, or wait for 'drain' raced with 'close' by hand.",
    ),
    "reader-unseen": Reason(
        "nothing seen here reads what is written before the loop ends, so waiting may never end",
        "Start the reader before the loop: pipeline(WRITABLE, destination), then\n" + _BY_HAND,
    ),
    "reader-may-leave": Reason(
        "its reader is attached with .pipe(): when that one closes, this stream neither drains\n"
        "nor closes, and the wait would never end".replace("\n", " "),
        "Join the two with pipeline(WRITABLE, destination), which closes both. Then\n" + _BY_HAND,
    ),
    "answers-unread": Reason(
        "what comes back is not read before the loop ends, and the other side stops reading when "
        "it cannot write",
        "Read what comes back (a child's stdout, what a socket receives) from before the loop\n"
        "on, then\n" + _BY_HAND,
    ),
    "conversation": Reason(
        "the loop also reads from the stream it writes to, and the other side may wait for both",
        "Read and write in two tasks of their own, then\n" + _BY_HAND,
    ),
    "corked": Reason(
        "the stream is corked here, so it drains only after uncork()",
        "Write in small batches with uncork() before each wait, or do without cork().",
    ),
    "inside-a-lock": Reason(
        "this runs inside a lock or a transaction, which a slow reader would hold open",
        "Collect first and write behind the lock, or accept that it is held while the stream is\n"
        "full: " + _BY_HAND,
    ),
    "callback-not-awaited": Reason(
        "nobody waits for the callback around the loop, so waiting in it holds nothing back",
        "Use for...of (or for await...of) in place of the callback, then\n" + _BY_HAND,
    ),
    "promise-floats": Reason(
        "nobody takes the promise of this function, so a closed stream would end the process",
        "Await the call where an error is caught, then\n" + _BY_HAND,
    ),
    "promise-held": Reason(
        "a promise of the stream's end is made before the loop and awaited behind it: while the "
        "loop waits it could reject with nobody to hear, which ends the process",
        "Say at once that it is heard: const done = …; done.catch(() => {}). Then\n" + _BY_HAND,
    ),
    "handler-rejects": Reason(
        "a request handler would reject when this stream closes early, and nothing catches it",
        "Wrap the writing in try/catch and answer with an error there; in the loop\n" + _BY_HAND,
    ),
    "reader-hears": Reason(
        "leaving the loop calls the 'error' listeners of what it reads with an AbortError",
        "Take those listeners off and catch around the loop instead, then\n" + _BY_HAND,
    ),
    "no-import-place": Reason(
        "there is no place in this file for an import",
        "Wait by hand: " + _BY_HAND,
    ),
}
