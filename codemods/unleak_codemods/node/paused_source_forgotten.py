"""Let what waits for 'drain' in a callback learn that the stream has closed.

## Why it leaks

`source.pause(); sink.once('drain', () => source.resume())` counts on a 'drain' that never comes
when the sink closes while it is full: the source stays paused and open for ever (its descriptor,
its socket, its cursor), and a callback that is to run then never does, on Node 18, 20, 22, 24 and
26. A client that leaves is enough.

## What changes

Nothing is written: the code is shown, since only its author knows what is to happen in place of
going on. For a paused source that is `sink.once('close', () => source.destroy())`; for a callback,
to call it with an error.

## What is left alone

Streams whose 'close' something listens to, or that a pipeline or `finished` watches; promises,
which `drain-wait-hangs` cures; listeners that only take notice of a 'drain', and everything that
is no Node stream: silence.
"""

from collections.abc import Iterator

from unleak_codemods.writing.forgotten import answer, waiting_at
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety


def _worth(data: bytes, options: Options) -> bool:
    return b".write(" in data


@codemod(
    safety=Safety.DISPLAY,
    node=">=18",
    needles=["drain"],
    hits=r"""drain(?<=["']drain)(?=["']\s*,)""",
    query="""
        (arguments . (string (string_fragment) @name (#eq? @name "drain")) @event)
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/stream.html#event-drain",
        "https://nodejs.org/api/stream.html#readablepause",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    waiting = waiting_at(match.file, match["event"])
    found = answer(match.file, waiting) if waiting is not None else None
    if found is not None:
        yield found
