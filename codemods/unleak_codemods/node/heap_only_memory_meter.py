"""Say which memory a meter of `heapUsed` alone does not see.

## Why it leaks

The chunks that streams hold are outside of the heap. With 200 MB queued in front of a slow client
`heapUsed` moves by 1 MB, `external` and `arrayBuffers` by 200 and `rss` by 205, on Node 18, 20,
22, 24 and 26: the leak that streams make is the one such a meter cannot show.

## What changes

Nothing is written: what to read beside it is shown, once for each function, since where the
numbers go is for the author to say.

## What is left alone

Files that read `rss`, `external` or `arrayBuffers` anywhere, and code that compares two readings
to learn what something took, as benchmarks do: silence.
"""

from collections.abc import Iterator

from unleak_codemods.clients.answers import declined
from unleak_codemods.memory.meter_reasons import HEAP_ONLY, REASONS
from unleak_codemods.memory.usage import heap_reading
from unleak_engine.codemod import Answer, Match, Span, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.DISPLAY,
    node=">=18",
    needles=["heapUsed"],
    hits=r"(?<![\w$])heapUsed(?![\w$])",
    query="""
        [
          (member_expression property: (property_identifier) @name)
          (object_pattern (shorthand_property_identifier_pattern) @name)
          (#eq? @name "heapUsed")
        ]
    """,
    also=[["memoryUsage"]],
    references=["https://nodejs.org/api/process.html#processmemoryusage"],
)
def find(match: Match) -> Iterator[Answer]:
    reading = heap_reading(match.file, match["name"])
    if reading is None:
        return
    *most, last = reading.missing
    yield declined(
        match.file,
        Span.of(match["name"]),
        match["name"].start_byte,
        HEAP_ONLY.format(missing=f"{', '.join(most)} and {last}"),
        "bytes-unseen",
        REASONS,
        names={},
    )
