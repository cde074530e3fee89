"""Decode a stream's text as one, not each chunk by itself.

## Why it leaks

A chunk ends where a buffer was full, often in the middle of a character. `text += chunk` and
`chunk.toString()` decode each chunk alone, and each half becomes U+FFFD: data is lost, silently (16
characters of a file of 600 KB, on Node 18, 20, 22, 24 and 26), and only when the text is long
enough and not ASCII. `chunk.toString('base64')` of each chunk breaks in the same way.

## What changes

The stream is told `setEncoding('utf8')`, and keeps the half of a character until the other half
comes. A stage that adds its chunks to a text decodes them by a StringDecoder, whose `end()` its
flush adds.

## What is left alone

Streams that have an encoding, text that is searched for a word or read as a number, encodings
of one byte a character, streams of objects, tests: silence. Output of a child process, streams
whose bytes others may want, and chunks that are counted, too: declined with the recipe by hand.
"""

import re
from collections.abc import Iterator

from unleak_codemods.decoding.sources import listener_at, loop_at
from unleak_codemods.decoding.stages import stage_at
from unleak_codemods.inside.matching import may_hold_stages
from unleak_codemods.inside.stages import hooks_at
from unleak_codemods.streams.testing import is_a_test
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety

_READS = re.compile(
    rb"""\.(?:on|addListener|prependListener)\(\s*["'`]data["'`]|for await"""
    rb"|(?:transform|write|through2(?:\.\w+)?)\s*(?:\(|:|=)"
)


def _worth(data: bytes, options: Options) -> bool:
    if _READS.search(data) is None:
        return False
    return (
        b"'data'" in data
        or b'"data"' in data
        or b"for await" in data
        or ((b"toString" in data or b"+=" in data) and may_hold_stages(data, options))
    )


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=[
        *("'data',", '"data",', "for await", "_transform", "_write"),
        *("stream'", 'stream"', "through2'", 'through2"'),
    ],
    also=[["toString(", "+=", "String(", "${"]],
    hits=(
        r"""data(?<=["']data)(?=["']\s*,)|await(?<=for await)"""
        r"""|t(?<!\.t)ransform(?=\s*(?:[(:,}<]|=(?![=>])))"""
        r"""|w(?<!\.w)rite(?=\s*(?:[(:,}<]|=(?![=>])))|hrough\w*(?=['"]?\)?(?:\.\w+)*\s*\()"""
    ),
    query="""
        (arguments . (string (string_fragment) @event (#eq? @event "data")) @data)
        (for_in_statement "await" right: (_)) @loop
        ((property_identifier) @hook (#any-of? @hook "transform" "write" "_transform" "_write"))
        ((shorthand_property_identifier) @hook (#any-of? @hook "transform" "write"))
        ((identifier) @hook (#match? @hook "[Tt]hrough"))
        ((string_fragment) @hook (#eq? @hook "through2"))
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/stream.html#readablesetencodingencoding",
        "https://nodejs.org/api/string_decoder.html",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    if is_a_test(match.file):
        return
    event, loop, name = match.get("data"), match.get("loop"), match.get("hook")
    found: list[Answer | None] = []
    if event is not None:
        found.append(listener_at(match.file, event))
    elif loop is not None:
        found.append(loop_at(match.file, loop))
    elif name is not None:
        for stage, hook in hooks_at(match.file, name):
            found.append(stage_at(match.file, stage, hook))
    yield from (answer for answer in found if answer is not None)
