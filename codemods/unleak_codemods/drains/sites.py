"""A wait with all that decides about it: what its stream is, how the code came there, and who
else has a part in it."""

from dataclasses import dataclass

from tree_sitter import Node

from unleak_codemods.drains.gates import Gate, gate_of
from unleak_codemods.drains.places import writing_loop
from unleak_codemods.drains.reasons import MESSAGE, REASONS
from unleak_codemods.drains.waits import Wait, is_stable, same_stream
from unleak_codemods.streams import handlers
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.knowledge import knowledge_of
from unleak_codemods.streams.pipes import imported_modules
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    inside,
    named,
    string_value,
    walk,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Declined, File, Grounds, Span

WRITABLE = frozenset(
    {"writable", "duplex", "socket", "upload", "response", "child-writable", "stdio", "legacy"}
)
OWNED = frozenset({Owner.HERE, Owner.OUTER, Owner.MODULE, Owner.PROCESS})
"""Owners in the file: nobody else decides what a stream of theirs is for."""


@dataclass(frozen=True, slots=True)
class Site:
    """A wait that is likely ours. `loop` is the outermost loop that writes to the stream."""

    file: File
    wait: Wait
    evidence: Evidence
    gate: Gate
    handler: bool
    loop: Node | None

    @property
    def statement(self) -> Node:
        return self.wait.nodes[0]

    @property
    def stream(self) -> str:
        return self.file.source.text(self.wait.receiver)

    @property
    def span(self) -> Span:
        nodes = self.wait.nodes or (self.wait.whole,)
        return Span(nodes[0].start_byte, nodes[-1].end_byte)

    @property
    def printed(self) -> tuple[Grounds, ...]:
        return (grounds(self.file, self.wait.receiver, self.evidence),)

    def declined(self, code: str) -> Declined:
        reason, target = REASONS[code], self.file.target
        return Declined(
            span=self.span,
            anchor=self.wait.anchor.start_byte,
            message=MESSAGE,
            code=code,
            why=target.blamed(reason.why) if code == "node-too-old" else reason.why,
            recipe=reason.recipe.replace("WRITABLE", self.stream),
            evidence=self.printed,
            shown=reason.shown,
        )


def site_of(file: File, wait: Wait) -> Site | None:
    """The site of `wait`, None when its stream is none of ours, or nothing says that it is one."""
    gate = gate_of(file, wait)
    evidence = evidence_of(file, wait.receiver)
    if evidence.level is Level.UNKNOWN:
        evidence = _by_use(file, wait, gate, evidence)
    if evidence.level is Level.NOT_OURS or (evidence.role and evidence.role not in WRITABLE):
        return None
    if evidence.level is Level.UNKNOWN and not _written_nearby(file, wait):
        return None
    near = wait.nodes[0] if wait.nodes else wait.whole
    loop = writing_loop(file, wait.receiver, near)
    return Site(file, wait, evidence, gate, served(file, near, evidence), loop)


def served(file: File, near: Node, evidence: Evidence) -> bool:
    """Whether a request handler runs what stands at `near`, or hands over its stream."""
    if handlers.handler_at(file, near) is not None or evidence.owner is Owner.HANDLER:
        return True
    return _from_handler(file, evidence.binding)


def _by_use(file: File, wait: Wait, gate: Gate, evidence: Evidence) -> Evidence:
    """What a stream is by the way it is used: `write()` tested, then 'drain' awaited with `once`
    of node:events; or the stream that every caller hands over."""
    handed = _handed_over(file, wait, evidence.binding)
    if handed is not None:
        return handed
    known = wait.form == "once" or any(
        m in knowledge_of(file).hints for m in imported_modules(file)
    )
    if (gate.tested and known) or wait.form == "race":
        said = file.source.text(wait.receiver)
        reason = f"`{said}` is written to and its 'drain' awaited, as a Node stream's is"
        return evidence._replace(level=Level.LIKELY, reasons=(reason,))
    return evidence


def _handed_over(file: File, wait: Wait, binding: Binding | None) -> Evidence | None:
    """What all callers pass for the parameter `binding`, the least of it."""
    if binding is None or binding.kind != "param" or binding.path:
        return None
    function = file.functions.enclosing(binding.node)
    calls = file.functions.call_sites(function) if function is not None else None
    if function is None or not calls:
        return None
    index = [parameter.id for parameter in file.functions.parameters(function)].index(
        binding.node.id
    )
    given = [arguments(call)[index] for call in calls if len(arguments(call)) > index]
    if len(given) != len(calls):
        return None
    judged = [evidence_of(file, node) for node in given]
    least = min(judged, key=lambda found: found.level)
    if least.level < Level.LIKELY:
        return None
    owner = Owner.HANDLER if any(e.owner is Owner.HANDLER for e in judged) else Owner.PARAMETER
    return least._replace(level=Level.LIKELY, owner=owner, binding=binding)


def _from_handler(file: File, binding: Binding | None) -> bool:
    """Whether a caller passes the response of a request for the parameter `binding`."""
    if binding is None or binding.kind != "param" or binding.path:
        return False
    function = file.functions.enclosing(binding.node)
    calls = file.functions.call_sites(function) if function is not None else None
    return any(
        evidence_of(file, given).owner is Owner.HANDLER
        for call in calls or []
        for given in arguments(call)
        if given.type != "spread_element"
    )


def _written_nearby(file: File, wait: Wait) -> bool:
    """Whether the function around a wait also writes to what it waits for."""
    function = file.functions.enclosing(wait.whole) or file.source.root
    return any(
        same_stream(file, call[0], wait.receiver)
        for node in walk(function)
        if node.type == "call_expression"
        and (call := called_method(node)) is not None
        and file.source.text(call[1]) == "write"
    )


def is_helper_body(site: Site) -> bool:
    """Whether a function does nothing but wait for the stream it is handed."""
    function = site.file.functions.enclosing(site.statement)
    body = site.file.functions.body(function) if function is not None else None
    binding = site.evidence.binding
    if function is None or body is None or binding is None or binding.kind != "param":
        return False
    if site.file.functions.enclosing(binding.node) != function:
        return False
    return len(named(body)) == len(site.wait.nodes) and inside(site.statement, body)


def handed_by_owners(site: Site) -> bool:
    """Whether every caller is seen, awaits the function, and hands over a stream of its own."""
    binding = site.evidence.binding
    if binding is None or binding.kind != "param" or site.handler:
        return False
    functions = site.file.functions
    function = functions.enclosing(binding.node)
    calls = functions.call_sites(function) if function is not None else None
    if function is None or not calls:
        return False
    index = [p.id for p in functions.parameters(function)].index(binding.node.id)
    for call in calls:
        given = arguments(call)
        judged = evidence_of(site.file, given[index]) if index < len(given) else None
        waits = wrapped(call).parent
        if judged is None or not judged.proven or judged.owner not in OWNED:
            return False
        if judged.role == "response" or handlers.handler_at(site.file, call) is not None:
            return False
        if waits is None or waits.type != "await_expression":
            return False
    return True


def heard_elsewhere(site: Site) -> bool:
    """Whether somebody listens to the stream's errors all along, outside of this wait."""
    for node in walk(site.file.source.root):
        if node.type != "call_expression" or inside(node, site.wait.whole):
            continue
        method = called_method(node)
        parts = arguments(node)
        if method is None or len(parts) < 2 or not is_stable(method[0]):
            continue
        if site.file.source.text(method[1]) not in ("on", "addListener"):
            continue
        if string_value(parts[0], site.file.source.text(parts[0])) != "error":
            continue
        if same_stream(site.file, method[0], site.wait.receiver):
            return True
    return False


def read_by_loop(site: Site) -> bool:
    """Whether the loop is a `for await` over something with an 'error' listener of its own, which
    leaving the loop would call with an AbortError."""
    loop = site.loop
    if loop is None or not any(child.type == "await" for child in loop.children):
        return False
    right = loop.child_by_field_name("right")
    name = site.file.source.text(right) if right is not None else ""
    text = site.file.source.text(site.file.source.root)
    return any(f"{name}.{on}({q}error{q}" in text for on in ("on", "once") for q in "'\"`")
