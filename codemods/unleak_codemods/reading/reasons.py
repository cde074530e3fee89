"""Why what is left open by a reader is left to a hand, by stable code, what a reviewer is told, and
how the hand should do it. INPUT and READER stand for the stream and what reads it, as the code
calls them."""

from unleak_codemods.streams.reasons import Reason

LINES = "leaving this loop early keeps the input of readline open"
LINES_CLOSED = "closing readline does not close the input it reads"
LINES_LOST = "lines that arrive before the loop begins are lost"

_FINALLY = (
    "Leave the loop through a `finally`:\n"
    "  try { for await (const line of READER) { … } }\n"
    "  finally { READER.close(); INPUT.destroy(); }"
)

CLOSE_IS_HEARD = (
    "a 'close' listener now hears that the loop was left early; Node 18 told it before, later "
    "lines did not"
)
INPUT_CLOSE_IS_HEARD = "the input now emits 'close' when reading stops early"
STAYS_OPEN = (
    "the input itself stays open, paused: it is not made here, so whoever made it must destroy it"
)
STDIN = (
    "process.stdin is let go of and paused: on Node 20 and later it held the process until its "
    "end. Read it again with a new interface"
)
NO_MORE_IS_READ = (
    "the file is closed with the interface; lines already read are still delivered, as before"
)
ERRORS = "errors of the input after the loop are no longer heard by readline"
OPTIONS = "check the options of the stream: one that leaves its descriptor open is not closed"
LIKELY = "check that this stream has a destroy(): here it is only likely to be a file's"

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where streams close in other ways",
        "Raise engines.node to >=18, or cure it by hand:\n" + _FINALLY,
    ),
    "lines-lost": Reason(
        "something is awaited between the making of the interface and the loop; meanwhile lines "
        "go by unheard, and when the input ends in that time the loop waits for ever",
        "Await first, and make the interface right before the loop.",
    ),
    "input-is-piped": Reason(
        "the input comes out of a pipe, and destroying its end leaves the beginning open",
        "Let pipeline of node:stream tie the stages, with a callback, and read what it returns:\n"
        "  const input = pipeline(source, stage, () => {});\n"
        "then finally { READER.close(); input.destroy(); } destroys them all.",
    ),
    "input-not-a-file": Reason(
        "the input is no file stream made here, so what may be destroyed is not plain",
        _FINALLY + "\nif nobody else reads it. A child process that still writes is better killed.",
    ),
    "input-read-elsewhere": Reason(
        "the input is read by others too",
        "Call READER.close() in a `finally`, and INPUT.destroy() once everybody has read it.",
    ),
    "input-used-after": Reason(
        "the input is used again after the loop",
        "Call READER.close() in a `finally`, and INPUT.destroy() after the last use.",
    ),
    "input-escapes": Reason(
        "the input is handed to other code",
        "If that code is done with it by then:\n" + _FINALLY,
    ),
    "no-destroy": Reason(
        "the input is declared as a type that has no destroy()",
        "Declare it as a Readable, then:\n" + _FINALLY,
    ),
    "reader-used-after": Reason(
        "the interface is used again after the loop, or by a loop around it",
        "Read what is wanted in one loop, or call READER.next() of one iterator by hand; then\n"
        "finally { READER.close(); INPUT.destroy(); }",
    ),
    "reader-escapes": Reason(
        "the interface is handed to other code",
        "If that code is done with it by then:\n" + _FINALLY,
    ),
    "reader-used-elsewhere": Reason(
        "the lines are heard by a listener too",
        "Read them in the loop alone, then:\n" + _FINALLY,
    ),
    "no-block": Reason(
        "there is no place for a second statement",
        "Put braces around the statement, and run unleak again.",
    ),
}
