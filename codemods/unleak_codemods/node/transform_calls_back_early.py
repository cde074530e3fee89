"""Call back when the work of a stage is done, not when it has begun.

## Why it leaks

`callback()` asks for the next chunk. A stage that says so before its promise is done has no
backpressure: all chunks are in work at once (200 of 200, where one was meant), and what comes after
the last one has been taken is lost in silence: 0 of 3,276,800 bytes came out of a pipeline that
reported success, on Node 18, 20, 22, 24 and 26.

## What changes

`work(chunk).then((x) => this.push(x)); callback();` becomes
`work(chunk).then((x) => callback(null, x), callback);`. Chunks are worked on one by one, in order,
so it may take longer, and a failure fails the stage.

## What is left alone

Functions that run at once (`forEach`), and stages that call back in the work itself: silence.
Timers and callbacks, work that does more than push its result, and failures that are handled in a
way of their own: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.early import answer
from unleak_codemods.inside.matching import NEEDLES, may_hold_stages
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=NEEDLES,
    also=[["ransform", "flush", "hrough2"], [".push("]],
    hits=r"push(?<=\.push)(?=\()",
    query="""
        (call_expression
          function: (member_expression
            object: [(this) (identifier)] property: (property_identifier) @push)
          (#eq? @push "push")) @call
    """,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#transform_transformchunk-encoding-callback",
        "https://nodejs.org/en/learn/modules/backpressuring-in-streams",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    found = answer(match.file, match["call"])
    if found is not None:
        yield found
