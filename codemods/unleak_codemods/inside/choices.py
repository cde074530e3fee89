"""The options that a stage is made with."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import named, unwrap
from unleak_engine.codemod import File

NOTHING = frozenset({"null", "undefined"})


class Choices(NamedTuple):
    """What a stage is made with; None for what cannot be told.

    `node` is the object literal that says so. `unknown` when there is more than is seen: a spread,
    a variable, options that somebody hands in.
    """

    node: Node | None = None
    unknown: bool = False
    writes_objects: bool | None = False
    reads_objects: bool | None = False
    decodes_strings: bool | None = True


UNTOLD = Choices(None, True, None, None, None)


def chosen(file: File, given: list[Node]) -> Choices:
    """What the options `given`, at most one expression, choose."""
    if not given:
        return Choices()
    literal = unwrap(given[0])
    if literal.type == "identifier":
        binding = file.bindings.resolve(literal)
        if binding is not None and binding.value is not None and not binding.path:
            only = len(file.bindings.references(binding)) == 2 and file.bindings.is_constant(
                binding
            )
            literal = unwrap(binding.value) if only else literal
    if literal.type in NOTHING or file.source.bytes(literal) == b"undefined":
        return Choices()
    if literal.type != "object":
        return UNTOLD
    unknown = any(part.type == "spread_element" for part in named(literal))
    found = UNTOLD if unknown else Choices()
    both = _flag(file, literal, "objectMode", found.writes_objects)
    writes = _flag(file, literal, "writableObjectMode", found.writes_objects)
    reads = _flag(file, literal, "readableObjectMode", found.reads_objects)
    decodes = _flag(file, literal, "decodeStrings", found.decodes_strings)
    return Choices(literal, unknown, _either(both, writes), _either(both, reads), decodes)


def _either(one: bool | None, other: bool | None) -> bool | None:
    return True if one or other else None if one is None or other is None else False


def _flag(file: File, literal: Node, name: str, otherwise: bool | None) -> bool | None:
    for part in named(literal):
        key = part.child_by_field_name("key")
        if part.type == "shorthand_property_identifier" and file.source.text(part) == name:
            return None
        if part.type == "pair" and key is not None and file.source.text(key).strip("'\"") == name:
            value = part.child_by_field_name("value")
            kind = value.type if value is not None else ""
            return {"true": True, "false": False}.get(kind)
    return otherwise
