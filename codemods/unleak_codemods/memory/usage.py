"""Where code reads how much memory the process uses, and what it does about it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import (
    ancestors,
    called_method,
    inside,
    member,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File
from unleak_engine.syntax import FUNCTIONS

_OTHERS = ("rss", "external", "arrayBuffers")
_MORE = re.compile(rb"\b(?:rss|external|arrayBuffers|memoryUsage)\b")
_BENCHMARK = re.compile(r"(?<![a-z])(?:bench|perf)", re.IGNORECASE)
_UNAVAILABLE = re.compile(rb"(?<![\w.])503(?![\w.])|SERVICE_UNAVAILABLE|ServiceUnavailable")
_IN_USE = re.compile(rb"(?i)heap|external|arrayBuffers")
_RESTARTS = re.compile(rb"process\.(?:exit|kill|abort)\(")
_COMPARES = frozenset(["<", "<=", ">", ">="])


class Reading(NamedTuple):
    """One place that reads `heapUsed`, the first of its function, and what it leaves out."""

    node: Node
    missing: tuple[str, ...]


def heap_reading(file: File, name: Node) -> Reading | None:
    """`name`, a mention of `heapUsed`, as the only memory that this file looks at; None when it
    looks at more, compares two readings, or `name` is not of `process.memoryUsage()`."""
    if not is_usage(file, name, "heapUsed"):
        return None
    if _BENCHMARK.search(file.source.path) is not None or _looks_at_more(file):
        return None
    function = file.functions.enclosing(name)
    first = next(_readings(file, function if function is not None else file.source.root), None)
    if first is None or first.start_byte != name.start_byte:
        return None
    if _is_difference(file, name, function):
        return None
    return Reading(name, _OTHERS)


def _looks_at_more(file: File) -> bool:
    """Whether the file reads another number of the memory, or takes all of them at once."""
    data = file.source.data
    for hit in _MORE.finditer(data):
        node = file.source.path_to(hit.start(), hit.end())[-1]
        word = hit[0].decode()
        named = word != "external" and node.type == "property_identifier"
        more = _is_whole(file, node) if word == "memoryUsage" else named
        if more or is_usage(file, node, word):
            return True
    return False


def _is_whole(file: File, name: Node) -> bool:
    """Whether what `process.memoryUsage()` gives goes on whole: to a logger, into a report."""
    call = name.parent.parent if name.parent is not None else None
    if call is None or not _is_usage(file, call):
        return False
    parent = wrapped(call).parent
    if parent is None or parent.type != "variable_declarator":
        return parent is not None and parent.type in ("arguments", "pair", "return_statement")
    held = parent.child_by_field_name("name")
    binding = file.bindings.resolve(held) if held is not None else None
    uses = file.bindings.references(binding) if binding is not None else []
    return any(
        not file.bindings.declares(use) and member(wrapped(use).parent) is None for use in uses
    )


def _readings(file: File, scope: Node) -> Iterator[Node]:
    for node in walk(scope):
        if is_usage(file, node, "heapUsed") and (
            scope.type == "program" or file.functions.enclosing(node) == scope
        ):
            yield node


def is_usage(file: File, name: Node, word: str) -> bool:
    """Whether `name` is the property `word` of what `process.memoryUsage()` gives."""
    if name.child_count or file.source.text(name) != word:
        return False
    if name.type == "property_identifier":
        link = member(name.parent)
        return link is not None and link[1] == name and _is_usage(file, link[0])
    if name.type != "shorthand_property_identifier_pattern":
        return False
    binding = file.bindings.resolve(name)
    if binding is None or binding.path != (word,) or binding.value is None:
        return False
    return _is_usage(file, binding.value)


def _is_usage(file: File, node: Node) -> bool:
    node = unwrap(node)
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.value is None or binding.path:
            return False
        return file.bindings.is_constant(binding) and _is_usage(file, binding.value)
    method = called_method(node) if node.type == "call_expression" else None
    if method is None or file.source.text(method[1]) != "memoryUsage":
        return False
    if file.source.text(method[0]) == "process" and file.bindings.resolve(method[0]) is None:
        return True
    origin = file.bindings.origin(method[0])
    return origin is not None and origin.module in ("process", "node:process") and not origin.name


def _is_difference(file: File, name: Node, function: Node | None) -> bool:
    """Whether the code wants to know how much something took: it reads twice, or subtracts."""
    scope = function if function is not None else file.source.root
    if file.source.bytes(scope).count(b"memoryUsage(") > 1:
        return True
    for node in ancestors(name):
        if node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type == "-":
                return True
        if node.type in FUNCTIONS:
            return False
    return False


def gate_at(file: File, compared: Node) -> bool:
    """Whether `compared` sets the resident memory against a limit, and a request is answered 503
    for it."""
    operator = compared.child_by_field_name("operator")
    if operator is None or operator.type not in _COMPARES or not _reads_rss(file, compared):
        return False
    if _asks_more(file, compared):
        return False
    return any(_answers(file, node) for node in _decided_by(file, compared))


def _asks_more(file: File, compared: Node) -> bool:
    """Whether what is in use must be high as well: that comes down again."""
    node = wrapped(compared)
    while node.parent is not None and node.parent.type == "binary_expression":
        node = node.parent
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type == "&&":
            return _IN_USE.search(file.source.bytes(node)) is not None
        node = wrapped(node)
    return False


def _reads_rss(file: File, compared: Node) -> bool:
    for side in ("left", "right"):
        node = compared.child_by_field_name(side)
        if node is not None and any(_is_rss(file, part) for part in walk(node)):
            return True
    return False


def _is_rss(file: File, node: Node) -> bool:
    """Whether `node` is the resident memory: `process.memoryUsage().rss`, `memoryUsage.rss()`, or
    a constant that holds it."""
    if node.type == "property_identifier" and file.source.bytes(node) == b"rss":
        link = member(node.parent)
        holder = member(link[0]) if link is not None else None
        if holder is not None and file.source.text(holder[1]) == "memoryUsage":
            return file.source.text(holder[0]) == "process"
        return is_usage(file, node, "rss")
    if node.type != "identifier":
        return False
    binding = file.bindings.resolve(node)
    if binding is None or binding.value is None or not file.bindings.is_constant(binding):
        return False
    if binding.path:
        return binding.path == ("rss",) and _is_usage(file, binding.value)
    value = unwrap(binding.value)
    kinds = ("binary_expression", "member_expression", "call_expression")
    return value.type in kinds and any(_is_rss(file, part) for part in walk(value))


def _decided_by(file: File, compared: Node) -> Iterator[Node]:
    """The statements and expressions that depend on the comparison, or on the constant it is."""
    for node in ancestors(compared):
        condition = node.child_by_field_name("condition")
        if condition is not None and inside(compared, condition):
            yield node
            return
        if node.type == "variable_declarator":
            name = node.child_by_field_name("name")
            binding = file.bindings.resolve(name) if name is not None else None
            for use in file.bindings.references(binding) if binding is not None else ():
                for outer in ancestors(use):
                    asked = outer.child_by_field_name("condition")
                    if asked is not None and inside(use, asked):
                        yield outer
                        break
            return
        if node.type in FUNCTIONS:
            return


def _answers(file: File, decided: Node) -> bool:
    """Whether 503 is one of the two ways on, or what follows a way that returns."""
    if _RESTARTS.search(file.source.bytes(decided)) is not None:
        return False
    for hit in _UNAVAILABLE.finditer(file.source.data, decided.start_byte, decided.end_byte):
        within = file.source.path_to(hit.start(), hit.end())
        if not any(_is_other(decided, node) for node in within):
            return True
    return False


def _is_other(decided: Node, node: Node) -> bool:
    """Whether `node`, in what is decided, is decided by something else: an `else if`, or code that
    is called back."""
    if node == decided or not inside(node, decided):
        return False
    holder = node.parent
    other = node.type == "if_statement" and holder is not None and holder.type == "else_clause"
    return other or node.type in FUNCTIONS
