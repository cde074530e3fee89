"""Let a loop wait when the stream it writes to is full.

## Why it leaks

`write()` takes every chunk, and answers false when the stream holds more than it should. A loop
that does not read the answer fills memory as fast as it can produce: 2,048,000 of 2,048,000 bytes
waited in front of a slow file where a loop that waits holds 16,384 (425 MB of memory for a file
of 375 MB, against 79), on Node 18, 20, 22, 24 and 26.

## What changes

The last write of a pass is tested: `if (w.write(chunk) === false && !(await drained(w))) …`. It
asks `drained`, a small function brought along at the end of the file: true for 'drain', false for
a stream that failed, ended or closed. It never rejects, and an 'error' goes where it went before.
When it says false the code throws ERR_STREAM_PREMATURE_CLOSE, so that nothing behind the loop
takes a part for the whole; a request handler leaves the loop, since not every framework catches
what a handler throws. `=== false`, because an object whose `write()` returns nothing would be
waited for, for ever.

## What is left alone

Functions that are not async, loops that the code shows to be short, stdout and logs, streams of
which nothing proves that they are some, and loops that look after the stream already: silence.
Streams nobody is seen to read, corked ones, sockets and children that the loop also reads from,
locks and transactions, and promises nobody takes: declined with the recipe by hand. Streams that
others may write to at the same time: shown.
"""

import re
from collections.abc import Iterator

from unleak_codemods.writing.testing import answer, site_at
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety

_LOOP = re.compile(rb"\b(?:for|while)\s*(?:await\s*)?\(|\bdo\s*\{")
_STREAM = re.compile(rb"[Ss]tream|[Ww]ritable|[Ss]ocket|stdin|\bres\b|\bresponse\b|\breply\b")
_WRITE = re.compile(rb"\.write\(")
_STATEMENT = re.compile(rb"(?:^|[\n{;)]|\belse)\s*([\w$]+(?:\.#?[\w$]+)*)\Z")
_LONGEST = 80
_BEFORE = 3000
"""Bytes between the beginning of a loop and what it writes, of a loop that people wrote."""


def _worth(data: bytes, options: Options) -> bool:
    """Whether a write stands as a statement somewhere behind the beginning of a loop, and behind
    that of an async function or where something is awaited."""
    if (b"async" not in data and b"await" not in data) or not _STREAM.search(data):
        return False
    for hit in _WRITE.finditer(data):
        at = hit.start()
        statement = _STATEMENT.search(data, max(0, at - _LONGEST), at)
        if statement is None or statement[1].startswith(b"process.std"):
            continue
        waits = b"async" in data[:at] or b"await" in data[max(0, at - _BEFORE) : at + _BEFORE]
        if waits and _LOOP.search(data, max(0, at - _BEFORE), at):
            return True
    return False


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=[".write("],
    hits=r"\.write(?=\()",
    query="""
        (expression_statement . (call_expression function: (member_expression
            property: (property_identifier) @name (#eq? @name "write"))) @call) @statement
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/stream.html#writablewritechunk-encoding-callback",
        "https://nodejs.org/en/learn/modules/backpressuring-in-streams",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = site_at(match.file, match["call"], match["statement"])
    if site is not None:
        yield answer(site)
