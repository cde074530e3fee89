"""What the code does with a pipeline that failed: whether it may hear of clients that leave, and
where it tells them from failures."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts.untold import Untold
from unleak_codemods.streams.pipeline_calls import Told
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    inside,
    member,
    same,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File
from unleak_engine.edit import Edit

_CODES = frozenset(
    {"ERR_STREAM_PREMATURE_CLOSE", "ABORT_ERR", "AbortError", "ERR_STREAM_DESTROYED"}
)
_ANSWERS = re.compile(
    r"\.(?:writeHead|setHeader|status|sendStatus|send|json|end|write|render|redirect)\s*\("
    r"|\.(?:statusCode|status|body)\s*=(?!=)"
)
_ASKS = re.compile(r"\b(?:headersSent|destroyed|writableEnded|writableFinished)\b")


class Verdict(NamedTuple):
    """`code` is why a failure must not come there. `asked` are the comparisons that tell a client
    that left by its code, the first of each condition."""

    code: str | None
    asked: tuple[Node, ...] = ()


def verdict_of(site: Untold, heard: Told) -> Verdict:
    """How the code would take it that the pipeline rejects when the client leaves."""
    routed = site.handler is not None and site.handler.rejection == "routed"
    if heard.how not in ("awaited", "catch"):
        return Verdict(None if routed and heard.how != "floating" else "handler-rejects")
    body = heard.body
    if body is None:
        return Verdict(None)  # a function with a name: `next`, or one that reports
    text = site.file.source.text(body)
    if _ANSWERS.search(text) and not _ASKS.search(text):
        return Verdict("error-handler-answers")
    asked = _comparisons(site.file, heard, body)
    if not asked and any(code in text for code in _CODES):
        return Verdict("decision-unclear")
    if asked and _comes_late(site, heard, asked):
        return Verdict("decision-unclear")
    thrown = any(
        node.type == "throw_statement" and _own(node, heard.handler or body) for node in walk(body)
    )
    if thrown and not asked and not routed:
        return Verdict("handler-rejects")
    return Verdict(None, asked)


def _comes_late(site: Untold, heard: Told, asked: tuple[Node, ...]) -> bool:
    """Whether a comparison may be made some time after the failure. A response that a failed source
    has closed has aborted the signal too by then: that would look like a client that left."""
    file, call, handler = site.file, site.call.call, heard.handler
    if handler is None:
        return True
    if heard.how == "catch":
        link = member(wrapped(call).parent)
        first = wrapped(call).parent
        first = first.parent if link is not None and first is not None else None
        if first is None or not any(same(unwrap(part), handler) for part in arguments(first)):
            return True  # chained further down
    else:
        waits = wrapped(call).parent
        if waits is None or waits.type != "await_expression":
            return True
    home = handler if handler.type in FUNCTIONS else file.functions.enclosing(call)
    if any(file.functions.enclosing(node) != home for node in asked):
        return True
    last = asked[-1].start_byte
    if any(
        node.type in _PAUSES and node.start_byte < last
        for node in walk(handler, into_functions=False)
    ):
        return True
    between = [one for one in file.functions.enclosing_try(call) if inside(one, _tried(handler))]
    return any(one.child_by_field_name("finalizer") is not None for one in between)


def _tried(clause: Node) -> Node:
    """The block that a `catch` belongs to, the clause itself if it is a function."""
    whole = clause.parent
    block = whole.child_by_field_name("body") if whole is not None else None
    return block if clause.type == "catch_clause" and block is not None else clause


_PAUSES = frozenset({"await_expression", "yield_expression"})


def _own(node: Node, handler: Node) -> bool:
    """Whether `node` stands in the handler itself, in no function inside it."""
    at = node.parent
    while at is not None and at != handler:
        if at.type in FUNCTIONS:
            return False
        at = at.parent
    return True


def _comparisons(file: File, heard: Told, body: Node) -> tuple[Node, ...]:
    name = file.source.text(heard.error) if heard.error is not None else ""
    found: list[Node] = []
    conditions: set[int] = set()
    for node in walk(body):
        if node.type != "binary_expression" or not _is_asked(file, node, name):
            continue
        top = node
        while top.parent is not None and top.parent.type in (
            "binary_expression",
            "parenthesized_expression",
        ):
            top = top.parent
        if top.parent is None or top.parent.type != "if_statement" or top.id in conditions:
            if top.id not in conditions:
                return ()  # told apart by a value, not by an `if`
            continue
        conditions.add(top.id)
        found.append(node)
    return tuple(found)


def _is_asked(file: File, node: Node, name: str) -> bool:
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type not in ("===", "==", "!==", "!="):
        return False
    texts = [string_value(unwrap(side), file.source.text(unwrap(side))) for side in sides if side]
    links = [member(unwrap(side)) for side in sides if side]
    return any(text in _CODES for text in texts) and any(
        link is not None
        and file.source.text(link[0]) == name
        and file.source.text(link[1]) in ("code", "name")
        for link in links
    )


def widened(asked: Node, signal: str) -> tuple[Edit, ...]:
    """The edits by which a comparison also holds, or no longer does, once `signal` was aborted."""
    operator = asked.child_by_field_name("operator")
    equal = operator is not None and operator.type in ("===", "==")
    joint, test = ("||", f"{signal}.aborted") if equal else ("&&", f"!{signal}.aborted")
    outer = asked.parent
    kept = outer is not None and (outer.type == "parenthesized_expression" or _joins(outer, joint))
    first = Edit.insert(asked.start_byte, f"{'' if kept else '('}{test} {joint} ")
    return (first,) if kept else (first, Edit.insert(asked.end_byte, ")"))


def _joins(node: Node, operator: str) -> bool:
    found = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return found is not None and found.type == operator
