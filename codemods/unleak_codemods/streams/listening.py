"""Every listener on the stages of a chain: attached in it, in a statement beside it, or where the
stage is made; and what may happen twice when one listener hears of another stage's failure."""

import re
from collections.abc import Set
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import File


class Heard(NamedTuple):
    """`handler` hears `event` on stage `stage`; `call` attaches it. `statement` is the statement
    that does nothing else but attach listeners, beside the chain; None for one in the chain, or
    in a place it cannot be taken from."""

    stage: int
    event: str | None
    handler: Node | None
    call: Node
    statement: Node | None = None
    chained: bool = False


def heard(site: Site) -> list[Heard]:
    """The listeners of all stages, in no order that matters."""
    found: list[Heard] = []
    for index, stage in enumerate(site.chain.stages):
        for item in stage.listeners:
            found.append(Heard(index, item.event, item.handler, item.node, chained=True))
        for use in site.uses[index]:
            if use.what == "listener" and use.call is not None:
                beside = _statement_beside(site, use.node)
                found.append(Heard(index, use.name or None, use.handler, use.call, beside))
    return found


def _statement_beside(site: Site, name: Node) -> Node | None:
    """The statement in the chain's own block that only attaches listeners to `name`."""
    statement = site.file.functions.statement_of(name)
    if statement.type != "expression_statement" or not in_block(statement):
        return None
    if statement.parent != site.file.functions.statement_of(site.chain.node).parent:
        return None
    root, listeners = strip_listeners(site.file.source, named(statement)[0])
    return statement if listeners and root.id == name.id else None


_LOGS = re.compile(r"(this\.)?(console|log|logger|debug|winston)(\.\w+)*", re.IGNORECASE)
_AGAIN = frozenset(
    ["destroy", "end", "close", "abort", "kill", "unref", "pause", "unpipe", "clear", "stop", "off"]
)


def harmless(file: File, handler: Node | None, settles: Set[str], *, depth: int = 0) -> bool:
    """Whether a listener may as well run twice: all it does is to call one of `settles`, which
    settle a promise, to log, to destroy, to set flags, or to throw."""
    if handler is None or depth > 2:
        return False
    if handler.type == "identifier":
        if file.source.text(handler) in settles:
            return True
        binding = file.bindings.resolve(handler)
        function = binding.value or binding.node.parent if binding is not None else None
        if binding is None or function is None or binding.kind == "param":
            return False
        function = unwrap(function)
        return function.type in FUNCTIONS and harmless(file, function, settles, depth=depth + 1)
    if handler.type == "member_expression":
        return _LOGS.fullmatch(file.source.text(handler)) is not None
    body = handler.child_by_field_name("body") if handler.type in FUNCTIONS else None
    if body is None:
        return False
    return all(_may_run_twice(file, node, body, settles, depth) for node in walk(body))


def _may_run_twice(file: File, node: Node, body: Node, settles: Set[str], depth: int) -> bool:
    if node.type in ("await_expression", "yield_expression", "update_expression"):
        return False
    if node.type == "augmented_assignment_expression":
        return False
    if node.type == "assignment_expression":
        right = node.child_by_field_name("right")
        return right is not None and unwrap(right).type in _FIXED
    if node.type != "call_expression":
        return True
    target = callee(node)
    if target is None:
        return False
    text = file.source.text(target)
    if text in settles or _LOGS.fullmatch(text) or text in ("clearTimeout", "clearInterval"):
        return True
    if _only_rejected_with(file, node, body, settles):
        return True
    method = called_method(node)
    if method is not None:
        return file.source.text(method[1]) in _AGAIN and not arguments(node)[1:]
    return target.type == "identifier" and harmless(file, target, settles, depth=depth + 1)


_FIXED = frozenset({"true", "false", "null", "undefined", "number", "string", "identifier"})


def _only_rejected_with(file: File, node: Node, body: Node, settles: Set[str]) -> bool:
    """Whether a call only makes the error that the promise is rejected with, or a text to log."""
    outer = node.parent
    while outer is not None and inside(outer, body):
        if outer.type in FUNCTIONS:
            return False
        if outer.type == "call_expression":
            target = callee(outer)
            text = file.source.text(target) if target is not None else ""
            if text in settles or _LOGS.fullmatch(text):
                return True
        outer = outer.parent
    return False


def settles_later(file: File, handler: Node | None, settles: Set[str], *, depth: int = 0) -> bool:
    """Whether a listener settles the promise only after work of its own: in a callback, or behind
    an `await`. Until then nothing else may settle it."""
    function = _local_function(file, handler) if handler is not None else None
    body = function.child_by_field_name("body") if function is not None else None
    if function is None or body is None or depth > 2:
        return False
    if any(node.type == "await_expression" for node in walk(body)):
        return True
    at_once = False
    later = False
    for node in walk(body):
        target = callee(node) if node.type == "call_expression" else None
        if target is None or target.type != "identifier":
            continue
        if file.source.text(target) in settles:
            inside_it = file.functions.enclosing(node)
            at_once |= inside_it == function
            later |= inside_it != function
        elif file.functions.enclosing(node) == function:
            later |= settles_later(file, target, settles, depth=depth + 1)
    return later and not at_once


def _local_function(file: File, handler: Node) -> Node | None:
    """The function that `handler` is, or names in this file."""
    if handler.type == "identifier":
        binding = file.bindings.resolve(handler)
        if binding is None or binding.kind == "param":
            return None
        handler = unwrap(binding.value or binding.node.parent or binding.node)
    return handler if handler.type in FUNCTIONS else None


def mentions(file: File, handler: Node | None, name: str | None, *, depth: int = 0) -> bool:
    """Whether `handler`, or a function of this file that it calls, says `name`."""
    if handler is None or name is None or depth > 2:
        return False
    if handler.type == "identifier" and file.source.text(handler) == name:
        return True
    for node in walk(handler):
        if node.type != "identifier":
            continue
        if file.source.text(node) == name:
            return True
        binding = file.bindings.resolve(node)
        if binding is None or binding.kind == "param":
            continue
        function = binding.value or binding.node.parent
        if function is None or inside(handler, function):
            continue
        function = unwrap(function)
        if function.type in FUNCTIONS and mentions(file, function, name, depth=depth + 1):
            return True
    return False


def hears_its_file(file: File, handler: Node | None) -> bool:
    """Whether a listener of a form's 'file' hears the failure of the file it is given, and hands
    it to nobody else."""
    if handler is None or handler.type not in FUNCTIONS:
        return False
    parameters = file.functions.parameters(handler)
    if len(parameters) < 2 or parameters[1].type != "identifier":
        return False
    binding = file.bindings.resolve(parameters[1])
    if binding is None:
        return False
    hears = False
    for node in file.bindings.references(binding):
        if node.id == binding.node.id:
            continue
        parent = node.parent
        owner = parent.child_by_field_name("object") if parent is not None else None
        if parent is None or parent.type != "member_expression" or owner != node:
            return False
        call = parent.parent
        method = called_method(call) if call is not None else None
        if method is not None and method[0] == node and call is not None:
            text = [file.source.text(part) for part in (method[1], *arguments(call)[:1])]
            hears |= text[0] in ("on", "once") and text[1:] in (["'error'"], ['"error"'])
    return hears
