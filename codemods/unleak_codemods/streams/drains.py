"""What waits for 'drain': `once(w, 'drain')`, a promise around `w.once('drain', …)`, a race.

A wait is taken apart here without asking whether `w` is a stream, or what to write instead.
"""

from dataclasses import dataclass, replace
from itertools import takewhile

from tree_sitter import Node
from unleak_engine.codemod import File

from unleak_codemods.streams.chains import LISTENING, strip_listeners
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.settling import settling
from unleak_codemods.streams.syntax import (
    arguments,
    callee,
    called_method,
    inside,
    member,
    named,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_codemods.streams.wrappers import wrapper_around

SETTLED = frozenset({"close", "finish", "end"})
"""Events that tell of a stream which will never drain."""

DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration", "function_declaration"})


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


@dataclass(frozen=True, slots=True)
class _Once:
    """A call of `once` of node:events. `options` is its third argument."""

    call: Node
    receiver: Node
    event: str | None
    options: Node | None


def wait_at(file: File, event: Node) -> Wait | None:
    """The wait that the string 'drain' belongs to; None for callbacks, for waits that also end
    when the stream closes, and for what is no wait at all."""
    call = event.parent.parent if event.parent is not None else None
    if call is None or call.type != "call_expression":
        return None
    once = _once(file, call)
    if once is not None and once.event == "drain":
        return _of_once(file, once)
    method = called_method(call)
    parts = arguments(call)
    if method is None or file.source.text(method[1]) not in LISTENING:
        return None
    if not parts or parts[0].id != event.id:
        return None
    return _of_promise(file, call, method[1])


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


# `once` of node:events.


def _once(file: File, call: Node) -> _Once | None:
    function = callee(call) if call.type == "call_expression" else None
    origin = file.bindings.origin(function) if function is not None else None
    if origin is None or bare(origin.module) != "events":
        return None
    if origin.name.rpartition(".")[2] != "once":
        return None
    parts = arguments(call)
    if not 2 <= len(parts) <= 3 or parts[0].type == "spread_element":
        return None
    event = string_value(parts[1], file.source.text(parts[1]))
    return _Once(call, unwrap(parts[0]), event, parts[2] if len(parts) > 2 else None)


def _of_once(file: File, once: _Once) -> Wait | None:
    function = once.call.child_by_field_name("function")
    assert function is not None
    anchor = (member(function) or (function, function))[1]
    element = _chained(once.call)
    race = _race_around(file, element)
    if race is not None:
        return _of_race(file, once, anchor, race)
    if element.id != wrapped(once.call).id:
        if element.parent is not None and element.parent.type == "expression_statement":
            return None  # nobody waits here: a callback by another name
        return Wait("once", once.receiver, anchor, element, code="wait-chained")
    if once.options is not None:
        if _aborted_on_close(file, once.options):
            return None
        return Wait("once", once.receiver, anchor, element, code="signal-given")
    return _placed(file, Wait("once", once.receiver, anchor, element))


def _chained(node: Node) -> Node:
    """`node` with the `.then(…)`, `.catch(…)` and `.finally(…)` behind it."""
    node = wrapped(node)
    while (outer := node.parent) is not None and outer.type == "member_expression":
        name = outer.child_by_field_name("property")
        call = outer.parent
        if name is None or name.text not in (b"then", b"catch", b"finally") or call is None:
            break
        if call.type != "call_expression" or call.child_by_field_name("function") != outer:
            break
        node = wrapped(call)
    return node


def _aborted_on_close(file: File, options: Node) -> bool:
    """Whether the signal in `options` is one that a 'close' listener of this file aborts."""
    name = _controller(file, options)
    if name is None:
        return False
    for node in walk(file.source.root):
        if node.type != "call_expression" or (method := called_method(node)) is None:
            continue
        if file.source.text(method[1]) not in LISTENING or not arguments(node):
            continue
        event = arguments(node)[0]
        if string_value(event, file.source.text(event)) in SETTLED | {"aborted"}:
            if f"{name}.abort" in file.source.text(node):
                return True
    return False


def _controller(file: File, options: Node) -> str | None:
    """The name of the controller whose signal `{ signal: controller.signal }` passes on."""
    for node in walk(options):
        found = member(node)
        if found is not None and file.source.text(found[1]) == "signal":
            return file.source.text(found[0])
        if node.type in ("identifier", "shorthand_property_identifier"):
            binding = file.bindings.resolve(node)
            value = unwrap(binding.value) if binding and binding.value else None
            if binding is None or value is None:
                continue
            if binding.path == ("signal",) and value.type == "identifier":
                return file.source.text(value)
            found = member(value)
            if found is not None and file.source.text(found[1]) == "signal":
                return file.source.text(found[0])
    return None


# A promise around a listener.


def _of_promise(file: File, call: Node, anchor: Node) -> Wait | None:
    wrapper = wrapper_around(file, call)
    if wrapper is None:
        return None
    root, _ = strip_listeners(file.source, call)
    body = wrapper.executor.child_by_field_name("body")
    if body is None or any(event in file.source.text(body) for event in _quoted(SETTLED)):
        return None
    wait = Wait("promise", root, anchor, wrapped(wrapper.new))
    if wrapper.obstacle is not None:
        return replace(wait, code=wrapper.obstacle)
    heard: set[str] = set()
    for expression in _expressions(body):
        stream, listeners = strip_listeners(file.source, expression)
        if not listeners or not same_stream(file, stream, root):
            return replace(wait, code="executor-does-more")
        for listener in listeners:
            found = settling(file, listener.handler, wrapper.resolve, wrapper.reject)
            wanted = {"drain": "resolve", "error": "reject"}.get(listener.event or "")
            if wanted is None or found.how != wanted:
                return replace(wait, code="executor-does-more")
            heard.add(listener.event or "")
    if "drain" not in heard:
        return replace(wait, code="executor-does-more")
    hears = "error" in heard
    return _placed(file, replace(wait, hears_errors=hears, leaves_listeners=hears))


def _quoted(events: frozenset[str]) -> list[str]:
    return [quote + event + quote for event in events for quote in "'\"`"]


def _expressions(body: Node) -> list[Node]:
    """The expressions an executor evaluates, one a statement; the body itself for anything else."""
    if body.type != "statement_block":
        return [body]
    statements = named(body)
    if any(s.type != "expression_statement" for s in statements):
        return [body]
    return [named(statement)[0] for statement in statements]


# A race.


def _race_around(file: File, element: Node) -> Node | None:
    """The call of `Promise.race` whose array `element` stands in."""
    array = element.parent
    holder = array.parent if array is not None and array.type == "array" else None
    race = holder.parent if holder is not None and holder.type == "arguments" else None
    method = called_method(race) if race is not None else None
    if race is None or method is None or file.source.text(method[1]) != "race":
        return None
    is_promise = file.source.text(method[0]) == "Promise"
    return race if is_promise and file.bindings.resolve(method[0]) is None else None


def _of_race(file: File, drain: _Once, anchor: Node, race: Node) -> Wait | None:
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
        signals.add(_controller(file, once.options) if once.options is not None else None)
        if not _only_settles(file, element, once):
            return replace(wait, code="race-does-more")
    if not events <= SETTLED | {"drain", "error"}:
        return replace(wait, code="race-does-more")
    if signals == {None}:
        return _placed(file, wait)
    controller = next(iter(signals), None)
    if len(signals) != 1 or controller is None:
        return replace(wait, code="signal-given")
    if events & SETTLED or _aborted_on_close(file, arguments(drain.call)[2]):
        return None
    return _in_try(file, replace(wait, leaves_listeners=False), controller)


def _once_below(file: File, element: Node) -> _Once | None:
    """The `once` call that an element of a race starts with."""
    node = unwrap(element)
    while node.type == "call_expression":
        once = _once(file, node)
        if once is not None:
            return once
        method = called_method(node)
        if method is None or file.source.text(method[1]) not in ("then", "catch"):
            return None
        node = method[0]
    return None


def _only_settles(file: File, element: Node, once: _Once) -> bool:
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
    placed = _placed(file, wait)
    statement = placed.nodes[0] if len(placed.nodes) == 1 and placed.guard is None else None
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
    return replace(placed, nodes=tuple(group))


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


# Where a wait stands.


def _placed(file: File, wait: Wait) -> Wait:
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


def statement_before(node: Node) -> list[Node]:
    """The statements that stand before `node` in its own list, in text order."""
    parent = node.parent
    return [n for n in named(parent) if n.end_byte <= node.start_byte] if parent else []


def waits_between(file: File, start: int, end: int, near: Node) -> bool:
    """Whether the function around `near` may wait for something between two bytes."""
    function = file.functions.enclosing(near) or file.source.root
    for node in walk(function, into_functions=False):
        if node.type == "for_in_statement" and any(c.type == "await" for c in node.children):
            if start <= node.start_byte < end:
                return True
        elif node.type in ("await_expression", "yield_expression"):
            if start <= node.start_byte and node.end_byte <= end:
                return True
    return False
