"""Which write of a loop is to be tested, and whether the loop may be long at all."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.drains.waits import same_stream
from unleak_codemods.helpers.drained import QUIET
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    member,
    named,
    same,
    unwrap,
    walk,
)
from unleak_engine.codemod import File

LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
FEW = 1000
"""Passes that a loop may make without holding much: what is counted in code is small."""

_LISTING = re.compile(rb"Object\s*\.\s*(?:keys|values|entries)\b")
_FULLNESS = frozenset({b"writableNeedDrain", b"writableLength", b"bufferedAmount"})
_LEAVING = frozenset({"continue_statement", "break_statement", "return_statement"})


def written_to(file: File, call: Node) -> Node | None:
    """The receiver of a call of `write` that is given a chunk and no callback, else None."""
    method = called_method(call)
    given = arguments(call)
    if method is None or file.source.text(method[1]) != "write" or not given:
        return None
    if any(part.type in FUNCTIONS or part.type == "spread_element" for part in given):
        return None
    last = given[-1]
    if len(given) > 1 and last.type == "identifier" and last.text in (b"cb", b"callback", b"done"):
        return None
    return method[0]


def loops_between(file: File, node: Node, outermost: Node) -> Iterator[Node]:
    """The loops that repeat `node`, from the nearest out to `outermost`."""
    loop = file.functions.enclosing_loop(node)
    while loop is not None:
        yield loop
        if same(loop, outermost):
            return
        loop = file.functions.enclosing_loop(loop)


def is_short(file: File, loop: Node) -> bool:
    """Whether the code shows that a loop makes few passes: over what is written out in the code,
    over the keys of an object, or up to a small number."""
    if loop.type == "for_in_statement":
        if any(child.type == "await" for child in loop.children):
            return False
        operator = loop.child_by_field_name("operator")
        right = loop.child_by_field_name("right")
        in_keys = operator is not None and operator.type == "in"
        return in_keys or (right is not None and _is_listed(file, unwrap(right)))
    if loop.type == "for_statement":
        condition = loop.child_by_field_name("condition")
        return condition is not None and _counts_to_few(file, condition)
    return False


def _is_listed(file: File, node: Node) -> bool:
    """Whether an expression is an array written out in the code, or what an object holds."""
    if node.type == "array":
        return not any(part.type == "spread_element" for part in named(node))
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.value is None or binding.path:
            return False
        value = unwrap(binding.value)
        grows = any(
            (found := member(use.parent)) is not None and found[1].text in (b"push", b"unshift")
            for use in file.bindings.references(binding)
        )
        return (
            binding.kind == "const"
            and value.type != "identifier"
            and (not grows and _is_listed(file, value))
        )
    return node.type == "call_expression" and _LISTING.match(file.source.bytes(node)) is not None


def _counts_to_few(file: File, condition: Node) -> bool:
    """Whether a condition, or one of those it is made of with `&&`, ends after few passes."""
    for node in walk(condition):
        if node.type != "binary_expression":
            continue
        operator = node.child_by_field_name("operator")
        for side in ("left", "right"):
            limit = node.child_by_field_name(side)
            if limit is None or operator is None or operator.type not in ("<", "<=", ">", ">="):
                continue
            value = _number(file, unwrap(limit))
            if value is not None and value <= FEW and side == "right" and "<" in operator.type:
                return True
            # Counting down: `i > 0` says nothing of where it began.
    return False


def _number(file: File, node: Node) -> float | None:
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.kind != "const" or binding.value is None or binding.path:
            return None
        node = unwrap(binding.value)
    if node.type != "number":
        return None
    try:
        return float(file.source.text(node).replace("_", ""))
    except ValueError:
        return None


def is_followed(file: File, statement: Node, receiver: Node, loop: Node) -> bool:
    """Whether the same pass of `loop`, the nearest one, surely writes to the stream once more."""
    node = statement
    while node.parent is not None and not same(node, loop):
        sibling = node.next_named_sibling if node.parent.type == "statement_block" else None
        while sibling is not None:
            if writes_at_once(file, sibling, receiver):
                return True
            if any(part.type in _LEAVING for part in walk(sibling, into_functions=False)):
                return False
            sibling = sibling.next_named_sibling
        if node.parent.type in ("try_statement", "catch_clause", "switch_case"):
            return False
        node = node.parent
    return False


def writes_at_once(file: File, statement: Node, receiver: Node) -> bool:
    """Whether a statement writes to the stream whatever happens: by itself, or as the condition
    of an `if`."""
    if statement.type == "if_statement":
        condition = statement.child_by_field_name("condition")
        return condition is not None and any(
            _writes(file, node, receiver) for node in walk(condition, into_functions=False)
        )
    if statement.type != "expression_statement":
        return False
    inner = named(statement)
    return bool(inner) and _writes(file, unwrap(inner[0]), receiver)


def _writes(file: File, node: Node, receiver: Node) -> bool:
    method = called_method(node)
    if method is None or file.source.text(method[1]) != "write":
        return False
    return same_stream(file, method[0], receiver)


def is_watched(file: File, loop: Node, receiver: Node) -> bool:
    """Whether the loop already looks after the stream: it reads what `write()` says, asks how full
    the stream is, or waits for something it hands the stream to. What a rewrite of ours has put
    there does not count: it is about one write only."""
    name = file.source.text(receiver)
    for node in _without_ours(file, loop, receiver):
        found = member(node)
        asked = found is not None and found[1].text in _FULLNESS
        if found is not None and asked and same_stream(file, found[0], receiver):
            return True
        if node.type == "string" and node.text is not None and node.text[1:-1] == b"drain":
            return True
        if _writes(file, node, receiver):
            outer = node.parent
            if outer is None or outer.type != "expression_statement":
                return True
        if node.type == "await_expression" and _hands_over(file, node, name):
            return True
    return False


def _hands_over(file: File, node: Node, name: str) -> bool:
    """Whether what is awaited is given the stream, or written to by it in a callback."""
    for inner in walk(node):
        if inner.type == "arguments" and any(
            file.source.text(part) == name for part in named(inner)
        ):
            return True
        method = called_method(inner)
        if method is not None and file.source.text(method[0]) == name:
            return True
    return False


def _without_ours(file: File, loop: Node, receiver: Node) -> Iterator[Node]:
    """The nodes of a loop, but for the tests that a rewrite has put there."""
    stack = [loop]
    while stack:
        node = stack.pop()
        if node.type == "if_statement" and _is_ours(file, node, receiver):
            continue
        yield node
        stack.extend(reversed(node.children))


def _is_ours(file: File, node: Node, receiver: Node) -> bool:
    condition = node.child_by_field_name("condition")
    text = "".join(file.source.text(condition).split()) if condition is not None else ""
    name = "".join(file.source.text(receiver).split())
    asks = re.fullmatch(
        rf"\({re.escape(name)}\.write\(.*\)===false&&"
        rf"!\(await(?:[\w$]+\.)?{QUIET.name}\d*\({re.escape(name)}\)\)\)",
        text,
        re.DOTALL,
    )
    return asks is not None
