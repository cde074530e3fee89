"""A wait as a runner of `Promise.race`, alone or with an AbortController around it."""

from dataclasses import replace
from itertools import takewhile

from tree_sitter import Node

from unleak_codemods.drains.onces import Once, aborted_on_close, controller_of, once_call
from unleak_codemods.drains.waits import SETTLED, Wait, placed, same_stream
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    inside,
    named,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File

DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration", "function_declaration"})


def race_around(file: File, element: Node) -> Node | None:
    """The call of `Promise.race` whose array `element` stands in."""
    array = element.parent
    holder = array.parent if array is not None and array.type == "array" else None
    race = holder.parent if holder is not None and holder.type == "arguments" else None
    method = called_method(race) if race is not None else None
    if race is None or method is None or file.source.text(method[1]) != "race":
        return None
    is_promise = file.source.text(method[0]) == "Promise"
    return race if is_promise and file.bindings.resolve(method[0]) is None else None


def of_race(file: File, drain: Once, anchor: Node, race: Node) -> Wait | None:
    wait = Wait("race", drain.receiver, anchor, wrapped(race), leaves_listeners=True)
    events: set[str] = set()
    signals: set[str | None] = set()
    for element in named(arguments(race)[0]):
        once = _once_below(file, element)
        if once is None or not same_stream(file, once.receiver, drain.receiver):
            words = file.source.text(element).lower()
            if any(word in words for word in ("close", "finish", "abort")):
                return None
            return replace(wait, code="race-does-more")
        events.add(once.event or "")
        signals.add(controller_of(file, once.options) if once.options is not None else None)
        if not _only_settles(file, element, once):
            return replace(wait, code="race-does-more")
    if not events <= SETTLED | {"drain", "error"}:
        return replace(wait, code="race-does-more")
    if signals == {None}:
        return placed(file, wait)
    controller = next(iter(signals), None)
    if len(signals) != 1 or controller is None:
        return replace(wait, code="signal-given")
    if events & SETTLED or aborted_on_close(file, arguments(drain.call)[2]):
        return None
    return _in_try(file, replace(wait, leaves_listeners=False), controller)


def _once_below(file: File, element: Node) -> Once | None:
    """The `once` call that an element of a race starts with."""
    node = unwrap(element)
    while node.type == "call_expression":
        once = once_call(file, node)
        if once is not None:
            return once
        method = called_method(node)
        if method is None or file.source.text(method[1]) not in ("then", "catch"):
            return None
        node = method[0]
    return None


def _only_settles(file: File, element: Node, once: Once) -> bool:
    """Whether what is chained to `once` passes on an error, or swallows an abort, and no more."""
    node = unwrap(element)
    while node.id != once.call.id:
        method = called_method(node)
        if method is None:
            return False
        parts = [unwrap(part) for part in arguments(node)]
        caught = file.source.text(method[1]) == "catch"
        if len(parts) != 1 or not (
            _swallows(file, parts[0]) if caught else _throws(file, parts[0])
        ):
            return False
        node = method[0]
    return True


def _swallows(file: File, handler: Node) -> bool:
    """Whether a catch handler tells an abort from other errors and does nothing else."""
    if handler.type == "identifier":
        binding = file.bindings.resolve(handler)
        if binding is None:
            return False
        found = binding.declaration if binding.kind == "function" else binding.value
        if found is None:
            return False
        handler = found
    body = handler.child_by_field_name("body")
    if body is None or any(node.type == "call_expression" for node in walk(body)):
        return False
    text = file.source.text(body)
    return "AbortError" in text or "ABORT_ERR" in text


def _throws(file: File, handler: Node) -> bool:
    """Whether a handler rejects with what it is given, and does nothing else."""
    body = handler.child_by_field_name("body")
    if body is None:
        return False
    if body.type == "statement_block":
        statements = named(body)
        if len(statements) != 1:
            return False
        body = statements[0]
    if body.type == "throw_statement":
        return not any(node.type == "call_expression" for node in walk(body))
    if body.type in ("return_statement", "expression_statement") and named(body):
        body = named(body)[0]
    method = called_method(unwrap(body))
    if method is None or body.type == "expression_statement":
        return False
    return file.source.text(method[0]) == "Promise" and file.source.text(method[1]) == "reject"


def _in_try(file: File, wait: Wait, controller: str) -> Wait:
    """A race with an AbortController: the `try` around it and the declarations before it."""
    found = placed(file, wait)
    statement = found.nodes[0] if len(found.nodes) == 1 and found.guard is None else None
    block = statement.parent if statement is not None else None
    around = block.parent if block is not None else None
    if block is None or around is None or around.type != "try_statement":
        return replace(wait, code="signal-given")
    last = around.child_by_field_name("finalizer")
    if around.child_by_field_name("handler") is not None or last is None or len(named(block)) != 1:
        return replace(wait, code="signal-given")
    final = named(last)[0] if named(last) else last
    text = "".join(file.source.text(final).split()).rstrip("}").lstrip("{").rstrip(";")
    if text != f"{controller}.abort()":
        return replace(wait, code="signal-given")
    siblings = named(around.parent) if around.parent is not None else []
    before = list(takewhile(lambda node: node.id != around.id, siblings))
    group = [around]
    while before and before[-1].type in DECLARATIONS and _only_for(file, before[-1], group):
        group.insert(0, before.pop())
    declared = "".join(file.source.text(node) for node in group[:-1])
    if "new AbortController" not in declared:
        return replace(wait, code="signal-given")
    return replace(found, nodes=tuple(group))


def _only_for(file: File, declaration: Node, group: list[Node]) -> bool:
    """Whether everything a declaration declares is used in `group` and nowhere else."""
    found = False
    for node in walk(declaration, into_functions=False):
        if node.type not in ("identifier", "shorthand_property_identifier_pattern"):
            continue
        if not file.bindings.declares(node):
            continue
        binding = file.bindings.resolve(node)
        if binding is None or binding.kind == "param":
            continue
        found = True
        for use in file.bindings.references(binding):
            if not any(inside(use, part) for part in (declaration, *group)):
                return False
    return found
