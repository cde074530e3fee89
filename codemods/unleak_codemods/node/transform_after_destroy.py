"""Let a stage that waits in a loop ask whether it has been destroyed.

## Why it leaks

A pipeline that fails, or whose client leaves, destroys its stages; a hook that waits in a loop
hears nothing of that. It fetches, resizes or inserts the rest of its chunk for a reader that is
gone: 100 of 100 pieces of work were done after a stage had been destroyed in the middle of the
first, on Node 18, 20, 22, 24 and 26. What it pushes then is dropped without a word.

## What changes

Nothing is written: the code is shown, since only its author knows whether half of the work may
stay undone. `if (this.destroyed) return callback();` behind the wait ends it; at the top of the
hook it would do nothing.

## What is left alone

Hooks that ask, that hear an AbortSignal, or that wait once for a chunk: silence.
"""

from collections.abc import Iterator

from unleak_codemods.inside.ghosts import answer
from unleak_codemods.inside.matching import HITS, NEEDLES, QUERY, may_hold_stages
from unleak_codemods.inside.stages import hooks_at
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.DISPLAY,
    node=">=18",
    needles=NEEDLES,
    also=[["ransform", "hrough2"], ["await "], [".push("]],
    hits=HITS,
    query=QUERY,
    worth=may_hold_stages,
    references=[
        "https://nodejs.org/api/stream.html#readabledestroyed",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    for stage, hook in hooks_at(match.file, match["name"]):
        found = answer(match.file, stage, hook)
        if found is not None:
            yield found
