"""Do not turn requests away by a number that does not come down again.

## Why it leaks

`if (process.memoryUsage().rss > limit) res.writeHead(503)` is to let a server recover. RSS is what
the system gave, and the allocator keeps most of it: after a burst of 400 MB in small buffers, all
of them freed, RSS stays above 300 MB and every request is answered 503 for ever, on Node 18, 20,
22, 24 and 26.

## What changes

Nothing is written: the condition by what is in use is shown, since its limit is another one.

## What is left alone

Limits that only log or alert, and limits on `heapUsed` or `external`: silence.
"""

from collections.abc import Iterator

from unleak_codemods.clients.answers import declined
from unleak_codemods.memory.meter_reasons import LATCHES, REASONS
from unleak_codemods.memory.usage import gate_at
from unleak_engine.codemod import Answer, Match, Span, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.DISPLAY,
    node=">=18",
    needles=["rss"],
    hits=r"(?<!=)[<>](?!>)",
    query="(binary_expression operator: _ @operator)",
    also=[["503", "navailable", "NAVAILABLE"]],
    references=["https://nodejs.org/api/process.html#processmemoryusagerss"],
)
def find(match: Match) -> Iterator[Answer]:
    compared = match["operator"].parent
    if compared is not None and gate_at(match.file, compared):
        yield declined(
            match.file,
            Span.of(compared),
            compared.start_byte,
            LATCHES,
            "rss-stays",
            REASONS,
            names={},
        )
