"""Call back on the path of a stage that returns early.

## Why it leaks

A stage gets its next chunk when it has called back for the last one. A path that returns without
doing so stops it for good, and silently: the pipeline neither ends nor fails, and whatever feeds
it stays open (10 of 10 pipelines hung, with 20 files open, on Node 18, 20, 22, 24 and 26).

## What changes

A bare `return;` becomes `return callback();`. A chunk that the stage had nothing to give for is
left out and the next one comes; in `flush` and `final` the stage ends.

## What is left alone

Paths on which the callback is handed to somebody, or the stage is destroyed or fails: silence, and
so are empty hooks, which are there to hang or to be overridden. Hooks that keep the callback for
later, returns that follow a failure, returns out of a callback inside of the hook, and other ends
of a path, which may want a value or an error: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.inside.matching import ALSO, HITS, NEEDLES, QUERY, may_hold_stages
from unleak_codemods.inside.never import answer
from unleak_codemods.inside.stages import hooks_at
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=NEEDLES,
    also=ALSO,
    hits=HITS,
    query=QUERY,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#transform_transformchunk-encoding-callback",
        "https://nodejs.org/api/stream.html#writable_writechunk-encoding-callback",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    for stage, hook in hooks_at(match.file, match["name"]):
        found = answer(match.file, stage, hook)
        if found is not None:
            yield found
