"""The answer for a timer that ends a response beside what feeds it: a signal for the pipeline, and
an end that tells whole from late."""

import dataclasses
import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts import reasons
from unleak_codemods.aborts.places import awaits_more, generator_of, root_of, same_thing
from unleak_codemods.aborts.reasons import TIMED, TIMEOUTS
from unleak_codemods.aborts.timers import Cleared, Timer, cleared, clears_at
from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import (
    chain_edits,
    destroying,
    is_plain_name,
    no_destroy,
    shape_obstacle,
)
from unleak_codemods.streams.evidence import Level, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.handlers import serving_at
from unleak_codemods.streams.pipeline_calls import PipelineCall, Told, pipeline_call, told
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    in_block,
    inside,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_ENDLESS = re.compile(r"text/event-stream")
_NUMBER = re.compile(r"[\d_]+(?:\s*\*\s*[\d_]+)*")
_LOGGED = re.compile(
    r"(this\.)?(console|log|logger|debug|winston|(?:req|request|ctx)\.log)(\.\w+)*"
)


class Feed(NamedTuple):
    """What goes into the response while the timer runs: a pipeline, or a chain of `.pipe`."""

    node: Node
    call: PipelineCall | None = None
    site: Site | None = None


def limit(file: File, timer: Timer) -> Answer | None:
    """The answer for a timer, None when nothing feeds the response that it ends."""
    around = file.functions.enclosing(timer.call)
    handler = serving_at(file, timer.call)
    served = handler.function if handler is not None else around
    if around is None or served is None or _ENDLESS.search(file.source.text(served)):
        return None
    feeds = _feeds(file, timer, served)
    if not feeds:
        return None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return _declined(file, timer, "node-too-old")
    if len(feeds) > 1:
        return _declined(file, timer, "several-pipelines")
    gone = cleared(file, timer)
    code = _obstacle(file, timer, feeds[0], around) or gone.code
    if code is None and not all(_clears_at_the_end(file, timer, feeds[0], u) for u in gone.uses):
        code = "timer-cleared-early"
    if code is not None:
        return _declined(file, timer, code)
    if feeds[0].call is not None:
        return _on_pipeline(file, timer, feeds[0].call, gone)
    return _on_pipe(file, timer, feeds[0], gone)


def _feeds(file: File, timer: Timer, function: Node) -> list[Feed]:
    found: list[Feed] = []
    for node in walk(function):
        if node.type != "call_expression":
            continue
        call = pipeline_call(file, node)
        if call is not None:
            if call.destination is not None and same_thing(file, call.destination, timer.response):
                found.append(Feed(node, call))
            continue
        method = called_method(node)
        if method is None or file.source.text(method[1]) != "pipe":
            continue
        site = pipes.site_at(file, node)
        if site is not None and same_thing(file, site.chain.stages[-1].node, timer.response):
            found.append(Feed(site.chain.node, site=site))
    return found


def _obstacle(file: File, timer: Timer, feed: Feed, around: Node) -> str | None:
    functions = file.functions
    if timer.more:
        return "timer-does-more"
    if not timer.alone:
        return "timer-elsewhere"
    if functions.enclosing(feed.node) != around or functions.enclosing_loop(feed.node) is not None:
        return "timer-covers-more"
    block = timer.statement.parent
    if block is None or not inside(feed.node, block):
        return "timer-elsewhere"
    if not functions.runs_before(timer.statement, functions.statement_of(feed.node)):
        return "timer-elsewhere"
    waits = feed.node.parent
    for node in walk(block, into_functions=False):
        if node.type in ("await_expression", "for_in_statement") and node != waits:
            between = timer.statement.end_byte <= node.start_byte < feed.node.start_byte
            if between and (node.type == "await_expression" or _awaits(node)):
                return "timer-covers-more"
    return _delay_code(file, timer)


def _awaits(loop: Node) -> bool:
    return any(child.type == "await" for child in loop.children)


def _delay_code(file: File, timer: Timer) -> str | None:
    """Whether a delay may be what `setTimeout` takes and `AbortSignal.timeout()` throws for: text,
    a fraction, Infinity, or whatever a client sends."""
    text = file.source.text(timer.delay)
    handler = serving_at(file, timer.call)
    if _SENT.search(text) or (
        handler is not None and re.search(rf"(?<![\w$.]){re.escape(handler.request)}\b", text)
    ):
        return "delay-no-number"
    if _NO_WHOLE.search(text) and not re.search(r"\bMath\.(?:round|floor|ceil|trunc)\s*\(", text):
        return "delay-no-number"
    if "process.env" in text and not re.search(
        r"\b(?:Number|parseInt|Math\.\w+)\s*\(|^\s*\+", text
    ):
        return "delay-no-number"
    return None


_SENT = re.compile(r"\.\s*(?:query|headers|params|body|searchParams)(?![\w$])")
_NO_WHOLE = re.compile(r"\bInfinity\b|['\"`]\s*$|\d*\.\d|/|^\s*-")


_ENDS = frozenset({"finish", "end", "close", "error"})


def _clears_at_the_end(file: File, timer: Timer, feed: Feed, use: Node) -> bool:
    """Whether the timer is cleared when the copy is over, or where there is none: not at its first
    byte, say."""
    if file.functions.enclosing(use) == file.functions.enclosing(feed.node):
        awaited = feed.node.parent is not None and _is_awaited(file, feed)
        return pipes.exclusive(file, use, feed.node) or (
            awaited and use.start_byte >= feed.node.end_byte
        )
    found = clears_at(file, use)
    if found is None:
        return False
    call, event = found
    if event == "finally":
        return inside(feed.node, call)
    method = called_method(call)
    return (
        event in _ENDS
        and method is not None
        and any(same_thing(file, method[0], stage) for stage in _stages(feed))
    )


def _is_awaited(file: File, feed: Feed) -> bool:
    return feed.call is not None and told(file, feed.node).how == "awaited"


def _stages(feed: Feed) -> tuple[Node, ...]:
    if feed.call is not None:
        return feed.call.stages
    return tuple(stage.node for stage in feed.site.chain.stages) if feed.site is not None else ()


# A pipeline that stands in the code.


def _on_pipeline(file: File, timer: Timer, call: PipelineCall, gone: Cleared) -> Answer:
    if not call.promised:
        return _declined(file, timer, "callback-form")
    if call.options is not None:
        return _declined(file, timer, "signal-given")
    heard = told(file, call.call)
    if heard.how not in ("awaited", "catch"):
        return _declined(file, timer, "handler-rejects")
    if not _only_reports(file, heard, timer.response):
        return _declined(file, timer, "error-handler-answers")
    statement = file.functions.statement_of(call.call)
    if not _is_whole(file, statement, heard.whole) or not in_block(statement):
        return _declined(file, timer, "handler-rejects")
    if _used_after(file, timer, call.call, heard):
        return _declined(file, timer, "fed-after")
    name = file.bindings.fresh_name("signal", timer.statement)
    end = _ending(file, timer, call, heard, statement)
    closing = _closing(file, timer, call, heard, name)
    if end is None or closing is None:
        return _declined(file, timer, "error-handler-answers")
    options = Edit.insert(call.stages[-1].end_byte, f", {_options(name)}")
    notes = (reasons.SOONER,) if heard.how == "awaited" else ()
    return _rewrite(file, timer, gone, name, (options, end, *closing), call.stages, notes)


def _is_whole(file: File, statement: Node, expression: Node) -> bool:
    """Whether a statement is `expression`, with nothing but `.finally(…)` behind it."""
    if statement.type != "expression_statement":
        return False
    node = unwrap(named(statement)[0])
    while node != expression:
        method = called_method(node)
        if method is None or file.source.text(method[1]) != "finally":
            return False
        node = method[0]
    return True


def _only_reports(file: File, heard: Told, response: Node) -> bool:
    """Whether whoever hears of the failure does nothing but log it and destroy what is left."""
    if heard.handler is None:
        return False
    if heard.handler.type == "member_expression":
        return file.source.text(heard.handler).startswith("console.")
    body = heard.body
    if body is None:
        return False
    statements = named(body) if body.type == "statement_block" else [body]
    return all(_reports(file, _unless_left(file, heard, response, node)) for node in statements)


def _unless_left(file: File, heard: Told, response: Node, statement: Node) -> Node:
    """What an `if (res.errored !== null)` does: a response that is destroyed with the error still
    tells it from a client that left."""
    if statement.type != "if_statement" or statement.child_by_field_name("alternative") is not None:
        return statement
    asked, then = (statement.child_by_field_name(name) for name in ("condition", "consequence"))
    if not _error_name(file, heard) or asked is None or then is None:
        return statement
    if "".join(file.source.text(asked).split()) != f"({file.source.text(response)}.errored!==null)":
        return statement
    inner = named(then) if then.type == "statement_block" else [then]
    return inner[0] if len(inner) == 1 else statement


def _error_name(file: File, heard: Told) -> str:
    """What the handler of a failure calls it, "" when it has no plain name for it."""
    name = file.source.text(heard.error) if heard.error is not None else ""
    return name if re.fullmatch(r"[\w$]+", name) else ""


def _reports(file: File, statement: Node) -> bool:
    inner = named(statement) if statement.type == "expression_statement" else [statement]
    call = unwrap(inner[0]) if inner else statement
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    if function is None or any(part.type in FUNCTIONS for part in arguments(call)):
        return False
    text = file.source.text(function)
    return _LOGGED.fullmatch(text) is not None or (
        re.fullmatch(r"[\w.]+\??\.destroy(?:\?\.)?", text) is not None and not arguments(call)
    )


def _used_after(file: File, timer: Timer, call: Node, heard: Told) -> bool:
    """Whether the response is written to, ended or answered with behind the pipeline."""
    root = root_of(timer.response)
    binding = file.bindings.resolve(root) if root.type == "identifier" else None
    around = file.functions.enclosing(call)
    for use in file.bindings.references(binding) if binding is not None else ():
        if use.start_byte < call.end_byte or file.functions.enclosing(use) != around:
            continue
        if heard.handler is None or not inside(use, heard.handler):
            return True
    return binding is None


def _ending(
    file: File, timer: Timer, call: PipelineCall, heard: Told, statement: Node
) -> Edit | None:
    """The edit that ends a response that came whole."""
    source = file.source
    response = source.text(timer.response)
    stop = ";" if source.uses_semicolons else ""
    if heard.how == "awaited":
        line = source.newline + source.indent(statement.start_byte)
        return Edit.insert(statement.end_byte, f"{line}{response}.end(){stop}")
    end = call.call.end_byte
    link = call.call.parent
    name = link.child_by_field_name("property") if link is not None else None
    if name is None or source.text(name) != "catch":
        return None
    return Edit.insert(end, f".then(() => {response}.end())")


def _closing(
    file: File, timer: Timer, call: PipelineCall, heard: Told, signal: str
) -> tuple[Edit, ...] | None:
    """The edits by which the handler of a failure closes what is left, or says that it is late."""
    source, handler = file.source, heard.handler
    assert handler is not None
    stop = ";" if source.uses_semicolons else ""
    body = heard.body
    if body is None or body.type != "statement_block":
        old = source.indent(handler.start_byte)
        report = source.text(body) if body is not None else f"{source.text(handler)}(err)"
        if heard.error is None and body is not None:
            return None
        error = source.text(heard.error) if heard.error is not None else "err"
        inner = source.newline + old + source.indent_unit
        lines = _closing_lines(file, timer, call, signal, handler, error)
        text = "".join(inner + line for line in [*lines, report + stop])
        return (
            Edit.replace(
                handler.start_byte,
                handler.end_byte,
                f"({error}) => {{{text}{source.newline}{old}}}",
            ),
        )
    indent = source.indent(handler.start_byte)
    inner = source.newline + indent + source.indent_unit
    lines = _closing_lines(file, timer, call, signal, handler, _error_name(file, heard))
    text = "".join(inner + line for line in lines)
    after = "" if named(body) or body.named_children else source.newline + indent
    if after:
        return (Edit.replace(body.start_byte, body.end_byte, f"{{{text}{after}}}"),)
    return (Edit.insert(body.start_byte + 1, text),)


def _closing_lines(
    file: File, timer: Timer, call: PipelineCall, signal: str, handler: Node, error: str
) -> list[str]:
    """The lines that close what a failure leaves. A `catch` may also get what is thrown behind the
    end of a response that came whole, which must be left to be sent."""
    source = file.source
    response, unit = source.text(timer.response), source.indent_unit
    stop = ";" if source.uses_semicolons else ""
    found = evidence_of(file, call.stages[0])
    lines: list[str] = []
    if is_plain_name(unwrap(call.stages[0])) and found.level >= Level.LIKELY:
        close = f"{source.text(call.stages[0])}{destroying(found)}"
        if f"{source.text(call.stages[0])}.destroy" not in source.text(handler):
            lines.append(close + stop)
    whole = handler.type == "catch_clause"
    return [
        *lines,
        f"if ({signal}.aborted && !{response}.headersSent && !{response}.destroyed) {{",
        *(unit + line for line in _answer(file, timer, "504")),
        f"}} else if (!{response}.writableEnded) {{" if whole else "} else {",
        f"{unit}{response}.destroy({error}){stop}",
        "}",
    ]


def _answer(file: File, timer: Timer, status: str) -> list[str]:
    """The lines that answer with a bare status: headers that speak of the body must go."""
    source = file.source
    response, quote = source.text(timer.response), source.quote
    stop = ";" if source.uses_semicolons else ""
    handler = serving_at(file, timer.call)
    around = handler.function if handler is not None else source.root
    headers = ["Content-Length"]
    if re.search(r"content-encoding", source.text(around), re.IGNORECASE):
        headers.append("Content-Encoding")
    return [
        *(f"{response}.removeHeader({quote}{header}{quote}){stop}" for header in headers),
        f"{response}.statusCode = {status}{stop}",
        f"{response}.end(){stop}",
    ]


# A chain of `.pipe`.


def _on_pipe(file: File, timer: Timer, feed: Feed, gone: Cleared) -> Answer:
    assert feed.site is not None
    removed = (*gone.spans, Span.of(timer.statement))
    site = dataclasses.replace(
        feed.site,
        uses=[
            [use for use in uses if not any(_within(use.node, span) for span in removed)]
            for uses in feed.site.uses
        ],
    )
    heard = bool(site.chain.listeners) or any(use.what == "listener" for use in site.all_uses)
    first = site.chain.stages[0].node
    statement = file.functions.statement_of(site.chain.node)
    if (
        heard
        or site.wrapper is not None
        or site.chain.place != "statement"
        or any(link.optional for link in site.chain.links)
        or pipes.obstacle(site) is not None
        or shape_obstacle(site) is not None
        or no_destroy(site.source)
        or not in_block(statement)
    ):
        return _declined(file, timer, "no-pipeline")
    imported = file.bindings.import_name("stream/promises", "pipeline", site.chain.node)
    if imported is None:
        return _declined(file, timer, "no-import-place")
    name = file.bindings.fresh_name("signal", timer.statement)
    plain = is_plain_name(first)
    fresh = file.bindings.fresh_name("source", site.chain.node)
    tail = _tail(file, timer, site, file.source.text(first) if plain else fresh, name)
    chain = chain_edits(
        site,
        f"{imported.expression}(",
        tail,
        name=None if plain else fresh,
        options=_options(name),
    )
    stages = tuple(stage.node for stage in site.chain.stages)
    return _rewrite(file, timer, gone, name, (*imported.edits, *chain), stages, (reasons.ANSWERED,))


def _within(node: Node, span: Span) -> bool:
    return span.start <= node.start_byte and node.end_byte <= span.end


def _tail(file: File, timer: Timer, site: Site, name: str, signal: str) -> str:
    source, response = file.source, file.source.text(timer.response)
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(site.chain.node.start_byte)
    unit = source.indent_unit
    inner = line + unit + unit
    lines = [
        f"{name}{destroying(site.source)}{stop}",
        f"if (!{signal}.aborted && !{response}.destroyed) console.error(err){stop}",
        f"if ({response}.headersSent || {response}.destroyed) {{",
        f"{unit}{response}.destroy(){stop}",
        "} else {",
        *(unit + text for text in _answer(file, timer, f"{signal}.aborted ? 504 : 500")),
        "}",
    ]
    body = "".join(inner + text for text in lines)
    return (
        f"){line}{unit}.then(() => {response}.end())"
        f"{line}{unit}.catch((err) => {{{body}{line}{unit}}})"
    )


# The answers.


def _options(signal: str) -> str:
    return "{ signal, end: false }" if signal == "signal" else f"{{ signal: {signal}, end: false }}"


def _rewrite(
    file: File,
    timer: Timer,
    gone: Cleared,
    name: str,
    edits: tuple[Edit, ...],
    stages: tuple[Node, ...],
    notes: tuple[str, ...],
) -> Rewrite:
    source = file.source
    delay = source.text(timer.delay)
    stop = ";" if source.text(timer.statement).endswith(";") else ""
    made = Edit.replace(
        timer.statement.start_byte,
        timer.statement.end_byte,
        f"const {name} = AbortSignal.timeout({delay}){stop}",
    )
    told_more = [reasons.LATE, *notes]
    if not _NUMBER.fullmatch(delay):
        told_more.append(reasons.DELAY)
    makers = [generator_of(file, stage) for stage in stages]
    if any(maker is not None and awaits_more(file, maker) for maker in makers):
        told_more.append(reasons.STUCK)
    return Rewrite(
        span=Span.of(timer.call),
        anchor=timer.call.start_byte,
        message=TIMED,
        edits=(made, *edits, *(Edit.delete(*span) for span in gone.spans)),
        safety=Safety.UNSAFE,
        evidence=tuple(grounds(file, stage, evidence_of(file, stage)) for stage in stages),
        notes=tuple(told_more),
    )


def _declined(file: File, timer: Timer, code: str) -> Declined:
    reason = TIMEOUTS[code]
    response, delay = file.source.text(timer.response), file.source.text(timer.delay)
    return Declined(
        span=Span.of(timer.call),
        anchor=timer.call.start_byte,
        message=TIMED,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("RESPONSE", response).replace("DELAY", delay),
        evidence=(grounds(file, timer.response, evidence_of(file, timer.response)),),
        shown=reason.shown,
    )
