"""Cut a response that takes too long, where a timer ended it as if it were whole.

## Why it leaks

`setTimeout(() => res.end(), ms)` beside a chain into the response makes the client believe that it
has all: a truncated 200. What feeds the response is not stopped: the source of a `.pipe()` chain
stays open, and so does a pipeline into a client that stalls, on Node 18, 20, 22, 24 and 26.

## What changes

`AbortSignal.timeout(ms)` goes to the pipeline, which destroys its stages when it fires, and the
timer goes, with what clears it. The pipeline keeps the response (`end: false`), so that it can be
told apart: ended when it came whole, a 504 before the first byte, cut after it. A `.pipe()` chain
that feeds the response becomes that pipeline.

## What is left alone

Timers beside nothing that feeds the response, and event streams: silence. Timers that do more than
end the response, are reset (an idle limit), shared, or also end the wait for work before the
pipeline; pipelines whose failure is answered or caught elsewhere: declined with the recipe by hand.
"""

import re
from collections.abc import Iterator

from unleak_codemods.aborts.deadlines import limit
from unleak_codemods.aborts.timers import timer_at
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety

_ENDS = re.compile(rb"\bsetTimeout\s*\(.{0,200}?\.\s*end\s*\(", re.DOTALL)


def _worth(data: bytes, options: Options) -> bool:
    return _ENDS.search(data) is not None


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["ipeline", ".pipe"],
    also=[["setTimeout"]],
    hits=r"setTimeout\s*\(",
    query="""
        (call_expression
          function: (identifier) @name (#eq? @name "setTimeout")) @call
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/globals.html#static-method-abortsignaltimeoutdelay",
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    timer = timer_at(match.file, match["call"])
    answer = limit(match.file, timer) if timer is not None else None
    if answer is not None:
        yield answer
