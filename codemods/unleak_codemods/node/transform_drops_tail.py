"""Give out what a stage has kept when there is no next chunk.

## Why it leaks

A stage that cuts text at line ends keeps the last, unfinished part for the next chunk. When there
is none, Node calls `flush`; a stage without one drops that part, silently: a file whose last line
has no newline loses it (10 of 10, on Node 18, 20, 22, 24 and 26). A stage that gives out batches
loses the last one.

## What changes

The stage gets a flush that does for what is left what is done for each part, if anything is left:
text that ends with a separator leaves an empty part, which is none.

## What is left alone

Stages with a flush, those that count or pass on, and frames of bytes, where what is left is no
whole record: silence. What is left and read elsewhere too, parts that more is done with, and
batches: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.matching import HITS, NEEDLES, QUERY, may_hold_stages
from unleak_codemods.inside.stages import hooks_at
from unleak_codemods.inside.tails import answer
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=NEEDLES,
    also=[["ransform", "hrough2"], [".push("]],
    hits=HITS,
    query=QUERY,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#transform_flushcallback",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    for stage, hook in hooks_at(match.file, match["name"]):
        found = answer(match.file, stage, hook)
        if found is not None:
            yield found
