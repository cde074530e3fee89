"""Let a copy by hand wait for its sink, and stop when either stream is gone.

## Why it leaks

`src.on('data', (chunk) => dst.write(chunk))` reads as fast as the source gives, however slow the
sink is: 2,048,000 of 2,048,000 bytes waited in memory where a pipeline holds 16,384. When the sink
closes, the source is read to its end for nothing (all 2,000 chunks), and when the source fails the
sink stays open for ever, on Node 18, 20, 22, 24 and 26.

## What changes

The two listeners, for 'data' and for 'end', become `pipeline(src, dst)`: it waits for the sink,
ends it, and destroys both streams when one of them fails or closes. Where nobody else hears of a
failure it is an unhandled rejection, as an unheard 'error' was an uncaught exception; in a request
handler it is caught, and a client that leaves is no error.

## What is left alone

Listeners that do more than copy, sinks that nothing here ends, standard output, sources that other
code drives, or at whose end code goes on, streams of somebody else, and sockets: declined with the
recipe by hand. Listeners that read what `write()` says, parsers, decoders, and the methods of a
stream: silence.
"""

from collections.abc import Iterator

from unleak_codemods.writing.pumping import answer
from unleak_codemods.writing.pumps import pump_at
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=[".write("],
    hits=r"""data(?<=["']data)(?=["']\s*,[\s\S]{0,500}?(?<!ecoder)(?<!arser)\.write\()""",
    query="""
        (arguments . (string (string_fragment) @name (#eq? @name "data")) @event)
    """,
    references=[
        "https://nodejs.org/api/stream.html#event-data",
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    pump = pump_at(match.file, match["event"])
    found = answer(match.file, pump) if pump is not None else None
    if found is not None:
        yield found
