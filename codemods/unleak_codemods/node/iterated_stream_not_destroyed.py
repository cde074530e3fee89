"""Destroy a file stream that `for await` does not get to, or is told to keep.

## Why it leaks

`for await` destroys what it walks over however it ends; a `finally` around it adds nothing. Before
the first round nothing does: an `await` that rejects between `createReadStream` and the loop leaves
the file open (1 of 1, on Node 18, 20, 22, 24 and 26), and a file that cannot be opened meanwhile is
an 'error' nobody hears, which ends the process. Left open as well is what is walked over with
`{ destroyOnReturn: false }`, or read with `next()` by hand.

## What changes

The file is opened right before the loop. A loop that keeps its stream open for nobody goes into a
`try` whose `finally` destroys it. Behind the last `next()` called by hand the stream is destroyed.

## What is left alone

Loops right behind the making of their stream, streams destroyed by hand, and all that are not
files: silence. Streams used before the loop, made of something that changes, or whose file has to
do with what is awaited: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.reading.driving import driven
from unleak_codemods.reading.iterating import walked
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety


def _may_leave(data: bytes, options: Options) -> bool:
    """Whether a file that reads others waits for anything."""
    return b"await" in data


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["ReadStream("],
    hits=r"for\s+await\b|Symbol\.asyncIterator\]\(\)|\.iterator\(",
    query="""
        (for_in_statement "await" right: (_)) @loop
        (call_expression
          function: [(subscript_expression) (member_expression)]) @call
    """,
    worth=_may_leave,
    references=[
        "https://nodejs.org/api/stream.html#readablesymbolasynciterator",
        "https://nodejs.org/api/stream.html#readableiteratoroptions",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    loop, call = match.get("loop"), match.get("call")
    answer = walked(match.file, loop) if loop is not None else None
    if call is not None:
        answer = driven(match.file, call)
    if answer is not None:
        yield answer
