"""Make a stage for each use, where one is made for all of them.

## Why it leaks

A stream is used up by one pipeline. One that stands at the top of a module and is a stage for every
request mixes what they send: two clients at a time both got the bytes of both, on Node 18, 20, 22,
24 and 26. Whoever comes later gets nothing, or ends the process: from Node 24 on `pipeline()`
throws where it is given a stream that is closed. A composed stream is one such stream, too.

## What changes

The variable holds a function that makes the stream, and each use calls it.

## What is left alone

Streams that only a script's own code uses, that the module itself connects or writes to (they are
one on purpose), that end a chain of several sources, and standard ones: silence. Streams that are
exported, listened to, used twice in one function or made with what is worked out once, and stages
whose functions keep state in the module: the recipe is shown.
"""

import re
from collections.abc import Iterator

from unleak_codemods.clients.answers import declined, is_too_old
from unleak_codemods.memory.shared import Shared, shared_at
from unleak_codemods.memory.shared_reasons import EACH, MESSAGE, REASONS
from unleak_codemods.streams.grounds import grounds
from unleak_engine.codemod import Answer, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_HITS = r"(?m)^(?:export\s+)?(?:const|let|var)\s+[\w$]+(?=\s*(?::[^=\n]+)?=\s*(?:new\s|[\w$.]+\())"
_MADE = re.compile(_HITS.encode())
_INTO = re.compile(rb"\.pipe\(\s*([\w$]+)")
_FURTHER = 40
"""Bytes of white space that may stand between a name and what follows it."""


def _worth(data: bytes, options: Options) -> bool:
    """Whether a variable that begins a line is named as a stage anywhere."""
    made = {found[0].split()[-1] for found in _MADE.finditer(data)}
    into = {found[1] for found in _INTO.finditer(data)}
    return not made.isdisjoint(into) or any(_goes_on(data, name) for name in made)


def _goes_on(data: bytes, name: bytes) -> bool:
    """Whether `name` stands before a `.pipe(`, or a comma."""
    at = data.find(name)
    while at != -1:
        at += len(name)
        if data[at : at + _FURTHER].lstrip().startswith((b",", b".pipe(")):
            return True
        at = data.find(name, at)
    return False


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=[".pipe(", "pipeline("],
    hits=_HITS,
    query="(variable_declarator name: (identifier) @name value: (_)) @declarator",
    worth=_worth,
    references=[
        "https://nodejs.org/api/stream.html#streamcomposestreams",
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    shared = shared_at(match.file, match["declarator"])
    if shared is None:
        return
    code = "node-too-old" if is_too_old(match.file) else shared.code
    if code is None:
        yield _rewritten(match, shared)
        return
    yield declined(
        match.file,
        Span.of(match["declarator"]),
        match["name"].start_byte,
        MESSAGE,
        code,
        REASONS,
        names={"STREAM": shared.binding.name},
        evidence=(grounds(match.file, shared.value, shared.evidence),),
    )


def _rewritten(match: Match, shared: Shared) -> Rewrite:
    edits = [Edit.insert(shared.value.start_byte, "() => ")]
    edits += [Edit.insert(use.node.end_byte, "()") for use in shared.uses]
    return Rewrite(
        span=Span.of(match["declarator"]),
        anchor=match["name"].start_byte,
        message=MESSAGE,
        edits=tuple(edits),
        safety=Safety.UNSAFE,
        evidence=(grounds(match.file, shared.value, shared.evidence),),
        notes=(EACH,),
    )
