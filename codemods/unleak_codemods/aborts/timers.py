"""Timers that end a response, and what clears them."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts.places import is_response
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    in_block,
    member,
    named,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File, Span

_LISTENING = frozenset({"on", "once", "addListener"})


class Timer(NamedTuple):
    """`call` is the `setTimeout`, in `statement`; `response` what it ends after `delay`. `more`
    when its callback does anything else; `handle` is the variable it is kept in. `alone` when the
    statement stands in a block and does nothing else."""

    call: Node
    statement: Node
    response: Node
    delay: Node
    more: bool
    handle: Binding | None
    alone: bool


class Cleared(NamedTuple):
    """The spans that clear a timer and go with it, and the uses in them that are no `unref()`; or
    why it must stay."""

    spans: tuple[Span, ...] = ()
    uses: tuple[Node, ...] = ()
    code: str | None = None


def timer_at(file: File, call: Node) -> Timer | None:
    """The timer that `call` starts, None when it ends no response."""
    function = callee(call)
    given = arguments(call)
    if function is None or function.type != "identifier" or len(given) != 2:
        return None
    if file.source.text(function) != "setTimeout" or file.bindings.resolve(function) is not None:
        return None
    ended = _ended(file, unwrap(given[0]))
    if ended is None or not is_response(file, ended[0]):
        return None
    whole = _with_unref(file, call)
    statement = file.functions.statement_of(call)
    holder = wrapped(whole).parent
    handle: Binding | None = None
    if holder is not None and holder.type == "variable_declarator":
        name = holder.child_by_field_name("name")
        handle = file.bindings.resolve(name) if name is not None else None
        alone = handle is not None and len(named(statement)) == 1
    else:
        alone = holder is not None and holder.type == "expression_statement"
    alone = alone and in_block(statement)
    return Timer(call, statement, ended[0], given[1], ended[1], handle, alone)


def _ended(file: File, callback: Node) -> tuple[Node, bool] | None:
    """(what a callback ends, whether it does more)."""
    if callback.type not in FUNCTIONS:
        return None
    body = callback.child_by_field_name("body")
    if body is None:
        return None
    if body.type != "statement_block":
        return _end_call(file, unwrap(body))
    statements = named(body)
    for statement in statements:
        if statement.type == "expression_statement":
            found = _end_call(file, unwrap(named(statement)[0]))
            if found is not None:
                return found[0], found[1] or len(statements) > 1
    return None


def _end_call(file: File, call: Node) -> tuple[Node, bool] | None:
    method = called_method(call)
    if method is None or file.source.text(method[1]) != "end":
        return None
    if method[0].type not in ("identifier", "member_expression"):
        return None
    return method[0], bool(arguments(call))


def _with_unref(file: File, call: Node) -> Node:
    link = wrapped(call).parent
    found = member(link)
    if link is None or found is None or file.source.text(found[1]) != "unref":
        return call
    outer = link.parent
    return outer if outer is not None and outer.type == "call_expression" else call


# What clears it.


def cleared(file: File, timer: Timer) -> Cleared:
    """What clears the timer, to be taken away with it."""
    if timer.handle is None:
        return Cleared()
    if not file.bindings.is_constant(timer.handle):
        return Cleared(code="timer-reset")
    spans: list[Span] = []
    clearing: list[Node] = []
    for use in file.bindings.references(timer.handle):
        if use == timer.handle.node:
            continue
        link = member(wrapped(use).parent)
        name = file.source.text(link[1]) if link is not None else ""
        if name in ("refresh", "hasRef"):
            return Cleared(code="timer-reset")
        span = _clearing(file, use, unref=name == "unref")
        if span is None:
            return Cleared(code="timer-shared")
        spans.append(span)
        clearing += [] if name == "unref" else [use]
    return Cleared(tuple(dict.fromkeys(spans)), tuple(clearing))


def clears_at(file: File, use: Node) -> tuple[Node, str] | None:
    """(the call that is given the function around `use`, the event it listens for): "finally" for
    a promise's; None when no such function is around it."""
    function = file.functions.enclosing(use)
    given = wrapped(function).parent if function is not None else None
    call = given.parent if given is not None and given.type == "arguments" else None
    method = called_method(call) if call is not None else None
    if call is None or method is None:
        return None
    name, parts = file.source.text(method[1]), arguments(call)
    if name == "finally":
        return call, name
    event = string_value(parts[0], file.source.text(parts[0])) if name in _LISTENING else None
    return (call, event) if event else None


def _clearing(file: File, use: Node, *, unref: bool) -> Span | None:
    """What goes with a use: the statement that clears, or the listener, the `.finally()` or the
    `finally` that does nothing else."""
    holder = wrapped(use).parent
    call = holder.parent if holder is not None else None
    if call is None or call.type != "call_expression":
        return None
    function = callee(call)
    if not unref and (function is None or file.source.text(function) != "clearTimeout"):
        return None
    outer = call.parent
    if outer is None:
        return None
    if outer.type == "arrow_function":
        return _function(file, outer)
    if outer.type != "expression_statement" or not in_block(outer):
        return None
    block = outer.parent
    if block is None or len(named(block)) > 1:
        return line_of(file, outer)
    around = block.parent
    if around is not None and around.type in ("arrow_function", "function_expression"):
        return _function(file, around)
    if around is not None and around.type == "finally_clause":
        handler = around.parent.child_by_field_name("handler") if around.parent else None
        return Span(handler.end_byte, around.end_byte) if handler is not None else None
    return None


def _function(file: File, function: Node) -> Span | None:
    given = wrapped(function).parent
    call = given.parent if given is not None and given.type == "arguments" else None
    method = called_method(call) if call is not None else None
    if call is None or method is None:
        return None
    name = file.source.text(method[1])
    if name == "finally" and len(arguments(call)) == 1:
        owner = call.child_by_field_name("function")
        before = owner.child_by_field_name("object") if owner is not None else None
        return Span(before.end_byte, call.end_byte) if before is not None else None
    statement = call.parent
    if name not in _LISTENING or statement is None or statement.type != "expression_statement":
        return None
    return line_of(file, statement) if in_block(statement) else None


def line_of(file: File, statement: Node) -> Span:
    """A statement with its line, when nothing else stands on it."""
    data = file.source.data
    start, end = file.source.line_start(statement.start_byte), statement.end_byte
    stop = data.find(b"\n", end)
    if data[start : statement.start_byte].strip() or (stop != -1 and data[end:stop].strip()):
        return Span.of(statement)
    return Span(start, stop + 1 if stop != -1 else len(data))
