"""A copy by hand: `src.on('data', (c) => dst.write(c))`, taken apart."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.drains.waits import is_stable, same_stream
from unleak_codemods.streams.chains import LISTENING, Chain, Link, Stage, listener, strip_listeners
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    named,
    string_value,
    unwrap,
    walk,
)
from unleak_engine.codemod import File


class Pump(NamedTuple):
    """`call` attaches the listener of 'data' to `source`, whose `write` is the one write to
    `sink`. `pure` when the listener does nothing else; `ends` is the call that attaches a listener
    of 'end' which does nothing but end the sink, None without one. `outermost` is the chain of
    calls that `call` belongs to, `trailing` the ones behind it.
    """

    call: Node
    name: Node
    source: Node
    sink: Node
    handler: Node
    write: Node
    pure: bool
    ends: Node | None
    outermost: Node
    trailing: tuple[Node, ...]

    @property
    def statement(self) -> Node | None:
        parent = self.outermost.parent
        return parent if parent is not None and parent.type == "expression_statement" else None


def pump_at(file: File, event: Node) -> Pump | None:
    """The pump that the string 'data' belongs to, None when it is no listener that writes all it
    gets to one stream without looking at the answer."""
    call = event.parent.parent if event.parent is not None else None
    method = called_method(call) if call is not None else None
    given = arguments(call) if call is not None else []
    if call is None or method is None or method[1].text not in (b"on", b"addListener"):
        return None
    handler = unwrap(given[1]) if len(given) == 2 else None
    if handler is None or handler.type not in FUNCTIONS or given[0].id != event.id:
        return None
    if file.functions.is_async(handler):
        return None
    write = _only_write(file, handler)
    receiver = called_method(write) if write is not None else None
    if write is None or receiver is None or not is_stable(receiver[0]):
        return None
    source, _ = strip_listeners(file.source, method[0])
    if not is_stable(source) or same_stream(file, source, receiver[0]):
        return None
    outermost, trailing = _chained(call)
    pure = _is_pure(file, handler, write)
    ends = _forwarded_end(file, source, receiver[0], outermost)
    return Pump(
        call, method[1], source, receiver[0], handler, write, pure, ends, outermost, trailing
    )


def _only_write(file: File, handler: Node) -> Node | None:
    """The one call of `write` in a listener, when it is given something made of the chunk, and
    nobody reads what it says."""
    body = handler.child_by_field_name("body")
    chunk = file.functions.parameter_name(handler, 0)
    if body is None or chunk is None:
        return None
    found = [
        node
        for node in walk(body)
        if (method := called_method(node)) is not None and method[1].text == b"write"
    ]
    if len(found) != 1 or file.functions.enclosing(found[0]) != handler:
        return None
    outer = found[0].parent
    unread = outer is not None and (
        outer.type == "expression_statement" or (outer == handler and found[0] == body)
    )
    parts = arguments(found[0])
    if not unread or not parts or any(part.type in FUNCTIONS for part in parts):
        return None
    uses = re.search(rf"(?<![\w$.]){re.escape(chunk)}(?![\w$])", file.source.text(parts[0]))
    return found[0] if uses is not None else None


def _is_pure(file: File, handler: Node, write: Node) -> bool:
    """Whether all that a listener does is to write the very chunk."""
    body = handler.child_by_field_name("body")
    parts = arguments(write)
    chunk = file.functions.parameter_name(handler, 0)
    if body is None or len(parts) != 1 or file.source.text(parts[0]) != chunk:
        return False
    return _only_call(body) == write


def _only_call(body: Node) -> Node | None:
    if body.type != "statement_block":
        return unwrap(body)
    statements = named(body)
    if len(statements) != 1 or statements[0].type != "expression_statement":
        return None
    return unwrap(named(statements[0])[0])


def _chained(call: Node) -> tuple[Node, tuple[Node, ...]]:
    """The outermost call of the chain `call.on(…).on(…)`, and the calls behind it."""
    trailing: list[Node] = []
    while (outer := call.parent) is not None and outer.type == "member_expression":
        if outer.child_by_field_name("object") != call or outer.parent is None:
            break
        if outer.parent.type != "call_expression":
            break
        call = outer.parent
        trailing.append(call)
    return call, tuple(trailing)


def _forwarded_end(file: File, source: Node, sink: Node, outermost: Node) -> Node | None:
    """The call that attaches a listener of 'end' which ends the sink and does nothing else: in the
    same chain, or in a statement of its own in the same block."""
    statement = outermost.parent
    block = statement.parent if statement is not None else None
    if statement is None or statement.type != "expression_statement" or block is None:
        return None
    for beside in named(block):
        inner = named(beside) if beside.type == "expression_statement" else []
        root, _ = strip_listeners(file.source, inner[0]) if inner else (beside, ())
        if not inner or not same_stream(file, root, source):
            continue
        call: Node | None = unwrap(inner[0])
        while call is not None and (method := called_method(call)) is not None:
            if _ends_only(file, call, method[1], sink):
                return call
            call = method[0]
    return None


def _ends_only(file: File, call: Node, name: Node, sink: Node) -> bool:
    parts = arguments(call)
    if file.source.text(name) not in LISTENING or len(parts) != 2:
        return False
    if string_value(parts[0], file.source.text(parts[0])) != "end":
        return False
    handler = unwrap(parts[1])
    body = handler.child_by_field_name("body") if handler.type in FUNCTIONS else None
    ends = _only_call(body) if body is not None else None
    method = called_method(ends) if ends is not None else None
    if ends is None or method is None or method[1].text != b"end" or arguments(ends):
        return False
    return same_stream(file, method[0], sink) and not file.functions.is_async(handler)


def as_chain(file: File, pump: Pump) -> Chain:
    """The pump as if it stood there as `source.pipe(sink)`: what is known of such chains holds for
    it as well."""
    method = called_method(pump.call)
    assert method is not None
    source = file.source
    calls: list[Node] = []
    node = method[0]
    while (found := called_method(node)) is not None and found[1].text is not None:
        calls.append(node)
        node = unwrap(found[0])
    before = [_link(file, call) for call in reversed(calls)]
    heard = tuple(listener(source, link) for link in before if link.name in LISTENING)
    pipe = Link("pipe", pump.call, pump.name, (pump.sink,), _is_optional(pump.call))
    stages = (Stage(pump.source, heard), Stage(unwrap(pump.sink), ()))
    return Chain(pump.call, pump.source, (*before, pipe), stages, pump.name, "statement")


def _link(file: File, call: Node) -> Link:
    found = called_method(call)
    assert found is not None
    name = file.source.text(found[1])
    return Link(name, call, found[1], tuple(arguments(call)), _is_optional(call))


def _is_optional(call: Node) -> bool:
    function = call.child_by_field_name("function")
    return any(
        child.type in ("optional_chain", "?.")
        for node in (call, function)
        if node is not None
        for child in node.children
    )
