"""Which statements run after which, as far as the shape of the text decides it."""

from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node

LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_CASES = frozenset({"switch_case", "switch_default"})
# What stands among statements and does nothing when it is reached.
_INERT = frozenset(
    {
        "comment",
        "hash_bang_line",
        "empty_statement",
        "function_declaration",
        "generator_function_declaration",
        "function_signature",
        "interface_declaration",
        "type_alias_declaration",
        "ambient_declaration",
        "import_statement",
    }
)


class Completions(NamedTuple):
    """How a function can end. `returns` are its return statements with a value, or the body of
    an arrow that is an expression; `falls_through` tells whether the end of its body, or a bare
    `return`, is reached on some path."""

    returns: tuple[Node, ...]
    falls_through: bool

    @property
    def returns_value(self) -> bool:
        return bool(self.returns)

    @property
    def always_throws(self) -> bool:
        """No path ends in a value or at the end: it throws, or never ends."""
        return not self.returns and not self.falls_through


def is_last_effect(path: Sequence[Node], stops: frozenset[str]) -> bool:
    """Whether nothing of its function runs after the statement at the end of `path`, a path from
    the root. `stops` are the node types that end a function."""
    left = False  # whether a bare `return` ends the function right after the statement
    leaving: Node | None = None  # the loop or switch that a `break` leaves right after it
    for depth in range(len(path) - 1, 0, -1):
        child, parent = path[depth], path[depth - 1]
        kind = parent.type
        if leaving is not None:
            leaving = None if child == leaving else leaving
            if leaving is not None:
                if kind == "try_statement" and _has_finally(parent):
                    return False
                continue
        if kind in ("program", "statement_block") or kind in _CASES:
            if _disposes(parent, child):
                return False
            then = None if left else _next_effect(parent, child)
            if then is not None and then.type == "return_statement":
                if then.named_child_count:
                    return False
                left = True
            elif then is not None and then.type == "break_statement" and not then.named_children:
                leaving = _breakable(path[:depth])
                if leaving is None or leaving.type in LOOPS:
                    return False
                continue
            elif then is not None:
                return False
            if not left and kind in _CASES and _next_case(parent) is not None:
                return False
            if kind == "program":
                return True
        elif kind == "try_statement":
            if _has_finally(parent) or child.type == "finally_clause":
                return False
        elif kind == "finally_clause" or kind == "with_statement":
            return False
        elif kind in LOOPS:
            if not left:
                return False
        elif kind in stops:
            return True
    return True


def _breakable(path: Sequence[Node]) -> Node | None:
    for node in reversed(path):
        if node.type in LOOPS or node.type == "switch_statement":
            return node
    return None


def _has_finally(statement: Node) -> bool:
    return statement.child_by_field_name("finalizer") is not None


def _disposes(block: Node, before: Node) -> bool:
    """Whether leaving `block` disposes of something that a `using` before `before` declared."""
    return any(
        child.type == "using_declaration" and child.start_byte < before.start_byte
        for child in block.named_children
    )


def _next_effect(block: Node, statement: Node) -> Node | None:
    for child in block.named_children:
        if child.start_byte >= statement.end_byte and child.type not in _INERT:
            return child
    return None


def _next_case(case: Node) -> Node | None:
    """The case that `case` falls into when it does not break, None for the last one."""
    after = case.next_named_sibling
    while after is not None and after.type == "comment":
        after = after.next_named_sibling
    return after


def completes(statement: Node) -> bool:
    """Whether what follows `statement` can be reached through it. Errs on the side of yes."""
    kind = statement.type
    if kind in ("return_statement", "throw_statement", "break_statement", "continue_statement"):
        return False
    if kind == "statement_block":
        return all(completes(child) for child in statement.named_children)
    if kind == "else_clause":
        return all(completes(child) for child in statement.named_children)
    if kind == "if_statement":
        then = statement.child_by_field_name("consequence")
        other = statement.child_by_field_name("alternative")
        return other is None or then is None or completes(then) or completes(other)
    if kind == "try_statement":
        return _try_completes(statement)
    if kind == "labeled_statement":
        body = statement.child_by_field_name("body")
        label = statement.child_by_field_name("label")
        return body is None or completes(body) or _breaks(body, label.text if label else None)
    if kind == "switch_statement":
        return _switch_completes(statement)
    if kind in LOOPS:
        return not is_endless(statement) or _breaks_loop(statement)
    return True


def _try_completes(statement: Node) -> bool:
    body = statement.child_by_field_name("body")
    handler = statement.child_by_field_name("handler")
    finalizer = statement.child_by_field_name("finalizer")
    if finalizer is not None and not all(completes(child) for child in finalizer.named_children):
        return False
    if body is None or completes(body):
        return True
    caught = handler.child_by_field_name("body") if handler is not None else None
    return caught is not None and completes(caught)


def _switch_completes(statement: Node) -> bool:
    body = statement.child_by_field_name("body")
    cases = [child for child in body.named_children if child.type in _CASES] if body else []
    if not any(case.type == "switch_default" for case in cases):
        return True
    if any(_breaks(case, None) for case in cases):
        return True
    return all(completes(child) for child in cases[-1].children_by_field_name("body"))


def is_endless(loop: Node) -> bool:
    """Whether a loop has no condition that could end it."""
    condition = loop.child_by_field_name("condition")
    if loop.type == "for_in_statement" or condition is None:
        return False
    if loop.type == "for_statement":
        return condition.type in ("empty_statement", "true")
    return condition.text is not None and condition.text.strip(b"() ") in (b"true", b"1")


def _breaks_loop(loop: Node) -> bool:
    body = loop.child_by_field_name("body")
    return body is not None and _breaks(body, None)


def _breaks(node: Node, label: bytes | None) -> bool:
    """Whether a `break` in `node` leaves the statement around it: a bare one, or by `label`."""
    stack = [node]
    while stack:
        at = stack.pop()
        if at.type == "break_statement":
            name = at.child_by_field_name("label")
            if (name.text if name is not None else None) == label:
                return True
            continue
        if at.type.endswith("expression") or "function" in at.type or at.type.startswith("class"):
            continue
        if label is None and at != node and (at.type in LOOPS or at.type == "switch_statement"):
            continue
        stack.extend(at.named_children)
    return False


def runs_before(one: Sequence[Node], other: Sequence[Node]) -> bool:
    """Whether the node at the end of path `one` runs before that of `other`, both in the same
    function, when both run at all: not from different branches, and not merely in a later round
    of a loop."""
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    if depth in (len(one), len(other)):
        return False
    parent, mine, its = one[depth - 1], one[depth], other[depth]
    increment = parent.child_by_field_name("increment") if parent.type == "for_statement" else None
    if increment is not None and mine == increment:
        return False
    if increment is not None and its == increment:
        return mine.start_byte < its.start_byte or mine == parent.child_by_field_name("body")
    if mine.end_byte > its.start_byte:
        return False
    if parent.type in ("if_statement", "ternary_expression"):
        return mine == parent.child_by_field_name("condition")
    return True
