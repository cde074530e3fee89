"""Show which Transform could be an async generator.

## Why it leaks

It need not: a Transform written right leaks nothing. Much of what goes wrong in one cannot in a
generator: a callback that is forgotten or called twice, and a throw, which on Node 18 to 22 ends
the process where a generator's rejects the pipeline.

## What changes

Nothing is written: the generator is shown. It works three to five times as long on each item, sees
text where a Transform sees bytes, and must not yield null.

## What is left alone

Classes that do anything but push, keep state in fields, are exported, made twice or with arguments,
work on bytes (a generator gets them in other portions), or stand in a chain of `.pipe()`: silence.
"""

from collections.abc import Iterator

from unleak_codemods.clients.answers import declined
from unleak_codemods.memory.generators import is_generator
from unleak_codemods.memory.stage_reasons import GENERATOR, REASONS
from unleak_engine.codemod import Answer, Match, Span, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.DISPLAY,
    node=">=18",
    needles=["_transform"],
    hits=r"(?<![\w$])class(?=\s+[\w$]+\s+extends\s+[\w$.]*Transform\b)",
    query="(class_declaration name: (_) @name) @class",
    also=[["pipeline("], ["extends"]],
    opt_in=True,
    references=[
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options"
    ],
)
def find(match: Match) -> Iterator[Answer]:
    if is_generator(match.file, match["class"]):
        yield declined(
            match.file,
            Span.of(match["class"]),
            match["name"].start_byte,
            GENERATOR,
            "class-is-a-generator",
            REASONS,
            names={},
        )
