"""Let a stage wait for the second stream that it writes to.

## Why it leaks

A stage that copies each chunk to a log, a child or a second file with `side.write(chunk)`, and
calls back at once, is held up by its reader only. A second stream that is slower keeps all it is
given in memory: 3.2 MB of 3.2 MB in a queue that should hold 16 KB, on Node 18, 20, 22, 24 and 26.

## What changes

The write is given the callback: `side.write(chunk, (err) => callback(err, chunk))`. The stage goes
on when the second stream has taken the chunk, and fails when that fails.

## What is left alone

Writes whose result is looked at or that have a callback, process.stdout, hashes, and what is no
stream: silence. Several writes for a chunk, second streams that are read again, and calls in
another place: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.matching import NEEDLES, may_hold_stages
from unleak_codemods.inside.sides import answer
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=NEEDLES,
    also=[[".write("], ["ransform", "_write", "hrough2", "Writable"]],
    hits=r"\.write(?=\s*\()",
    query="""
        (call_expression
          function: (member_expression property: (property_identifier) @name (#eq? @name "write"))
        ) @call
    """,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#writablewritechunk-encoding-callback",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    found = answer(match.file, match["call"])
    if found is not None:
        yield found
