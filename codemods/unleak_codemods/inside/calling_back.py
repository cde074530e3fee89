"""What a hook does with its callback: calls it, gives it to others, or forgets it."""

from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.inside.hooks import Hook
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    inside,
    member,
    named,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.paths import Effect, End, ends_of

_STOPS = frozenset({"process.exit", "process.abort"})


class Callback(NamedTuple):
    """The callback of a hook: `uses` are all its references but the parameter itself; `kept` when
    some of them store it, hand it on, or stand in a function inside of the hook."""

    binding: Binding
    uses: tuple[Node, ...]
    kept: bool


def callback_of(file: File, hook: Hook) -> Callback | None:
    """None when the hook takes no callback by name, puts something else into it, may reach it
    as one of its `arguments` or by a class of its own, or is a function that others call too."""
    if hook.shared and _is_called_elsewhere(file, hook):
        return None
    parameter = next(
        (p for p in file.functions.parameters(hook.function) if _is(file, p, hook.callback)), None
    )
    binding = file.bindings.resolve(parameter) if parameter is not None else None
    if binding is None or not file.bindings.is_constant(binding):
        return None
    body = file.functions.body(hook.function)
    if body is None or (hook.owns_this and b"arguments" in file.source.bytes(body)):
        return None
    uses = tuple(use for use in file.bindings.references(binding) if inside(use, body))
    if any(_is_in_class(use, body) for use in uses):
        return None
    kept = any(
        file.functions.enclosing(use) != hook.function or not (calls(use) or _only_looks(use))
        for use in uses
    )
    return Callback(binding, uses, kept)


def is_named_at(file: File, callback: Callback, node: Node) -> bool:
    """Whether the callback's name means the callback where `node` stands."""
    return file.bindings.lookup(callback.binding.name, node) == callback.binding


def _is_in_class(use: Node, body: Node) -> bool:
    return any(outer.type == "class_body" and inside(outer, body) for outer in ancestors(use))


def _is_called_elsewhere(file: File, hook: Hook) -> bool:
    binding = file.functions.binding_of(hook.function)
    return binding is None or len(file.bindings.references(binding)) > 2


def _is(file: File, parameter: Node, name: str | None) -> bool:
    return parameter.type == "identifier" and file.source.text(parameter) == name


def ends_of_hook(file: File, hook: Hook, uses: tuple[Node, ...]) -> tuple[End, ...] | None:
    """Every way in which the hook ends, and whether it has called back by then, when `uses` are
    those of its callback. A stage that is destroyed, or says that it has failed or has ended, owes
    no call."""
    body = file.functions.body(hook.function)
    return ends_of(body, asker(file, hook, uses)) if body is not None else None


def asker(file: File, hook: Hook, held_by: tuple[Node, ...]) -> Callable[[Node], Effect | None]:
    """What each expression of `hook` does with its callback."""
    uses = {use.start_byte for use in held_by}
    carriers = _carriers(file, hook, held_by)

    def ask(node: Node) -> Effect | None:
        if node.type in ("identifier", "shorthand_property_identifier"):
            if node.start_byte in uses:
                looks = Effect.HOLDS if _only_looks(node) else Effect.HANDS_ON
                return None if calls(node) else looks
            return Effect.HANDS_ON if node.start_byte in carriers else None
        if node.type in FUNCTIONS or node.type == "class":
            held = any(node.start_byte <= use < node.end_byte for use in uses | carriers)
            held = held or b"process.exit(" in file.source.bytes(node)
            return Effect.HANDS_ON if held and not _declared(node) else None
        if node.type == "binary_expression":
            left = node.child_by_field_name("left")
            kind = left.named_children[-1] if left is not None and left.named_children else None
            looks_at = kind is not None and kind.start_byte in uses and _only_looks(kind)
            return Effect.HOLDS if looks_at else None
        if node.type != "call_expression":
            return None
        use = _called(node)
        if use is not None and use.start_byte in uses:
            return Effect.CALLS
        function = node.child_by_field_name("function")
        if function is not None and file.source.text(function) in _STOPS:
            return Effect.STOPS
        return Effect.HANDS_ON if _tears_down(file, node) else None

    return ask


def _carriers(file: File, hook: Hook, uses: tuple[Node, ...]) -> set[int]:
    """Where functions of the hook that hold the callback are named, in whatever way."""
    found: set[int] = set()
    waiting = list(uses)
    while waiting:
        use = waiting.pop()
        function = file.functions.enclosing(use)
        while function is not None and function != hook.function:
            binding = file.functions.binding_of(function)
            if binding is not None:
                new = [
                    other
                    for other in file.bindings.references(binding)
                    if other.start_byte not in found and not file.bindings.declares(other)
                ]
                found.update(other.start_byte for other in new)
                waiting += new
            outer = function.parent
            function = file.functions.enclosing(outer) if outer is not None else None
    return found


def _declared(function: Node) -> bool:
    """Whether a function is only given a name: who uses the name is seen by itself."""
    holder = wrapped(function).parent
    return function.type.endswith("declaration") or (
        holder is not None and holder.type == "variable_declarator"
    )


def _called(call: Node) -> Node | None:
    """What `name(…)`, `name.call(…)` and `name.apply(…)` call."""
    function = call.child_by_field_name("function")
    function = unwrap(function) if function is not None else None
    method = member(function)
    if method is not None and method[1].text in (b"call", b"apply"):
        return method[0]
    return function


def calls(use: Node) -> bool:
    """Whether a use of the callback calls it: by `call` and `apply` too."""
    outer = wrapped(use)
    parent = outer.parent
    if parent is not None and parent.type == "member_expression":
        outer, parent = parent, parent.parent
    if parent is None or parent.type != "call_expression":
        return False
    called = _called(parent)
    return called is not None and called.start_byte == use.start_byte and inside(use, outer)


_TESTS = frozenset({"===", "!==", "==", "!=", "&&", "instanceof"})


def _only_looks(use: Node) -> bool:
    """Whether a use only asks whether there is a callback."""
    outer = wrapped(use)
    parent = outer.parent
    if parent is None:
        return False
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        left = parent.child_by_field_name("left")
        return operator is not None and operator.type in _TESTS and left == outer
    return parent.type in ("unary_expression", "if_statement", "expression_statement") or (
        parent.type == "ternary_expression" and parent.child_by_field_name("condition") == outer
    )


def _tears_down(file: File, call: Node) -> bool:
    """Whether a call ends a stage in another way: `destroy`, an 'error' it emits, the end of what
    it gives."""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "identifier":
        return file.source.text(function) == "reject"
    method = called_method(call)
    if method is None:
        return False
    name, given = file.source.text(method[1]), arguments(call)
    first = file.source.text(given[0]).strip("'\"`") if given else ""
    if name == "emit":
        return first in ("error", "close")
    if name == "push":
        return first == "null"
    return name in ("destroy", "_destroy") or (name == "end" and method[0].type == "this")


def is_stub(file: File, hook: Hook) -> bool:
    """Whether a hook does nothing, or only says that it is not there: a stage made to hang, or
    for others to extend."""
    body = file.functions.body(hook.function)
    if body is None or body.type != "statement_block":
        return body is None
    return all(statement.type == "throw_statement" for statement in named(body))
