"""What `this.name` is: by everything that the file assigns to it, and by its declared type."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import calls, classes, declared_types, evidence
from unleak_codemods.streams.classes import FIELDS, Self
from unleak_codemods.streams.levels import UNKNOWN, Evidence, Level, Owner, said
from unleak_codemods.streams.syntax import named, unwrap
from unleak_engine.codemod import File

_ASSIGNED = re.compile(rb"\.\s*(#?[A-Za-z_$][\w$]*)\s*(?:\|\||\?\?)?=(?![=>])")


def of_field(file: File, node: Node, owner: Self, name: str, depth: int) -> Evidence:
    """`this.name`, where `this` is `owner`. It lives as long as its object, so it is nobody's
    to destroy; proven only where no other code can have put something else there."""
    key = ("field", owner.key, name)
    known = file.memo.get(key)
    if not isinstance(known, Evidence):
        file.memo[key] = UNKNOWN._replace(owner=Owner.FIELD)
        known = file.memo[key] = _judged(file, owner, name, depth)
    assert isinstance(known, Evidence)
    if known.level < Level.LIKELY:
        return known
    return known.because(f"{said(file, node)} is a field")


def _judged(file: File, owner: Self, name: str, depth: int) -> Evidence:
    getter = classes.function_named(file, owner, name)
    if getter is not None:
        if file.functions.kind(getter) != "getter":
            return UNKNOWN._replace(owner=Owner.FIELD)
        found = calls.result_of(file, getter, None, depth + 1)
        return found._replace(owner=_kept(found), level=min(found.level, Level.LIKELY))
    found = evidence.either(file, values(file, owner, name), depth + 1)
    declared, private = _declared(file, owner, name)
    closed = private or name.startswith("#")
    if not closed or b"Object.assign(this" in file.source.data:
        found = found.at_most(Level.LIKELY)
    if declared is not None and found.level < Level.LIKELY:
        found = declared
    return found._replace(owner=_kept(found))


def _kept(found: Evidence) -> Owner:
    return Owner.PROCESS if found.owner is Owner.PROCESS else Owner.FIELD


class _Members(NamedTuple):
    """By name: the values that a class or an object starts its fields with, and what carries
    their declared types."""

    values: dict[str, list[Node]]
    declared: dict[str, Node]


def values(file: File, owner: Self, name: str, depth: int = 0) -> list[Node]:
    """Every expression that the file puts into the field: initialisers and assignments to
    `this.name`, in the class itself and in the classes of the file that it extends."""
    found = list(_members(file, owner).values.get(name, ()))
    found += [
        right
        for left, right in assignments(file, name)
        if (at := _target(file, left)) is not None and at.key == owner.key
    ]
    parent = classes.parent_class(owner.node)
    if parent is not None and parent.type == "identifier" and depth < 8:
        binding = file.bindings.resolve(parent)
        if binding is not None and binding.kind == "class":
            found += values(file, Self(binding.declaration, None), name, depth + 1)
    return found


def _members(file: File, owner: Self) -> _Members:
    key = ("members", owner.node.id)
    known = file.memo.get(key)
    if isinstance(known, _Members):
        return known
    found = _Members({}, {})
    for part in _parts(owner):
        if part.type in FIELDS or part.type == "pair":
            name = part.child_by_field_name("property") or part.child_by_field_name("name")
            name = name or part.child_by_field_name("key")
            if name is None:
                continue
            value = part.child_by_field_name("value")
            if value is not None:
                found.values.setdefault(file.source.text(name), []).append(value)
            if part.type in FIELDS:
                found.declared.setdefault(file.source.text(name), part)
        elif part.type == "shorthand_property_identifier":
            found.values.setdefault(file.source.text(part), []).append(part)
        elif part.type == "method_definition":
            for pattern, holder in _parameter_properties(file, part):
                found.values.setdefault(file.source.text(pattern), []).append(pattern)
                found.declared.setdefault(file.source.text(pattern), holder)
    file.memo[key] = found
    return found


def _parts(owner: Self) -> list[Node]:
    if owner.node.type == "object":
        return named(owner.node)
    body = owner.node.child_by_field_name("body")
    return named(body) if body is not None and owner.node.type in classes.CLASSES else []


def _parameter_properties(file: File, method: Node) -> list[tuple[Node, Node]]:
    """(name, parameter) of `constructor(private readonly name: Readable)`."""
    if file.functions.kind(method) != "constructor":
        return []
    holder = method.child_by_field_name("parameters")
    return [
        (pattern, parameter)
        for parameter in (named(holder) if holder is not None else [])
        if (pattern := parameter.child_by_field_name("pattern")) is not None
        and pattern.type == "identifier"
        and _is_property(parameter)
    ]


def _is_property(parameter: Node) -> bool:
    words = {"accessibility_modifier", "readonly", "override_modifier"}
    return any(child.type in words for child in parameter.children)


def _target(file: File, left: Node) -> Self | None:
    """Whose field `left`, a member expression, is: of `this`, or of a name for it."""
    owner = left.child_by_field_name("object")
    if owner is None:
        return None
    owner = unwrap(owner)
    if owner.type == "identifier":
        binding = file.bindings.resolve(owner)
        if binding is None or binding.value is None or binding.value.type != "this":
            return classes.instance(file, owner)
        owner = binding.value
    return classes.self_at(file, owner) if owner.type == "this" else None


def assignments(file: File, name: str) -> list[tuple[Node, Node]]:
    """(target, value) of every `x.name = value` of the file."""
    key = ("assigned", name)
    known = file.memo.get(key)
    if isinstance(known, list):
        return known
    found: list[tuple[Node, Node]] = []
    for at in _index(file).get(name, []):
        node = file.source.root.descendant_for_byte_range(at, at + len(name.encode()))
        left = node.parent if node is not None else None
        target = left.parent if left is not None else None
        if left is None or target is None or left.type != "member_expression":
            continue
        right = target.child_by_field_name("right")
        if right is not None and target.child_by_field_name("left") == left:
            found.append((left, right))
    file.memo[key] = found
    return found


def _index(file: File) -> dict[str, list[int]]:
    """Where the file assigns to members, by the member's name: one look at its text."""
    known = file.memo.get("assigned")
    if isinstance(known, dict):
        return known
    found: dict[str, list[int]] = {}
    for hit in _ASSIGNED.finditer(file.source.data):
        found.setdefault(hit.group(1).decode(errors="replace"), []).append(hit.start(1))
    file.memo["assigned"] = found
    return found


def _declared(file: File, owner: Self, name: str) -> tuple[Evidence | None, bool]:
    """What a field's declared type says, and whether it is private to its class."""
    holder = _members(file, owner).declared.get(name)
    if holder is None:
        return None, False
    return declared_types.of_holder(file, holder, name), _is_private(file, holder)


def _is_private(file: File, part: Node) -> bool:
    return any(
        child.type == "accessibility_modifier" and file.source.bytes(child) == b"private"
        for child in part.children
    )
