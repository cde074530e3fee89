"""Stop reading a file when a 'data' listener has found what it looks for.

## Why it leaks

Resolving a promise stops no stream: the rest of the file is read, chunk by chunk, for a listener
that has its answer (2.3 MB of 2.3 MB, against 64 KB with a destroy, on Node 18, 20, 22, 24 and 26).

## What changes

`stream.destroy()` stands next to the `resolve` or `reject` in the listener. The promise is settled
by then, so an 'end' that no longer comes changes nothing.

## What is left alone

Streams other than files made for this promise, listeners that take the first chunk whatever it is,
and streams that are destroyed, piped or handed on: silence. Listeners with an effect on every chunk
and 'end' listeners that do more than settle: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.reading.scanning import scan_at
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety


def _may_scan(data: bytes, options: Options) -> bool:
    """Whether a file wraps the reading of another in a promise."""
    return b"new Promise" in data


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["ReadStream("],
    hits=r"""\.\s*(?:on|once|addListener)\(\s*["']data(?=["'])""",
    query="""
        (call_expression
          arguments: (arguments . (string (string_fragment) @event (#eq? @event "data")))) @call
    """,
    worth=_may_scan,
    references=[
        "https://nodejs.org/api/stream.html#event-data",
        "https://nodejs.org/api/stream.html#readabledestroyerror",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    answer = scan_at(match.file, match["call"])
    if answer is not None:
        yield answer
