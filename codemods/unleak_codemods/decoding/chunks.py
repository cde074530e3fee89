"""What code does with one chunk: reads it as text, or anything else."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    inside,
    member,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

WHOLE = frozenset({"hex", "latin1", "binary", "ascii"})
"""Encodings in which no character is larger than a byte."""

_SAME = {"utf8": "utf8", "utf-8": "utf8", "": "utf8"}
_ASKING = frozenset(
    b"includes indexOf lastIndexOf startsWith endsWith match search test length".split()
)
_OF_TEXT = frozenset(
    b"charAt charCodeAt endsWith match replace split startsWith substring trim".split()
)
_TRIMMING = frozenset(b"trim trimEnd trimStart toLowerCase toUpperCase toString".split())
_NUMBERS = frozenset({"parseInt", "parseFloat", "Number"})
_EQUAL = frozenset({"===", "!==", "==", "!="})
_COMPARING = re.compile(
    rb"(?:strict|deep|deepStrict|not)?(?:E|e)qual|same|is|toBe|toEqual|match|expect"
)
_ASCII = WHOLE | {"base64", "base64url"}


class Decoded(NamedTuple):
    """A chunk read as text. `node` is that text as the code has it, the chunk's own name where it
    is read by being joined to other text (`said` is False then). `encoding` is "" when it is
    worked out. `into` is what it is added to by `+=`, None when it is not."""

    node: Node
    encoding: str
    said: bool
    into: Node | None


class Uses(NamedTuple):
    """All that is done with a chunk: `decoded`, and whether there is more."""

    decoded: tuple[Decoded, ...]
    more: bool


def uses_of_chunk(file: File, name: Node) -> Uses | None:
    """What is done with the chunk that `name` declares, in the function or loop of its own; None
    when it is no plain name, or is taken for text before it is made text: a Buffer would throw."""
    binding = file.bindings.resolve(name) if name.type == "identifier" else None
    if binding is None:
        return None
    found: list[Decoded] = []
    more = False
    for use in file.bindings.references(binding):
        if use.id == name.id or _is_reread(file, binding, use):
            continue
        decoded = _decoded(file, use)
        if decoded is not None:
            found.append(decoded)
            if _is_put_back(file, binding, decoded):
                break
        elif _is_text(use):
            return None
        else:
            more = True
    return Uses(tuple(found), more)


def _is_text(use: Node) -> bool:
    """Whether a method is called on a chunk that text has, and a Buffer has not."""
    call = use.parent.parent if use.parent is not None else None
    method = called_method(call) if call is not None else None
    return method is not None and method[0].id == use.id and method[1].text in _OF_TEXT


def _is_reread(file: File, binding: Binding, use: Node) -> bool:
    """Whether a use is the left side of `chunk = chunk.toString()`."""
    parent = use.parent
    if parent is None or parent.type != "assignment_expression":
        return False
    right = parent.child_by_field_name("right")
    method = called_method(unwrap(right)) if right is not None else None
    return method is not None and method[0].text == binding.name.encode()


def _is_put_back(file: File, binding: Binding, decoded: Decoded) -> bool:
    """Whether the text takes the chunk's place on every path, so that what follows is text."""
    parent = decoded.node.parent
    left = parent.child_by_field_name("left") if parent is not None else None
    if left is None or left.text != binding.name.encode() or parent is None:
        return False
    return parent.type == "assignment_expression"


def _decoded(file: File, use: Node) -> Decoded | None:
    outer = wrapped(use)
    parent = outer.parent
    if parent is None:
        return None
    if parent.type == "member_expression":
        return _by_method(file, parent)
    if parent.type == "arguments" and parent.parent is not None:
        function = callee(parent.parent)
        if function is not None and file.source.text(function) == "String":
            return Decoded(parent.parent, "utf8", True, _added_to(parent.parent))
        return None
    if parent.type == "template_substitution":
        return Decoded(use, "utf8", False, None)
    if parent.type == "augmented_assignment_expression":
        operator = parent.child_by_field_name("operator")
        right = parent.child_by_field_name("right")
        if operator is not None and operator.type == "+=" and right == outer:
            return Decoded(use, "utf8", False, parent.child_by_field_name("left"))
        return None
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        if operator is not None and operator.type == "+":
            return Decoded(use, "utf8", False, None)
    return None


def _by_method(file: File, expression: Node) -> Decoded | None:
    found = member(expression)
    call = expression.parent
    if found is None or found[1].text != b"toString" or call is None:
        return None
    if call.type != "call_expression" or call.child_by_field_name("function") != expression:
        return None
    given = arguments(call)
    if len(given) > 1:
        return None
    encoding = "utf8"
    if given:
        said = string_value(unwrap(given[0]), file.source.text(unwrap(given[0])))
        encoding = _SAME.get(said.lower(), said.lower()) if said is not None else ""
        if said is None and given[0].text == b"undefined":
            encoding = "utf8"
    return Decoded(call, encoding, True, _added_to(call))


def _added_to(text: Node) -> Node | None:
    outer = wrapped(text)
    parent = outer.parent
    if parent is None or parent.type != "augmented_assignment_expression":
        return None
    right = parent.child_by_field_name("right")
    return parent.child_by_field_name("left") if right == outer else None


def is_harmed(file: File, decoded: Decoded) -> bool:
    """Whether it matters that a character may be cut: not for what only looks for a word in it,
    reads a number, writes it out to look at, or turns it back into bytes that were ASCII."""
    if decoded.encoding in WHOLE or _is_only_asked(file, decoded.node):
        return False
    if decoded.into is not None:
        return not _is_turned_back(file, decoded.into)
    return decoded.said or not _is_printed(file, decoded.node)


def _is_turned_back(file: File, target: Node) -> bool:
    """Whether a text is bytes that are written in ASCII: `Buffer.from(text, 'base64')`."""
    binding = file.bindings.resolve(target) if target.type == "identifier" else None
    for use in file.bindings.references(binding) if binding is not None else ():
        call = use.parent.parent if use.parent is not None else None
        function = callee(call) if call is not None and call.type == "call_expression" else None
        if call is None or function is None or file.source.text(function) != "Buffer.from":
            continue
        given = arguments(call)
        said = file.source.text(given[1]).strip("'\"`") if len(given) == 2 else ""
        if given[0] == use and said in _ASCII:
            return True
    return False


def _is_printed(file: File, node: Node) -> bool:
    outer: Node | None = node
    while outer is not None and outer.type not in FUNCTIONS:
        function = callee(outer) if outer.type == "call_expression" else None
        if function is not None and file.source.text(function).startswith("console."):
            return True
        outer = outer.parent
    return False


def _is_only_asked(file: File, text: Node, depth: int = 0) -> bool:
    outer = wrapped(text)
    parent = outer.parent
    if parent is None or depth > 6:
        return False
    if parent.type == "member_expression":
        found = member(parent)
        if found is None or found[0] != unwrap(outer):
            return False
        if found[1].text in _ASKING:
            return True
        call = parent.parent
        trims = found[1].text in _TRIMMING and call is not None and call.type == "call_expression"
        return trims and call is not None and _is_only_asked(file, call, depth + 1)
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type in _EQUAL
    if parent.type in ("switch_statement", "expression_statement"):
        return True
    if parent.type == "parenthesized_expression":
        return _is_only_asked(file, parent, depth + 1)
    if parent.type == "arguments" and parent.parent is not None:
        function = callee(parent.parent)
        tested = member(function) if function is not None else None
        if function is not None and file.source.text(function) in _NUMBERS:
            return True
        last = tested[1] if tested is not None else function
        if last is None or last.text is None:
            return False
        return last.text in (b"test", b"exec") or _COMPARING.fullmatch(last.text) is not None
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        binding = file.bindings.resolve(name) if name is not None else None
        if binding is None or not file.bindings.is_constant(binding):
            return False
        uses = [use for use in file.bindings.references(binding) if not inside(use, parent)]
        return all(_is_only_asked(file, use, depth + 1) for use in uses)
    return False
