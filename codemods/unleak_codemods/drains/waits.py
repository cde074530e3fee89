"""What a wait for 'drain' is, and how it stands in its statement."""

from dataclasses import dataclass, replace

from tree_sitter import Node

from unleak_codemods.streams.syntax import member, unwrap, walk, wrapped
from unleak_engine.codemod import File

SETTLED = frozenset({"close", "finish", "end"})
"""Events that tell of a stream which will never drain."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait for the 'drain' of `receiver`.

    `form` is once, promise or race. `nodes` are the statements that are nothing but this wait,
    empty when its value is used or it is part of a larger expression; `guard` is the left side
    when it stands as `guard || await …`, or `guard && await …` with `guard_means` False.
    `code` is the reason for which it cannot be judged further, `hears_errors` whether it
    settles when the stream fails, `leaves_listeners` whether some stay when it settled.
    """

    form: str
    receiver: Node
    anchor: Node
    whole: Node
    nodes: tuple[Node, ...] = ()
    guard: Node | None = None
    guard_means: bool = True
    code: str | None = None
    hears_errors: bool = True
    leaves_listeners: bool = False


def placed(file: File, wait: Wait) -> Wait:
    """`wait` with its statement, or with the code of what uses its value."""
    node = wait.whole
    parent = node.parent
    if parent is None or parent.type != "await_expression":
        handed = parent is not None and parent.type in ("return_statement", "arrow_function")
        return replace(wait, code="wait-handed-on" if handed else "value-used")
    node = wrapped(parent)
    outer = node.parent
    guard: Node | None = None
    means = True
    if outer is not None and outer.type == "binary_expression":
        operator = outer.child_by_field_name("operator")
        right = outer.child_by_field_name("right")
        if operator is not None and operator.type in ("||", "&&") and right == node:
            guard = outer.child_by_field_name("left")
            means = operator.type == "||"
            outer = wrapped(outer).parent
    if outer is None or outer.type != "expression_statement":
        returned = outer is not None and outer.type == "return_statement" and guard is None
        return replace(wait, code="wait-handed-on" if returned else "value-used")
    return replace(wait, nodes=(outer,), guard=guard, guard_means=means)


def same_stream(file: File, one: Node, other: Node) -> bool:
    """Whether two expressions name one variable, or one member of it."""
    one, other = unwrap(one), unwrap(other)
    if one.type != other.type or file.source.text(one) != file.source.text(other):
        return False
    if one.type == "identifier":
        return file.bindings.resolve(one) == file.bindings.resolve(other)
    parts = member(one), member(other)
    if parts[0] is not None and parts[1] is not None:
        return same_stream(file, parts[0][0], parts[1][0])
    return one.type == "this"


def is_stable(node: Node) -> bool:
    """Whether reading an expression twice gives the same stream: a name, or members of one."""
    node = unwrap(node)
    while (found := member(node)) is not None:
        node = found[0]
    return node.type in ("identifier", "this")


def waits_between(file: File, start: int, end: int, near: Node) -> bool:
    """Whether the function around `near` may wait for something between two bytes."""
    function = file.functions.enclosing(near) or file.source.root
    for node in walk(function, into_functions=False):
        if node.type == "for_in_statement" and any(c.type == "await" for c in node.children):
            if start <= node.start_byte < end:
                return True
        elif node.type in ("await_expression", "yield_expression") and (
            start <= node.start_byte and node.end_byte <= end
        ):
            return True
    return False
