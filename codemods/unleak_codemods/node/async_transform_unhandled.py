"""Fail the stage when its async work fails, where it hung.

## Why it leaks

Node does not look at the promise that an async `transform` or `write` gives. When it rejects, the
callback is never called: an unhandled rejection ends the process, and where the process listens for
those, the pipeline hangs for good with all that it holds (10 of 10, on Node 18, 20, 22, 24 and 26).
A `.then((value) => callback(null, value))` alone does the same.

## What changes

What may reject goes into a `try`, and `catch (err) { return callback(err); }` fails the stage. The
last call of the callback stays outside: inside, what the next stage throws would come back as a
second call. A `.then` gets the callback as its second function.

## What is left alone

Hooks that catch what they await, by themselves or in a function of the file, and those that hand
the callback on: silence. Hooks that call back or return in the middle of what may reject, or that
do not end with a plain call, async functions inside of a hook, and failures that are only logged:
declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.matching import ALSO, HITS, NEEDLES, QUERY, may_hold_stages
from unleak_codemods.inside.promises import answer_at_once, answer_then
from unleak_codemods.inside.rejecting import answer
from unleak_codemods.inside.stages import hooks_at
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=NEEDLES,
    also=[*ALSO, ["async", ".then"]],
    hits=HITS + r"""|then(?<=\.then)(?=\s*\()|async(?<=\(async)\b""",
    query=QUERY
    + """
        (call_expression
          function: (member_expression property: (property_identifier) @then)
          (#eq? @then "then")) @call
        (call_expression
          function: (parenthesized_expression [(arrow_function) (function_expression)] @function))
    """,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#transform_transformchunk-encoding-callback",
        "https://nodejs.org/api/process.html#event-unhandledrejection",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    file = match.file
    found: list[Answer | None] = []
    if (call := match.get("call")) is not None:
        found.append(answer_then(file, call))
    if (function := match.get("function")) is not None:
        found.append(answer_at_once(file, function))
    if (name := match.get("name")) is not None:
        found += [answer(file, stage, hook) for stage, hook in hooks_at(file, name)]
    yield from (one for one in found if one is not None)
