"""Which code waits for 'drain': `once(w, 'drain')`, a promise around `w.once('drain', …)`, a race.

A wait is taken apart here without asking whether `w` is a stream, or what to write instead.
"""

from dataclasses import replace

from tree_sitter import Node

from unleak_codemods.drains.onces import Once, aborted_on_close, once_call
from unleak_codemods.drains.races import of_race, race_around
from unleak_codemods.drains.waits import SETTLED, Wait, placed, same_stream
from unleak_codemods.streams.chains import LISTENING, strip_listeners
from unleak_codemods.streams.settling import settling
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    member,
    named,
    unwrap,
    walk,
    wrapped,
)
from unleak_codemods.streams.wrappers import wrapper_around
from unleak_engine.codemod import File


def wait_at(file: File, event: Node) -> Wait | None:
    """The wait that the string 'drain' belongs to; None for callbacks, for waits that also end
    when the stream closes, and for what is no wait at all."""
    call = event.parent.parent if event.parent is not None else None
    if call is None or call.type != "call_expression":
        return None
    once = once_call(file, call)
    if once is not None and once.event == "drain":
        return _of_once(file, once)
    method = called_method(call)
    parts = arguments(call)
    if method is None or file.source.text(method[1]) not in LISTENING:
        return None
    if not parts or parts[0].id != event.id:
        return None
    return _of_promise(file, call, method[1])


# `once` of node:events.


def _of_once(file: File, once: Once) -> Wait | None:
    function = once.call.child_by_field_name("function")
    assert function is not None
    anchor = (member(function) or (function, function))[1]
    element = _chained(once.call)
    race = race_around(file, element)
    if race is not None:
        return of_race(file, once, anchor, race)
    if element.id != wrapped(once.call).id:
        if element.parent is not None and element.parent.type == "expression_statement":
            return None  # nobody waits here: a callback by another name
        return Wait("once", once.receiver, anchor, element, code="wait-chained")
    if once.options is not None:
        if aborted_on_close(file, once.options):
            return None
        return Wait("once", once.receiver, anchor, element, code="signal-given")
    return placed(file, Wait("once", once.receiver, anchor, element))


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


# A promise around a listener.


def _of_promise(file: File, call: Node, anchor: Node) -> Wait | None:
    wrapper = wrapper_around(file, call)
    if wrapper is None:
        return None
    root, _ = strip_listeners(file.source, call)
    body = wrapper.executor.child_by_field_name("body")
    if body is None or any(event in file.source.text(body) for event in _quoted(SETTLED)):
        return None
    handler = next((unwrap(part) for part in arguments(call)[1:]), None)
    if handler is None or not _settles(file, handler, wrapper.resolve):
        return None
    once = "nce" in file.source.text(anchor)
    if not once and settling(file, handler, wrapper.resolve, wrapper.reject).how != "resolve":
        return None  # a pump that goes on with every 'drain', no wait for one
    wait = Wait("promise", wrapped(root), anchor, wrapped(wrapper.new))
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
    return placed(file, replace(wait, hears_errors=hears, leaves_listeners=hears))


def _settles(file: File, handler: Node, resolve: str) -> bool:
    """Whether a listener has to do with the promise at all: it is `resolve`, or mentions it."""
    if handler.type == "identifier" and file.source.text(handler) != resolve:
        binding = file.bindings.resolve(handler)
        if binding is None:
            return False
        found = binding.declaration if binding.kind == "function" else binding.value
        handler = found or handler
    return any(n.type == "identifier" and file.source.text(n) == resolve for n in walk(handler))


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
