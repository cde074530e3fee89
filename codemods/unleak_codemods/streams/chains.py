"""What a `.pipe` chain is: its stages, its listeners, and the place it stands in.

A chain is a maximal run of member calls. `a.on('error', f).pipe(b).pipe(c).on('finish', g)` is
one chain of three stages; pipes inside arguments are chains of their own.
"""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import arguments, called_method, string_value, unwrap, wrapped
from unleak_engine.source import Source

LISTENING = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})
SELF_RETURNING = LISTENING | {"setEncoding", "resume", "pause", "off", "removeListener", "cork"}


class Link(NamedTuple):
    """One call of a chain: `.name(arguments)` on everything to its left."""

    name: str
    call: Node
    property: Node
    arguments: tuple[Node, ...]
    optional: bool


class Listener(NamedTuple):
    """`handler` is attached to a stage for `event`; `node` is the call that does it."""

    event: str | None
    handler: Node | None
    node: Node
    name: Node


class Stage(NamedTuple):
    """One stream of a chain: the expression that gives it, and what listens to it there."""

    node: Node
    listeners: tuple[Listener, ...]


class Chain(NamedTuple):
    """`node` is the whole chain, trailing listeners included; `anchor` the first `pipe` token.

    `tail` are the links after the last `.pipe(…)`; `place` says how the value is used:
    statement, returned, assigned, argument, conditional, arrow, awaited, member or other.
    """

    node: Node
    root: Node
    links: tuple[Link, ...]
    stages: tuple[Stage, ...]
    anchor: Node
    place: str

    @property
    def call(self) -> Node:
        """The chain without parentheses or casts around it."""
        return self.links[-1].call

    @property
    def pipes(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.name == "pipe")

    @property
    def tail(self) -> tuple[Link, ...]:
        last = max(i for i, link in enumerate(self.links) if link.name == "pipe")
        return self.links[last + 1 :]

    @property
    def listeners(self) -> tuple[Listener, ...]:
        return tuple(listener for stage in self.stages for listener in stage.listeners)


def chain_at(source: Source, call: Node) -> Chain | None:
    """The chain whose first `.pipe` is `call`, None when `call` is a later one."""
    first = called_method(call)
    if first is None:
        return None
    root, before = _down(source, first[0])
    if any(link.name == "pipe" for link in before):
        return None
    links = [*before, _link(source, call), *_up(source, call)]
    node = wrapped(links[-1].call)
    return Chain(node, root, tuple(links), _stages(source, root, links), first[1], _place(node))


def strip_listeners(source: Source, node: Node) -> tuple[Node, tuple[Listener, ...]]:
    """The stream that `x.on(…).once(…)` gives, and its listeners."""
    root, links = _down(source, node)
    if any(link.name not in SELF_RETURNING for link in links):
        return unwrap(node), ()
    return root, tuple(listener(source, link) for link in links if link.name in LISTENING)


def listener(source: Source, link: Link) -> Listener:
    event = link.arguments[0] if link.arguments else None
    name = string_value(event, source.text(event)) if event is not None else None
    handler = unwrap(link.arguments[1]) if len(link.arguments) > 1 else None
    return Listener(name, handler, link.call, link.property)


def _down(source: Source, node: Node) -> tuple[Node, list[Link]]:
    """The root of the self-returning and `.pipe` calls that `node` ends with, and those calls."""
    links: list[Link] = []
    node = unwrap(node)
    while (found := called_method(node)) is not None:
        if source.text(found[1]) not in SELF_RETURNING | {"pipe"}:
            break
        links.append(_link(source, node))
        node = found[0]
    return node, links[::-1]


def _up(source: Source, call: Node) -> list[Link]:
    links: list[Link] = []
    node = wrapped(call)
    while (outer := node.parent) is not None and outer.type == "member_expression":
        owner = outer.child_by_field_name("object")
        use = wrapped(outer)
        parent = use.parent
        if owner is None or owner.id != node.id or parent is None:
            break
        if parent.type != "call_expression" or parent.child_by_field_name("function") != use:
            break
        links.append(_link(source, parent))
        node = wrapped(parent)
    return links


def _link(source: Source, call: Node) -> Link:
    found = called_method(call)
    assert found is not None
    function = call.child_by_field_name("function")
    optional = any(
        child.type in ("optional_chain", "?.")
        for node in (call, function)
        if node is not None
        for child in node.children
    )
    return Link(source.text(found[1]), call, found[1], tuple(arguments(call)), optional)


def _stages(source: Source, root: Node, links: list[Link]) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    node = root
    listeners: list[Listener] = []
    for link in links:
        if link.name == "pipe":
            stages.append(Stage(node, tuple(listeners)))
            target = link.arguments[0] if link.arguments else link.call
            node, inner = strip_listeners(source, target)
            listeners = list(inner)
        elif link.name in LISTENING:
            listeners.append(listener(source, link))
    stages.append(Stage(node, tuple(listeners)))
    return tuple(stages)


_PLACES = {
    "expression_statement": "statement",
    "return_statement": "returned",
    "variable_declarator": "assigned",
    "assignment_expression": "assigned",
    "augmented_assignment_expression": "assigned",
    "arguments": "argument",
    "ternary_expression": "conditional",
    "binary_expression": "conditional",
    "arrow_function": "arrow",
    "await_expression": "awaited",
    "pair": "assigned",
    "public_field_definition": "assigned",
    "field_definition": "assigned",
    "array": "argument",
    "member_expression": "member",
}


def _place(node: Node) -> str:
    parent = node.parent
    if parent is not None and parent.type == "unary_expression":
        return _place(wrapped(parent))
    return _PLACES.get(parent.type, "other") if parent is not None else "other"
