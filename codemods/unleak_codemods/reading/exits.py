"""How a loop may be left before what it walks over has ended."""

from collections.abc import Collection, Iterator

from tree_sitter import Node

from unleak_codemods.streams.syntax import ancestors, called_method, inside, walk, wrapped
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_LEAVING = frozenset(
    {"break_statement", "continue_statement", "return_statement", "throw_statement"}
)


def early_exits(file: File, loop: Node) -> list[Node]:
    """The statements in the body of `loop` that leave it, and its `yield`s: whoever reads what a
    generator yields may stop there. What only may throw is none."""
    body = loop.child_by_field_name("body")
    if body is None:
        return []
    return [node for node in walk(body, into_functions=False) if _leaves(file, node, loop)]


def _leaves(file: File, node: Node, loop: Node) -> bool:
    if node.type == "yield_expression":
        return True
    if node.type not in _LEAVING:
        return False
    if node.type == "return_statement":
        return True
    if node.type == "throw_statement":
        return not any(
            inside(statement, loop) and statement.child_by_field_name("handler") is not None
            for statement in file.functions.enclosing_try(node)
        )
    label = node.child_by_field_name("label")
    if label is not None:
        return _jumps_out(file, node, loop, file.source.text(label))
    return node.type == "break_statement" and file.functions.breakable(node) == loop


def _jumps_out(file: File, node: Node, loop: Node, label: str) -> bool:
    for outer in ancestors(node):
        if outer == loop:
            break
        if file.functions.label_of(outer) == label:
            return False
    return node.type == "break_statement" or file.functions.label_of(loop) != label


def calls_on(
    file: File, within: Node, binding: Binding, methods: Collection[str]
) -> Iterator[Node]:
    """The calls in `within`, not in functions inside it, of one of `methods` on a variable."""
    for node in walk(within, into_functions=False):
        found = called_method(node) if node.type == "call_expression" else None
        if found is None or file.source.text(found[1]) not in methods:
            continue
        if found[0].type == "identifier" and file.bindings.resolve(found[0]) == binding:
            yield node


def released_at(
    file: File, node: Node, loop: Node, binding: Binding, methods: Collection[str]
) -> bool:
    """Whether one of `methods` was called on a variable on the way to an exit of `loop`, or is
    called right behind the loop that a `break` leaves."""
    for step in [node, *ancestors(node)]:
        if step == loop:
            break
        before = step.prev_named_sibling
        while before is not None:
            if before.type.endswith("_statement") and _calls(file, before, binding, methods):
                return True
            before = before.prev_named_sibling
    if node.type != "break_statement":
        return False
    outer = file.functions.statement_of(loop)
    if outer.parent is not None and outer.parent.type == "labeled_statement":
        outer = outer.parent
    after = outer.next_named_sibling
    while after is not None:
        if _calls(file, after, binding, methods):
            return True
        after = after.next_named_sibling
    return False


def released_finally(
    file: File, node: Node, binding: Binding, methods: Collection[str]
) -> list[Node]:
    """The calls of `methods` on a variable in the `finally` blocks around `node`."""
    found: list[Node] = []
    for statement in file.functions.enclosing_try(node):
        clause = statement.child_by_field_name("finalizer")
        if clause is not None:
            found += calls_on(file, clause, binding, methods)
    return found


def _calls(file: File, node: Node, binding: Binding, methods: Collection[str]) -> bool:
    return next(calls_on(file, node, binding, methods), None) is not None


def is_walked(node: Node) -> bool:
    """Whether a loop walks over what `node` names."""
    outer = wrapped(node)
    loop = outer.parent
    return (
        loop is not None
        and loop.type == "for_in_statement"
        and loop.child_by_field_name("right") == outer
    )


def awaits_between(file: File, start: int, end: int, at: Node) -> Iterator[Node]:
    """The waits of the function around `at` that stand between two offsets of it."""
    function = file.functions.enclosing(at)
    within = file.functions.body(function) if function is not None else file.source.root
    if within is None:
        return
    for node in walk(within, into_functions=False):
        waits = node.type == "await_expression" or (
            node.type == "for_in_statement" and any(c.type == "await" for c in node.children)
        )
        if waits and start <= node.start_byte < end:
            yield node
