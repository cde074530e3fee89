"""Why what is left open by a reader is left to a hand, by stable code, what a reviewer is told, and
how the hand should do it. INPUT and READER stand for the stream and what reads it, as the code
calls them."""

from unleak_codemods.streams.reasons import Reason

LINES = "leaving this loop early keeps the input of readline open"
LINES_CLOSED = "closing readline does not close the input it reads"
LINES_LOST = "lines that arrive before the loop begins are lost"

LATE = "what fails between the opening of this file and the loop keeps the file open"
KEPT_OPEN = "this loop leaves the file open when it is left, and nobody goes on reading"
DRIVEN = "an iterator that is not read to its end keeps the file open"

SCAN = "the file is read on after what was looked for is found"

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
    "the input itself stays open, and paused: it is not made here, so whoever has it must resume "
    "it to read on, or destroy it"
)
STDIN = (
    "process.stdin is let go of and paused: on Node 20 and later it held the process until its "
    "end. To read on, take a new interface or call resume()"
)
NO_MORE_IS_READ = (
    "the file is closed with the interface; lines already read are still delivered, as before"
)
ERRORS = (
    "an 'error' of the input after the loop is no longer heard by readline: unless somebody else "
    "listens, it ends the process, as on Node 18"
)
OPTIONS = "check the options of the stream: one that leaves its descriptor open is not closed"
OPENED_LATER = (
    "the file is opened right before the loop now: check that nothing above it moves, changes or "
    "locks that file. A file that cannot be opened no longer ends the process meanwhile"
)
NOBODY_GOES_ON = "destroyOnReturn: false no longer keeps the file open behind the loop"
NO_MORE_IS_WANTED = "the file is destroyed once the last chunk that is asked for has come"
COUNTED = "what the listener counts in variables outside of the promise stops at the find"
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
    "named-before-the-loop": Reason(
        "the stream is used between its making and the loop",
        "try {\n"
        "  … what is awaited, and the loop …\n"
        "} finally { STREAM.destroy(); }\n"
        "with an 'error' listener on STREAM until the loop begins: without one, a file that\n"
        "cannot be opened ends the process.",
    ),
    "walked-in-rounds": Reason(
        "the stream is made outside of the loop that walks over it",
        "Open the file where it is read.",
    ),
    "walked-in-a-branch": Reason(
        "the stream is made for a loop that is not always reached",
        "Make STREAM right before the loop, in the same block.",
    ),
    "made-of-what-changes": Reason(
        "what the stream is made of may be another by the time the loop begins",
        "Keep what it is made of in constants, and make STREAM right before the loop.",
    ),
    "file-used-before": Reason(
        "what is awaited in between has to do with the same file",
        "If that does not move or change the file, make STREAM right before the loop; else\n"
        "  try { … } finally { STREAM.destroy(); }\n"
        "with an 'error' listener on STREAM until the loop begins.",
    ),
    "last-read-unclear": Reason(
        "which chunk is the last one that is read does not show",
        "try { … await iterator.next() … } finally { STREAM.destroy(); }",
    ),
    "listener-waits": Reason(
        "the listener is async, so chunks come in while it waits",
        "Read with for await (const chunk of STREAM): it takes one chunk after the other, and a\n"
        "return ends the reading.",
    ),
    "heard-by-others": Reason(
        "others listen to the same chunks",
        "Call STREAM.destroy() once nobody wants the rest.",
    ),
    "end-does-more": Reason(
        "the 'end' listener does more than settle the promise, and destroy() keeps it from running",
        "Do what must be done either way in a 'close' listener, and call STREAM.destroy() behind\n"
        "the resolve.",
    ),
    "listener-does-more": Reason(
        "the listener may do something with chunks that come after the find",
        "If only the find matters, call STREAM.destroy() behind the resolve.",
    ),
    "no-block": Reason(
        "there is no place for a second statement",
        "Put braces around the statement, and run unleak again.",
    ),
}
