"""Let a timer that tells how full a stream is end with the stream.

## Why it leaks

`setInterval(() => console.log(out.writableLength), 1000)` holds the stream and all that it holds
for ever, and keeps the process alive when all work is done (0 of 200 finished streams were
collected, of 200 with the cure, on Node 18, 20, 22, 24 and 26).

## What changes

The timer is cleared on 'close' of the stream, and `unref()` lets the process end before that. A
timer without a name gets one.

## What is left alone

Timers whose handle is used for anything else (somebody may clear it), that stop themselves, that
do more than tell, or that look at several streams; streams nothing here proves to be some, the
standard ones, and those in a field: silence.
"""

from collections.abc import Iterator

from unleak_codemods.clients.answers import declined, is_too_old
from unleak_codemods.clients.timers import after
from unleak_codemods.memory.meter_reasons import (
    FORGETS,
    LATE_METER,
    PINS,
    REASONS,
)
from unleak_codemods.memory.meters import STATE, Meter, meter_at
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.syntax import in_block
from unleak_engine.codemod import Answer, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_STATE = tuple(f".{name}".encode() for name in sorted(STATE) if name.endswith(("Length", "d")))


def _worth(data: bytes, options: Options) -> bool:
    """Whether the file reads the state of a stream at all."""
    return any(name in data for name in _STATE) or b".bytes" in data


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["setInterval"],
    hits=r"(?<![\w$.])setInterval(?=\s*\()",
    query="""
        (call_expression
          function: (identifier) @callee
          (#eq? @callee "setInterval")) @call
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/timers.html#timeoutunref",
        "https://nodejs.org/api/stream.html#writablewritablelength",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    meter = meter_at(match.file, match["call"])
    if meter is None:
        return
    code = "node-too-old" if is_too_old(match.file) else None
    if code is None and not in_block(meter.statement):
        code = "meter-without-braces"
    if code is None:
        yield _rewritten(match, meter)
        return
    yield declined(
        match.file,
        Span.of(match["call"]),
        match["callee"].start_byte,
        PINS,
        code,
        REASONS,
        names={"STREAM": match.source.text(meter.stream)},
        evidence=(grounds(match.file, meter.stream, meter.evidence),),
    )


def _rewritten(match: Match, meter: Meter) -> Rewrite:
    source = match.source
    stream = source.text(meter.stream)
    edits: list[Edit] = []
    name = meter.name
    if name is None:
        name = match.bindings.fresh_name("timer", meter.call)
        edits.append(Edit.insert(meter.statement.start_byte, f"const {name} = "))
    line = source.newline + source.indent(meter.statement.start_byte)
    at, more = after(match.file, meter.statement)
    stop = ";" if source.uses_semicolons or more else ""
    close = source.quote + "close" + source.quote
    lines = [] if meter.unreffed else [f"{name}.unref(){stop}"]
    lines.append(f"{stream}.once({close}, () => clearInterval({name})){stop}")
    edits.append(Edit.insert(at, "".join(line + each for each in lines)))
    notes: list[str] = []
    if not meter.plain:
        notes.append(FORGETS)
    if meter.late:
        notes.append(LATE_METER)
    return Rewrite(
        span=Span.of(match["call"]),
        anchor=match["callee"].start_byte,
        message=PINS,
        edits=tuple(edits),
        safety=Safety.UNSAFE if notes else Safety.SAFE,
        evidence=(grounds(match.file, meter.stream, meter.evidence),),
        notes=tuple(notes),
    )
