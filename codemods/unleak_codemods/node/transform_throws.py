"""Fail the stage, not the process, when a chunk cannot be read.

## Why it leaks

What a stage throws goes up into whoever wrote to it. On Node 18, 20 and 22 that is an uncaught
exception behind any source that is a stream: it ends the process, and where the process listens
for those and goes on, the pipeline never settles (10 of 10). On Node 24 and 26 it rejects.

## What changes

`JSON.parse(chunk)` is worked out in a `try`, and `catch (err) { return callback(err); }` fails the
stage and so the pipeline. The callback itself stays outside of the `try`: inside, what the next
stage throws would come back as a second call.

## What is left alone

What somebody catches already, constants, async hooks, `flush` and `final` (Node catches those),
tests, which read what they wrote, and packages that only run on Node 24 and later: silence.
Functions inside of the stage, larger statements, and what may have called back before: declined
with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.matching import NEEDLES, may_hold_stages
from unleak_codemods.inside.throwing import answer
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=NEEDLES,
    also=[["JSON.parse", "decodeURI", "new URL"]],
    hits=r"(?:JSON\.parse|decodeURI(?:Component)?|new URL)(?=\s*\()",
    query="""
        ((call_expression function: (_) @callee) @call
          (#any-of? @callee "JSON.parse" "decodeURIComponent" "decodeURI"))
        ((new_expression constructor: (identifier) @callee) @call (#eq? @callee "URL"))
    """,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#errors-while-writing",
        "https://nodejs.org/api/stream.html#transform_transformchunk-encoding-callback",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    found = answer(match.file, match["call"])
    if found is not None:
        yield found
