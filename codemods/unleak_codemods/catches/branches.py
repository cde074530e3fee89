"""What a catch does when a test holds, and when it does not."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.handlers import Handler
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    named,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine import flow
from unleak_engine.codemod import File

_LOGS = re.compile(r"(?:[\w$]+\.)*(?:console|log|logger|debug|winston)(?:\.\w+)*", re.IGNORECASE)
_CLOSES = frozenset({"destroy", "close"})


class Branches(NamedTuple):
    """The statements that only run when a test holds, and those that only run when it does not."""

    held: list[Node]
    failed: list[Node]


def branches_of(file: File, condition: Node, body: Node | None, error: str) -> Branches | None:
    """The branches of the `if` whose condition this is; None when it is no statement of `body`'s
    own, or of an `if (error)` in it, or no `if` at all."""
    holder = wrapped(condition).parent
    if holder is None or holder.type != "if_statement" or body is None:
        return None
    then = holder.child_by_field_name("consequence")
    other = holder.child_by_field_name("alternative")
    if then is None:
        return None
    after: list[Node] = []
    inner = holder
    while (block := inner.parent) is not None and block.type == "statement_block":
        after += [each for each in named(block) if each.start_byte >= inner.end_byte]
        outer = block.parent
        if block == body or outer is None or not _asks_for(file, outer, block, error):
            break
        inner = outer
    if block != body:
        return None
    held, failed = _statements(then), _statements(other)
    if not flow.completes(then):
        failed += after
    elif other is not None and not flow.completes(other):
        held += after
    return Branches(held, failed)


def _asks_for(file: File, statement: Node, block: Node, error: str) -> bool:
    """Whether `statement` is `if (error)` without an `else`, and `block` its body."""
    condition = statement.child_by_field_name("condition")
    return (
        statement.type == "if_statement"
        and condition is not None
        and statement.child_by_field_name("consequence") == block
        and statement.child_by_field_name("alternative") is None
        and file.source.text(unwrap(condition)) == error
    )


def is_asked_for(file: File, condition: Node, error: str) -> bool:
    """Whether the `if` with this condition stands in an `if (error)`."""
    holder = wrapped(condition).parent
    block = holder.parent if holder is not None else None
    outer = block.parent if block is not None else None
    return block is not None and outer is not None and _asks_for(file, outer, block, error)


def _statements(node: Node | None) -> list[Node]:
    if node is None:
        return []
    if node.type in ("statement_block", "else_clause"):
        return [inner for child in named(node) for inner in _statements(child)]
    return [node]


def is_quiet(file: File, statements: list[Node]) -> bool:
    """Whether the statements take what happened for nothing: they log, close, and return."""
    return all(
        _is_return(each) or each.type == "empty_statement" or _logs_or_closes(file, each)
        for each in statements
    )


def is_loud(file: File, statements: list[Node], handler: Handler | None, error: str) -> bool:
    """Whether the statements do nothing that a client that left could miss: they log, close, pass
    the error on, or answer."""
    return all(
        _is_return(each)
        or each.type in ("throw_statement", "empty_statement")
        or _logs_or_closes(file, each)
        or _passes_on(file, each, handler, error)
        or _answers(file, each, handler, error)
        for each in statements
    )


def throws(statements: list[Node]) -> bool:
    return any(
        node.type == "throw_statement"
        for each in statements
        for node in walk(each, into_functions=False)
    )


def _is_return(statement: Node) -> bool:
    return statement.type == "return_statement" and not named(statement)


def _call_of(statement: Node) -> Node | None:
    """The call that a statement is, or returns."""
    if statement.type not in ("expression_statement", "return_statement"):
        return None
    inner = named(statement)
    call = unwrap(inner[0]) if len(inner) == 1 else None
    return call if call is not None and call.type == "call_expression" else None


def _logs_or_closes(file: File, statement: Node) -> bool:
    call = _call_of(statement)
    function = callee(call) if call is not None else None
    if call is None or function is None:
        return False
    if any(node.type in FUNCTIONS or node.type == "await_expression" for node in walk(call)):
        return False
    if _LOGS.fullmatch(file.source.text(function).replace("?.", ".")):
        return True
    method = called_method(call)
    return method is not None and file.source.text(method[1]) in _CLOSES


def _passes_on(file: File, statement: Node, handler: Handler | None, error: str) -> bool:
    """Whether a statement gives the error to the next handler."""
    call = _call_of(statement)
    function = callee(call) if call is not None else None
    if call is None or function is None or handler is None or handler.next is None:
        return False
    given = [file.source.text(each) for each in arguments(call)]
    named_so = re.compile(rf"(?<![\w$.]){re.escape(error)}(?![\w$])")
    return file.source.text(function) == handler.next and any(map(named_so.search, given))


def _answers(file: File, statement: Node, handler: Handler | None, error: str) -> bool:
    """Whether a statement does nothing but answer, or look whether it still may."""
    if handler is None or not handler.response:
        return False
    if statement.type == "if_statement":
        parts = [statement.child_by_field_name(name) for name in ("consequence", "alternative")]
        inner = [each for part in parts for each in _statements(part)]
        return bool(inner) and is_loud(file, inner, handler, error)
    text = file.source.text(statement).removeprefix("return ").lstrip()
    calls = [node for node in walk(statement) if node.type == "await_expression"]
    answering = re.match(re.escape(handler.response) + r"\s*[.]", text)
    return answering is not None and not calls
