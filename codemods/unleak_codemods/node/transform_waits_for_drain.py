"""Push everything and call back, in place of a wait for the stage's own 'drain'.

## Why it leaks

'drain' is told by the writable side of a stage, and only when the stage has called back. A hook
that waits for it before it calls back waits for ever, and what its loop had left is never pushed:
16,650 of 1,788,890 bytes came through, and the process ended with exit code 0 and no message (on
Node 18, 20, 22, 24 and 26). The wait is not needed: Node gives a stage no next chunk before
what it has pushed is read.

## What changes

The test of `push()` and the wait behind it go; the code does what it did where `push()` said true.

## What is left alone

Waits for another stream: silence. Listeners that do more than to call back, and other shapes:
declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.waits import answer
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety


def _worth(data: bytes, options: Options) -> bool:
    return b".push(" in data


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["drain"],
    also=[["ransform", "hrough2", "_write"]],
    hits=r"""drain(?<=["']drain)(?=["']\s*,)""",
    query="""
        (arguments . (string (string_fragment) @name (#eq? @name "drain")) @event)
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/stream.html#event-drain",
        "https://nodejs.org/api/stream.html#readablepushchunk-encoding",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    found = answer(match.file, match["event"])
    if found is not None:
        yield found
