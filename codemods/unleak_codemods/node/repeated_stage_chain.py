"""Show where the same stages are written out again and again.

## Why it leaks

It leaks nothing. What is fixed in one place stays broken in the others: an option, an order of
stages, a limit. And who then keeps the composed stages in one variable shares one stream between
all uses, which does leak: see `stages-shared-between-uses`.

## What changes

Nothing is written: a function that makes the stages for each use is shown, once, where they stand
first.

## What is left alone

Fewer than three places, a single stage, and stages that are variables or are made with some:
silence.
"""

from collections.abc import Iterator

from unleak_codemods.clients.answers import declined
from unleak_codemods.memory.repeated import OFTEN, repeated_at
from unleak_codemods.memory.stage_reasons import REASONS, REPEATED
from unleak_engine.codemod import Answer, Match, Options, Span, codemod
from unleak_engine.edit import Safety


def _worth(data: bytes, options: Options) -> bool:
    return data.count(b"pipeline(") >= OFTEN or data.count(b".pipe(") >= 2 * OFTEN


@codemod(
    safety=Safety.DISPLAY,
    node=">=18",
    needles=[".pipe(", "pipeline("],
    hits=r"(?:\.pipe|pipeline)(?=\()",
    query="""
        (call_expression
          function: [
            (identifier) @name
            (member_expression property: (property_identifier) @name)
          ]
          (#match? @name "^(pipe|pipeline)$")) @call
    """,
    worth=_worth,
    opt_in=True,
    references=["https://nodejs.org/api/stream.html#streamcomposestreams"],
)
def find(match: Match) -> Iterator[Answer]:
    found = repeated_at(match.file, match["call"])
    if found is None:
        return
    stages = ", ".join(found.stages)
    yield declined(
        match.file,
        Span.of(match["call"]),
        match["name"].start_byte,
        REPEATED.format(times=found.times, stages=stages),
        "stages-repeated",
        REASONS,
        names={"STAGES": stages},
    )
