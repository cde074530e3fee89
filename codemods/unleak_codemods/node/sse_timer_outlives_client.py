"""Clear a timer that writes to a response when the response closes.

## Why it leaks

`setInterval(() => res.write(…))` knows nothing of its client. Once it has left, `write()` does
nothing and says nothing, so the timer fires for ever and keeps the response, its socket and all
that its callback sees: one more for every client that ever connected (after 5 clients had left, 5
timers went on firing, on Node 18, 20, 22, 24 and 26).

## What changes

The timer is cleared on 'close' of the response, which comes after a client that leaves and after
an answer that ends alike. A timer without a name gets one. Where the response may be closed before
the timer is set, behind an `await` or in a callback, that is asked first.

## What is left alone

Timers whose handle is used for anything else (somebody may clear it), that stop themselves, that
write to several streams or to one that belongs to no request: silence.
"""

import re
from collections.abc import Iterator

from unleak_codemods.clients.answers import declined, is_too_old
from unleak_codemods.clients.timer_reasons import LATE, MESSAGE, REASONS, WORKS
from unleak_codemods.clients.timers import Timer, after, is_in_block, starts_late, timer_at
from unleak_codemods.streams.grounds import grounds
from unleak_engine.codemod import Answer, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_WRITES = re.compile(rb"(?<![\w$])(?:res|resp|response|reply|raw|stream)!?\.write\(")


def _may_write(data: bytes, options: Options) -> bool:
    """Whether the file writes to what may be a response."""
    return _WRITES.search(data) is not None


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["setInterval"],
    hits=r"setInterval(?<![\w$.]setInterval)(?=\s*\()",
    query="""
        (call_expression
          function: (identifier) @callee
          (#eq? @callee "setInterval")) @call
    """,
    worth=_may_write,
    references=[
        "https://nodejs.org/api/http.html#event-close_1",
        "https://nodejs.org/api/timers.html#clearintervaltimeout",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    timer = timer_at(match.file, match["call"])
    if timer is None:
        return
    code = "node-too-old" if is_too_old(match.file) else None
    if code is None and not timer.evidence.proven:
        code = "unknown-response"
    if code is None and not is_in_block(timer):
        code = "no-block"
    if code is None:
        yield _rewritten(match, timer)
        return
    yield declined(
        match.file,
        Span.of(match["call"]),
        match["callee"].start_byte,
        MESSAGE,
        code,
        REASONS,
        names={"RESPONSE": match.source.text(timer.response)},
        evidence=(grounds(match.file, timer.response, timer.evidence),),
    )


def _rewritten(match: Match, timer: Timer) -> Rewrite:
    source, bindings = match.source, match.bindings
    response = source.text(timer.response)
    edits: list[Edit] = []
    name = timer.name
    if name is None:
        name = bindings.fresh_name("timer", timer.call)
        edits.append(Edit.insert(timer.statement.start_byte, f"const {name} = "))
    late = starts_late(match.file, timer)
    line = source.newline + source.indent(timer.statement.start_byte)
    at, more = after(match.file, timer.statement)
    stop = ";" if source.uses_semicolons or more else ""
    close = source.quote + "close" + source.quote
    cure = f"{response}.once({close}, () => clearInterval({name})){stop}"
    if late:
        cure = f"if ({response}.destroyed) clearInterval({name}){stop}{line}else {cure}"
    edits.append(Edit.insert(at, line + cure))
    notes: list[str] = []
    if timer.works:
        notes.append(WORKS)
    if late:
        notes.append(LATE)
    return Rewrite(
        span=Span.of(match["call"]),
        anchor=match["callee"].start_byte,
        message=MESSAGE,
        edits=tuple(edits),
        safety=Safety.UNSAFE if notes else Safety.SAFE,
        evidence=(grounds(match.file, timer.response, timer.evidence),),
        notes=tuple(notes),
    )
