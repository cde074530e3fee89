"""What `new Buffer(value)` is given: a size, or who knows."""

import re

from tree_sitter import Node

from unleak_codemods.memory.buffers import Allocation, is_number, number_of
from unleak_codemods.streams.syntax import ancestors, arguments, member, unwrap
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_ASKS = re.compile(rb"\bBuffer\.(?:alloc|allocUnsafe|from)\b(?!\s*\()|\bhas\w*Buffer")
_KNOWS = re.compile(rb"\bBuffer\.(?:alloc|from)")
_SIZES = re.compile(r"(?i)(?:\w*(?:size|length|count|capacity|bytes)|len|n|num)")
_ENTRIES = frozenset(["body", "query", "params"])


def kind_of_deprecated(file: File, allocation: Allocation) -> str | None:
    """The code of what is said of it: a number, or what a request may turn into one; None for
    what is text or bytes, or stands beside the functions that replaced it."""
    given = arguments(allocation.call)
    if len(given) != 1 or number_of(file, given[0]) == 0 or _has_choice(file, allocation.call):
        return None
    size = unwrap(allocation.size)
    if is_number(file, size) or _is_typed(file, size):
        return "number"
    # A file that knows what replaced the constructor keeps it for a Node that has nothing else.
    if _KNOWS.search(file.source.data) is not None:
        return None
    return "unknown-type" if _may_be_size(file, size) else None


def _has_choice(file: File, call: Node) -> bool:
    """Whether the code asks for `Buffer.alloc` first: then this is for a Node that has none."""
    if _ASKS.search(file.source.data) is not None:
        return True
    choices = (node for node in ancestors(call) if node.type in ("if_statement", "try_statement"))
    return any(b"Buffer.alloc" in file.source.bytes(node) for node in choices)


def _is_typed(file: File, node: Node) -> bool:
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None or binding.kind != "param" or not file.bindings.is_constant(binding):
        return False
    return _type_of(file, binding) == "number"


def _type_of(file: File, binding: Binding) -> str:
    parameter = binding.node.parent
    annotation = parameter.child_by_field_name("type") if parameter is not None else None
    return file.source.text(annotation).lstrip(": ") if annotation is not None else ""


def _may_be_size(file: File, node: Node) -> bool:
    """Whether `node` is called as a size is, or comes as a request brings it."""
    if node.type == "identifier":
        return _SIZES.fullmatch(file.source.text(node)) is not None
    while (link := member(node)) is not None:
        if file.source.text(link[1]) in _ENTRIES:
            return True
        if _SIZES.fullmatch(file.source.text(link[1])):
            return True
        node = link[0]
    return False
