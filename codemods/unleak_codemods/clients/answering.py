"""Catches that answer after a pipeline into the response has failed: with its headers sent, the
answer itself throws, and that escapes."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.clients.exchange import Exchange, exchange_at
from unleak_codemods.streams.pipeline_calls import Told, catch_of, pipeline_call, told
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    in_block,
    inside,
    named,
    same,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File

_THROWS = re.compile(
    r"append|attachment|clearCookie|contentType|cookie|download|format|header|jsonp?|links|location"
    r"|redirect|render|send|sendFile|sendStatus|set|setHeader|type|vary|writeHead"
)
"""Methods of a response, Express's among them, that throw ERR_HTTP_HEADERS_SENT."""
_LOOKS = re.compile(
    rb"headersSent|destroyed|writable|finished|aborted|errored|closed|PREMATURE|ERR_|ECONN"
)
"""What a catch asks that knows a client may have left."""


class CaughtAnswer(NamedTuple):
    """`statement` is the one that answers in the catch, None when no single one does; `code` is
    what keeps a guard from being put in front of it."""

    call: Node
    exchange: Exchange
    answer: Node
    statement: Node | None
    code: str | None


def answer_at(file: File, call: Node) -> CaughtAnswer | None:
    """The answer in the catch of the pipeline `call`; None where there is none that throws."""
    found = pipeline_call(file, call)
    if found is None or not found.promised or found.destination is None:
        return None
    served = exchange_at(file, call)
    if served is None or not served.handler.sure or served.handler.rejection == "routed":
        return None
    if file.source.text(unwrap(found.destination)) != served.response:
        return None
    heard = told(file, call)
    body = heard.body
    if heard.how not in ("awaited", "catch") or heard.handler is None or body is None:
        return None
    if _LOOKS.search(file.source.bytes(body)):
        return None
    if file.functions.enclosing(call) != served.handler.function:
        return None
    answers = _answers(file, body, served.response)
    throwing = [calls for calls in answers if any(map(_THROWS.fullmatch, _names(file, calls)))]
    if not throwing:
        return None
    first = throwing[0]
    if _is_caught(file, first, heard):
        return None
    statement = _statement(first)
    return CaughtAnswer(
        call, served, first, statement, _obstacle(file, served, body, answers, statement)
    )


def _is_caught(file: File, answer: Node, heard: Told) -> bool:
    """Whether somebody catches what the answer throws."""
    if catch_of(file, answer) is not None:
        return True
    if heard.how != "catch":
        return False
    parent = wrapped(heard.whole).parent
    return (
        parent is None
        or parent.type == "member_expression"
        or catch_of(file, heard.whole) is not None
    )


def hides_the_error(file: File, answer: CaughtAnswer) -> bool:
    """Whether the catch makes nothing of the error, so that only the answer told of it."""
    heard = told(file, answer.call)
    error, body = heard.error, heard.body
    if error is None or error.type != "identifier" or body is None:
        return True
    binding = file.bindings.resolve(error)
    used = file.bindings.references(binding) if binding is not None else []
    return not any(inside(one, body) and not inside(one, answer.answer) for one in used)


def _answers(file: File, body: Node, response: str) -> list[Node]:
    """The outermost calls in `body` that are chained to the response."""
    found: list[Node] = []
    for node in walk(body):
        if node.type != "call_expression" or any(_is_below(node, one) for one in found):
            continue
        if _root(file, node) == response:
            found.append(node)
    return found


def _is_below(node: Node, call: Node) -> bool:
    """Whether `node` is what `call` is chained to."""
    at: Node | None = call
    while at is not None:
        if same(at, node):
            return True
        method = called_method(at)
        at = method[0] if method is not None else None
    return False


def _root(file: File, call: Node) -> str:
    """What a chain of calls begins with: "res" of `res.status(500).json(…)`."""
    at = call
    while (method := called_method(at)) is not None:
        at = method[0]
    return file.source.text(at)


def _names(file: File, call: Node) -> set[str]:
    names: set[str] = set()
    at = call
    while (method := called_method(at)) is not None:
        # `res.type()` reads.
        if arguments(at) or file.source.text(method[1]) not in ("type", "format"):
            names.add(file.source.text(method[1]))
        at = method[0]
    return names


def _statement(call: Node) -> Node | None:
    parent = call.parent
    if parent is None or parent.type not in ("expression_statement", "return_statement"):
        return None
    return parent


def _obstacle(
    file: File, served: Exchange, body: Node, answers: list[Node], statement: Node | None
) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if len(answers) > 1:
        return "several-answers"
    if statement is None or not in_block(statement) or statement.parent != body:
        return "answer-nested"
    if statement.type == "return_statement" and not _ends(file, served, body, statement):
        return "answer-nested"
    return None


def _ends(file: File, served: Exchange, body: Node, statement: Node) -> bool:
    """Whether a catch that returns would end there anyhow: nothing follows, in it or behind."""
    if named(body)[-1] != statement:
        return False
    function = file.functions.enclosing(statement)
    if function is None or function != served.handler.function:
        return function is not None and function.type in FUNCTIONS
    clause = body.parent
    whole = clause.parent if clause is not None else None
    return whole is not None and file.functions.is_last_effect(whole)
