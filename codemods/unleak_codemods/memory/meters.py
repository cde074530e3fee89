"""Timers that look at a stream again and again and tell what they see."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.clients.timers import (
    function_of,
    is_set_interval,
    is_used,
    place_of,
    stops_itself,
)
from unleak_codemods.streams.evidence import Evidence, Owner, evidence_of
from unleak_codemods.streams.exporting import definition
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    inside,
    member,
    same,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.flow import LOOPS

STATE = frozenset(
    [
        "writableLength",
        "writableHighWaterMark",
        "writableNeedDrain",
        "writableEnded",
        "writableFinished",
        "writableCorked",
        "readableLength",
        "readableHighWaterMark",
        "readableFlowing",
        "readableEnded",
        "bytesWritten",
        "bytesRead",
        "bufferSize",
        "destroyed",
        "closed",
    ]
)
"""What a meter may read of a stream without doing anything to it."""

_LENGTHS = frozenset(["writableLength", "readableLength", "bytesWritten", "bytesRead"])
_PLAIN = re.compile(r"console|JSON|Math|Date|Number|String")
_ASKED = frozenset(["memoryUsage", "uptime", "hrtime", "cpuUsage"])
_PLAIN_METHODS = frozenset(["toFixed", "toString", "toISOString", "join", "padStart", "padEnd"])
_LOGGERS = re.compile(r"(?i)(?:this\.)?(?:\w+\.)*(?:log|logger|debug|metrics?|stats|gauges?)")
_STATEMENTS = frozenset(
    ["expression_statement", "lexical_declaration", "if_statement", "statement_block"]
)
_CONDITIONAL = frozenset(["ternary_expression", "binary_expression"])
_WAITS = re.compile(rb"(?<![\w$.])(?:await|yield)(?![\w$])")


class Meter(NamedTuple):
    """A call of `setInterval` whose callback only tells how full `stream` is. `name` is the
    timer's variable if it has one, `unreffed` whether it lets the process end already, `plain`
    whether all that it calls is the console."""

    call: Node
    statement: Node
    stream: Node
    evidence: Evidence
    name: str | None
    unreffed: bool
    plain: bool
    late: bool


def meter_at(file: File, call: Node) -> Meter | None:
    """`call` as such a timer; None when it is none, when somebody may stop it, or when its
    callback does anything else."""
    if not is_set_interval(file, call):
        return None
    given = arguments(call)
    callback = function_of(file, given[0]) if given else None
    if callback is None or stops_itself(file, callback):
        return None
    place = place_of(file, call)
    if place is None or (place[1] is not None and is_used(file, place[1])):
        return None
    statement, binding = place
    stream = _stream(file, callback)
    if stream is None or not _only_tells(file, callback):
        return None
    evidence = evidence_of(file, stream)
    held = file.bindings.resolve(stream)
    if not evidence.proven or not evidence.kind.core or evidence.role == "stdio":
        return None
    if held is None or not file.bindings.is_constant(held) or held.kind == "import":
        return None
    if file.bindings.lookup(held.name, call) != held:
        return None
    if not _is_set(file, held, call) or _may_be_missing(file, held, callback):
        return None
    text = file.source.bytes(statement)
    unreffed = re.search(rb"\)\s*\.unref\(\)", text) is not None
    if binding is not None:
        uses = (node.parent for node in file.bindings.references(binding))
        unreffed = unreffed or any(
            (link := member(use)) is not None and file.source.text(link[1]) == "unref"
            for use in uses
        )
    between = file.source.data[held.node.start_byte : call.start_byte]
    late = (
        held.value is None
        or evidence_of(file, held.value).owner is not Owner.HERE
        or file.functions.enclosing(held.node) != file.functions.enclosing(call)
        or _is_repeated(held.node, call)
        or _is_given(file, held.value)
        or _WAITS.search(between) is not None
    )
    name = binding.name if binding is not None else None
    return Meter(call, statement, stream, evidence, name, unreffed, _is_plain(file, callback), late)


def _is_set(file: File, held: Binding, call: Node) -> bool:
    """Whether the stream is in its variable when the timer is set: the callback, which runs later,
    needs less than that."""
    if held.node.start_byte > call.start_byte:
        return False
    if held.kind == "param":
        return True
    block = held.declaration.parent
    if block is not None and block.type in ("lexical_declaration", "variable_declaration"):
        block = block.parent
    if block is not None and block.type == "export_statement":
        block = block.parent
    if block is None or not inside(call, block):
        return False
    # A function is there from the start, and may be called above the variable it reads.
    for node in ancestors(call):
        name = node.child_by_field_name("name") if node.type == "function_declaration" else None
        if name is None or inside(held.node, node):
            continue
        called = file.bindings.lookup(file.source.text(name), node)
        uses = file.bindings.references(called) if called is not None else ()
        if any(use.start_byte < held.node.start_byte for use in uses):
            return False
    return True


def _may_be_missing(file: File, held: Binding, callback: Node) -> bool:
    """Whether there may be no stream at all: it is made on a condition, or the callback asks."""
    if held.value is not None and unwrap(held.value).type in _CONDITIONAL:
        return True
    for node in file.bindings.references(held):
        if not inside(node, callback):
            continue
        link = member(wrapped(node).parent)
        if link is None or not same(unwrap(link[0]), node):
            return True
        if any(part.type == "optional_chain" for part in wrapped(node).parent.children):  # type: ignore[union-attr]
            return True
    return False


def _is_given(file: File, value: Node) -> bool:
    """Whether a function of this file gives the stream, which it may have had for long."""
    made = callee(unwrap(value))
    return made is not None and definition(file, made).type in FUNCTIONS


def _is_repeated(held: Node, call: Node) -> bool:
    """Whether a loop sets timers for one stream, which may have closed when the next is set."""
    return any(node.type in LOOPS and not inside(held, node) for node in ancestors(call))


def _stream(file: File, callback: Node) -> Node | None:
    """The variable whose length the callback reads, the only one of which it reads any state."""
    found: dict[str, Node] = {}
    measured = False
    for node in walk(callback):
        link = member(node)
        if link is None or file.source.text(link[1]) not in STATE:
            continue
        measured = measured or file.source.text(link[1]) in _LENGTHS
        found.setdefault(file.source.text(link[0]), link[0])
    if not measured or len(found) != 1:
        return None
    only = next(iter(found.values()))
    return only if only.type == "identifier" else None


def _only_tells(file: File, callback: Node) -> bool:
    """Whether the callback changes nothing: it declares, asks and calls, and hands the stream
    itself to nobody."""
    body = callback.child_by_field_name("body")
    if body is None:
        return False
    for node in walk(body):
        if node.type in FUNCTIONS or node.type in ("assignment_expression", "await_expression"):
            return False
        if node.type == "delete":
            return False
        if node.type in ("augmented_assignment_expression", "update_expression", "new_expression"):
            return False
        if node.type.endswith("_statement") and node.type not in _STATEMENTS:
            return False
        if node.type == "call_expression" and not _tells(file, node):
            return False
    return True


def _tells(file: File, call: Node) -> bool:
    """Whether a call is one of the console, of a logger, or of what makes text of a number."""
    function = callee(call)
    if function is None:
        return False
    for part in arguments(call):
        part = unwrap(part)
        if part.type == "identifier" and evidence_of(file, part).proven:
            return False  # the stream itself goes somewhere
    if function.type == "identifier":
        text = file.source.text(function)
        return _LOGGERS.fullmatch(text) is not None or text in ("String", "Number")
    method = called_method(call)
    if method is None:
        return False
    owner, name = (file.source.text(part) for part in method)
    if name == "join" and unwrap(method[0]).type not in ("array", "call_expression"):
        return False  # `room.join(…)`
    if name in _PLAIN_METHODS or (owner == "process" and name in _ASKED):
        return True
    return _PLAIN.fullmatch(owner) is not None or _LOGGERS.fullmatch(owner) is not None


def _is_plain(file: File, callback: Node) -> bool:
    calls = [node for node in walk(callback) if node.type == "call_expression"]
    for call in calls:
        method = called_method(call)
        if method is None:
            return False
        owner, name = (file.source.text(part) for part in method)
        if name in _PLAIN_METHODS or owner == "process":
            continue
        if _PLAIN.fullmatch(owner) is None or file.bindings.resolve(_root(method[0])) is not None:
            return False
    return bool(calls)


def _root(node: Node) -> Node:
    while (link := member(node)) is not None:
        node = link[0]
    return node
