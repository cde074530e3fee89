"""The answer for a copy by hand: a pipeline, where one may stand for it, or how to do it by hand.

What is asked of `source.pipe(sink)` before it becomes a pipeline is asked here as well, by the same
code; more is asked because a pump, other than a pipe, reads on when its sink is gone.
"""

import re

from tree_sitter import Node

from unleak_codemods.drains.places import callback_use
from unleak_codemods.streams import handlers, pipes, wrappers
from unleak_codemods.streams.detaching import pipe_statement
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.pipes import logs_only
from unleak_codemods.streams.reasons import REASONS as PIPE_REASONS
from unleak_codemods.streams.reasons import Reason
from unleak_codemods.streams.syntax import in_block, inside, named, walk
from unleak_codemods.streams.uses import Use, uses_of, uses_of_member
from unleak_codemods.writing.pumps import Pump, as_chain
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety, collide

MESSAGE = "the copy by hand runs ahead of a slow sink, and reads on for one that is gone"
READS_ON = (
    "when the sink closes the source is destroyed and its 'end' does not come; before, it was "
    "read to its end for nothing"
)

_READABLE = frozenset({"readable", "message", "request", "duplex", "child-readable", "socket"})
_WRITABLE = frozenset({"writable", "response", "duplex", "upload", "socket", "child-writable"})
_SINKS = re.compile(r"(?:^|\.)(?:res|response|out|output|dest|destination|dst|sink|\w*[sS]tream)$")

REASONS: dict[str, Reason] = {
    "process-stdio": Reason(
        "standard output belongs to the process: what it cannot take at once is kept in memory",
        "For a child: spawn(…, { stdio: ['pipe', 'inherit', 'inherit'] }). Otherwise\n"
        "SOURCE.pipe(SINK, { end: false }), which waits for it.",
    ),
    "end-not-forwarded": Reason(
        "nothing here ends the sink when the source has ended, so who ends it is not seen",
        "await pipeline(SOURCE, SINK) when the copy is all that goes into the sink; when more\n"
        "follows, await pipeline(SOURCE, SINK, { end: false }).",
    ),
    "copy-does-more": Reason(
        "the listener does more than to copy",
        "Wait for the sink, and stop the source when it is gone:\n"
        "  if (SINK.write(…) === false) {\n"
        "    SOURCE.pause();\n"
        "    SINK.once('drain', () => SOURCE.resume());\n"
        "  }\n"
        "and once, beside the listener: SINK.once('close', () => SOURCE.destroy()). Then 'end'\n"
        "does not come, so what goes on there must go on at 'close'.",
    ),
    "source-end-continues": Reason(
        "code goes on when the source has ended, which does not happen once a sink that closes\n"
        "destroys it".replace("\n", " "),
        "await pipeline(SOURCE, SINK) in a try/catch, and go on behind it.",
    ),
    "source-driven": Reason(
        "other code pauses, resumes or reads the source by hand",
        "Leave that to pipeline(SOURCE, SINK), which waits for the sink by itself.",
    ),
    "closed-by-hand": Reason(
        "the source is destroyed by hand when the sink closes, but nothing waits for a slow sink",
        "pipeline(SOURCE, SINK) in place of the three listeners does both.",
    ),
    "listeners-chained": Reason(
        "more listeners are chained behind the copy",
        "await pipeline(SOURCE, SINK), with the other listeners in statements before it.",
    ),
    "in-a-promise": Reason(
        "the copy is part of a promise made by hand",
        "await pipeline(SOURCE, SINK) in place of the promise: it settles when all is written,\n"
        "and rejects when either stream fails or closes early.",
    ),
    "unknown-stage": Reason(
        "nothing proves here that both are Node streams",
        "If they are: pipeline(SOURCE, SINK, callback), or await it.",
    ),
}


def answer(file: File, pump: Pump) -> Answer | None:
    """The answer for `pump`; None when it is none of ours."""
    source, sink = evidence_of(file, pump.source), _seen_from(file, pump)
    if Level.NOT_OURS in (source.level, sink.level) or _in_a_stage(file, pump.call):
        return None
    if min(source.level, sink.level) is Level.UNKNOWN:
        return _by_shape(file, pump, source, sink)
    if source.role not in _READABLE:
        return None
    if sink.role == "stdio" or sink.owner is Owner.PROCESS:
        said = pump.pure and not file.source.text(pump.sink).endswith("stderr")
        return declined(file, pump, "process-stdio") if said else None
    if sink.role not in _WRITABLE or source.owner is Owner.PROCESS:
        return None
    if not pump.pure:
        sure = source.proven and sink.proven and source.role != "socket" and sink.kind.core
        talks = sink.role in ("socket", "child-writable") or sink.kind.shape.startswith("crypto#")
        return declined(file, pump, "copy-does-more") if sure and not talks else None
    code = _obstacle(file, pump, source, sink)
    return declined(file, pump, code) if code is not None else _piped(file, pump, [source, sink])


def _seen_from(file: File, pump: Pump) -> Evidence:
    """What the sink is to the function that attaches the listener, not to the listener itself."""
    found = evidence_of(file, pump.sink)
    binding = found.binding
    if found.owner is not Owner.OUTER or binding is None:
        return found
    if file.functions.enclosing(binding.node) != file.functions.enclosing(pump.call):
        return found
    return found._replace(owner=Owner.PARAMETER if binding.kind == "param" else Owner.HERE)


def _by_shape(file: File, pump: Pump, source: Evidence, sink: Evidence) -> Answer | None:
    """The answer when one of the two is not known: that both are streams is likely when one is
    known, and 'end' is forwarded too."""
    if not pump.pure or pump.ends is None:
        return None
    text = file.source.text(pump.sink)
    likely = source if sink.level is Level.UNKNOWN else sink
    told = likely.level > Level.UNKNOWN or _SINKS.search(text) is not None
    if sink.level is Level.UNKNOWN and _SINKS.search(text) is None:
        return None
    return declined(file, pump, "unknown-stage") if told else None


def _in_a_stage(file: File, node: Node) -> bool:
    """Whether a method of a stream attaches the listener, and has its own way to wait."""
    function = file.functions.enclosing(node)
    while function is not None:
        if callback_use(file, named(function)[-1]) == "stage":
            return True
        outer = function.parent
        function = file.functions.enclosing(outer) if outer is not None else None
    return False


def declined(file: File, pump: Pump, code: str) -> Declined:
    reason = REASONS.get(code) or PIPE_REASONS[code]
    source, sink = file.source.text(pump.source), file.source.text(pump.sink)
    why = file.target.blamed(reason.why) if code == "node-too-old" else reason.why
    return Declined(
        span=Span.of(pump.call),
        anchor=pump.name.start_byte,
        message=MESSAGE,
        code=code,
        why=why,
        recipe=reason.recipe.replace("SOURCE", source).replace("SINK", sink),
        evidence=tuple(
            grounds(file, node, evidence_of(file, node)) for node in (pump.source, pump.sink)
        ),
        shown=reason.shown,
    )


def _obstacle(file: File, pump: Pump, source: Evidence, sink: Evidence) -> str | None:
    """Why a copy that does nothing else is no pipeline all the same."""
    if not (source.taken and sink.taken):
        return "unknown-stage"
    if pump.ends is None:
        return "end-not-forwarded"
    if pump.statement is None or any(call.id != pump.ends.id for call in pump.trailing):
        return "listeners-chained"
    beside = pump.ends.parent
    if pump.ends not in pump.trailing and (
        beside is None or beside.type != "expression_statement" or not in_block(beside)
    ):
        return "listeners-chained"
    return None


def _piped(file: File, pump: Pump, evidence: list[Evidence]) -> Answer:
    chain = as_chain(file, pump)
    uses = [
        [use for use in _uses(file, pump, found, node) if not _is_own(pump, use)]
        for found, node in zip(evidence, (pump.source, pump.sink), strict=True)
    ]
    wrapper = wrappers.wrapper_above(file, chain.node)
    handler = handlers.serving_at(file, chain.node)
    site = pipes.Site(file, chain, evidence, uses, wrapper, handler)
    code = pipes.obstacle(site) or _driven(site)
    if code is not None:
        return declined(file, pump, code)
    if any(link.optional for link in chain.links):
        return declined(file, pump, "optional-chain")
    if wrapper is not None:
        return declined(file, pump, "in-a-promise")
    if pipes.at_top_of_a_module(site):
        return declined(file, pump, "top-level-module")
    if file.target.node_floor is not None and file.target.node_floor < 18:
        return declined(file, pump, "node-too-old")
    found = pipe_statement(site)
    if isinstance(found, Declined):
        code = "closed-by-hand" if _closed_by_hand(site) else found.code
        return declined(file, pump, code)._replace(notes=found.notes)
    removed = _removed(file, pump)
    if any(collide(removed, edit) for edit in found.edits):
        return declined(file, pump, "listeners-chained")
    return Rewrite(
        span=found.span,
        anchor=pump.name.start_byte,
        message=MESSAGE,
        edits=(*found.edits, removed),
        safety=found.safety.at_most(Safety.UNSAFE),
        evidence=found.evidence,
        notes=(*found.notes, READS_ON),
    )


def _uses(file: File, pump: Pump, found: Evidence, node: Node) -> list[Use]:
    chain = as_chain(file, pump)
    if found.binding is not None:
        return uses_of(file, found.binding, chain)
    return uses_of_member(file, node, chain) if node.type == "member_expression" else []


def _is_own(pump: Pump, use: Use) -> bool:
    """Whether a use is the pump itself: its two listeners, and what they do."""
    for call in (pump.call, pump.ends):
        if call is None:
            continue
        if use.call is not None and use.call.id == call.id:
            return True
        given = call.child_by_field_name("arguments")
        if given is not None and inside(use.node, given):
            return True
    return False


_DRIVING = frozenset({"pause", "resume", "read", "removeListener", "off", "removeAllListeners"})


def _driven(site: pipes.Site) -> str | None:
    """Whether other code has a part in how the source is read, or goes on when it has ended."""
    for use in site.uses[0]:
        if pipes.exclusive(site.file, use.node, site.chain.node):
            continue
        if use.what == "method" and use.name in _DRIVING:
            return "source-driven"
        if use.what != "listener":
            continue
        if use.name == "readable":
            return "source-driven"
        text = site.file.source.text(use.handler) if use.handler is not None else ".write("
        if use.name == "data" and ".write(" in text:
            return "piped-more-than-once"
        if use.name in ("end", "close") and not logs_only(site.file, use.handler):
            return "source-end-continues"
    for item in site.chain.stages[0].listeners:
        if item.event in ("end", "close", "data") and not logs_only(site.file, item.handler):
            return "source-end-continues"
    return None


def _closed_by_hand(site: pipes.Site) -> bool:
    """Whether a listener for the sink's 'close' destroys the source already."""
    name = site.file.source.text(site.chain.stages[0].node)
    return any(
        use.name == "close"
        and use.handler is not None
        and f"{name}.destroy(" in site.file.source.text(use.handler)
        for use in site.uses[1]
        if use.what == "listener"
    )


def _removed(file: File, pump: Pump) -> Edit:
    """The edit that takes the listener of 'end' out: its part of the chain, or its statement with
    the line, and the blank line before it where one stands after it as well. Comments stay."""
    ends, data = pump.ends, file.source.data
    assert ends is not None
    if pump.trailing:
        return Edit.delete(pump.call.end_byte, pump.outermost.end_byte)
    statement = ends.parent
    assert statement is not None
    start, end = statement.start_byte, statement.end_byte
    line = file.source.line_start(start)
    after = data.find(b"\n", end) + 1
    comments = [file.source.text(node) for node in walk(statement) if node.type == "comment"]
    if comments:
        step = file.source.newline + file.source.indent(start)
        return Edit.replace(start, end, step.join(comments))
    if data[line:start].strip() or not after or data[end:after].strip():
        return Edit.delete(start, end)
    before = file.source.line_start(max(line - 1, 0))
    nothing_before = before < line and not data[before:line].strip()
    next_line = data[after : data.find(b"\n", after) + 1 or len(data)].strip()
    if nothing_before and (not next_line or next_line.startswith(b"}")):
        line = before
    return Edit.delete(line, after)
