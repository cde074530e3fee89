"""What other files of the package say about an import, and about a parameter of an export.

Everything here asks through the port of the file and is None when nothing is known: no such
file, something else on one of its paths, too far away, too many callers.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tree_sitter import Node

from unleak_codemods.streams import knowledge
from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.exporting import CLASSES, definition, table_of
from unleak_codemods.streams.knowledge import Kind
from unleak_codemods.streams.levels import UNKNOWN, Evidence, Level, Owner, a
from unleak_codemods.streams.syntax import arguments, callee
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File
from unleak_engine.facts import Known


def called(file: File, origin: Origin) -> Evidence | None:
    """What calling an import gives. `origin.name` may lead to a method of a class's instances:
    "Store.prototype.open". A `promised` kind wants an `await` first."""
    known = _known(file, origin)
    told = known.facts.get("gives") if known is not None else None
    if known is None or told is None:
        return None
    found = unpacked(told)
    if _only_passed_on(known):
        return found
    what = "a promise of a" if found.kind.promised else "a"
    said = f"{_named(origin)} of {_place(known)} gives {what} {_role(found)} on every return"
    return found._replace(reasons=(said, *found.reasons))


def class_kind(file: File, origin: Origin) -> tuple[Kind, str] | None:
    """The stream that the instances of an imported class are, and why."""
    known = _known(file, origin)
    told = known.facts.get("made") if known is not None else None
    if known is None or told is None:
        return None
    found = unpacked(told)
    if found.level is not Level.PROVEN or not found.role:
        return None
    why = found.reasons[0] if found.reasons else f"is {a(found.role)}"
    if _only_passed_on(known):
        return found.kind, why
    return found.kind, f"is {_named(origin)} of {_place(known)}, which {why}"


def value(file: File, origin: Origin) -> Evidence | None:
    """What an import is as it stands: a stream of the module it comes from."""
    known = _known(file, origin)
    told = known.facts.get("is") if known is not None else None
    if known is None or told is None:
        return None
    found = unpacked(told)
    if _only_passed_on(known):
        return found
    said = f"{_named(origin)} is {a(_role(found))} of {_place(known)}"
    return found._replace(reasons=(said, *found.reasons))


def unpacked(told: Mapping[str, Any]) -> Evidence:
    """The evidence that `facts.packed` has made plain data of."""
    kind = knowledge.kind_of(told["kind"])
    if told["opaque"]:
        kind = kind._replace(opaque=True)
    return Evidence(Level(told["level"]), kind, Owner(told["owner"]), tuple(told["why"]))


def _known(file: File, origin: Origin) -> Known | None:
    key = ("elsewhere", origin)
    if key not in file.memo:
        file.memo[key] = file.facts.exported(origin.module, origin.name)
    found = file.memo[key]
    return found if isinstance(found, Known) else None


def _only_passed_on(known: Known) -> bool:
    """Whether the file is but a station on the way, and so not worth a reason."""
    return not known.facts.get("line")


def _named(origin: Origin) -> str:
    name = origin.name.removeprefix("default.").replace(".prototype.", "#")
    return f"`{name}`" if name and name != "default" else f"the export of `{origin.module}`"


def _place(known: Known) -> str:
    return f"{known.path}:{known.facts.get('line')}"


def _role(found: Evidence) -> str:
    return found.role or found.kind.shape.rpartition("#")[2] or "thing that is no stream"


# What is handed in.

_ORDER = ("1st", "2nd", "3rd")


def argument(file: File, function: Node, index: int) -> list[Evidence] | None:
    """What parameter `index` of an exported function of `file` is given, one for each call in the
    package, this file included; unknown ones for calls nobody sees. None when `function` is not
    exported, or when nothing is known of who calls it."""
    names = names_of(file, function)
    if not names:
        return None
    found: list[Evidence] = []
    complete = True
    said = _parameter(file, function, index, names[0])
    for name in names:
        callers = file.facts.callers(name, index)
        if callers is None:
            return None
        complete = complete and callers.complete and ".prototype." not in name
        for known in callers.known:
            found += _handed_in(known, said)
    if not found:
        return None
    found += _called_here(file, function, index, said)
    if not complete:
        # Code outside of the package may hand in anything.
        found = [one._replace(level=min(one.level, Level.LIKELY)) for one in found]
    return found


def _parameter(file: File, function: Node, index: int, name: str) -> str:
    order = _ORDER[index] if index < len(_ORDER) else f"{index + 1}th"
    parameter = file.functions.parameter_name(function, index)
    what = f"`{parameter}` is the" if parameter is not None else "it is the"
    return f"{what} {order} parameter of {_named(Origin(file.source.path, name))}"


def _handed_in(known: Known, said: str) -> Iterator[Evidence]:
    for call in known.facts.get("calls", ()):
        told = unpacked(call["argument"])
        why = f"{said}, called at {known.path}:{call['line']} with `{call['text']}`"
        yield told._replace(owner=Owner.PARAMETER, reasons=(why, *told.reasons))
    for line in known.facts.get("escapes", ()):
        why = f"{said}, which is handed on at {known.path}:{line}"
        yield UNKNOWN._replace(owner=Owner.PARAMETER, reasons=(why,))


def _called_here(file: File, function: Node, index: int, said: str) -> Iterator[Evidence]:
    """The calls that this file itself makes of a function it exports."""
    for name in names_of(file, function):
        for through in _calls_through_exports(file, name):
            yield _argument_here(file, through, index, said)
    binding = file.functions.binding_of(function)
    if binding is None:
        return
    exported = {
        thing.node.id
        for things in table_of(file).names.values()
        for thing in things
        if thing.node is not None
    }
    for use in file.bindings.references(binding):
        if file.bindings.declares(use) or use.id in exported:
            continue
        outer = use.parent
        if outer is not None and outer.type == "call_expression" and callee(outer) == use:
            yield _argument_here(file, outer, index, said)
            continue
        line = file.source.position(use.start_byte).line
        yield UNKNOWN._replace(
            owner=Owner.PARAMETER, reasons=(f"{said}, which is handed on at line {line}",)
        )


def _calls_through_exports(file: File, name: str) -> Iterator[Node]:
    """`exports.save(…)` in the file that exports it."""
    pattern = rb"(?<![\w$])exports\." + re.escape(name.encode()) + rb"(?=\s*\()"
    for hit in re.finditer(pattern, file.source.data) if name else ():
        path = file.source.path_to(hit.start(), hit.end())
        calls = [node for node in path if node.type == "call_expression"]
        target = callee(calls[-1]) if calls else None
        if target is not None and target.end_byte == hit.end():
            yield calls[-1]


def _argument_here(file: File, call: Node, index: int, said: str) -> Evidence:
    given = arguments(call)
    if len(given) <= index or any(part.type == "spread_element" for part in given[: index + 1]):
        return UNKNOWN._replace(owner=Owner.PARAMETER)
    line = file.source.position(call.start_byte).line
    text = " ".join(file.source.text(given[index]).split())
    why = f"{said}, called at line {line} with `{text if len(text) <= 50 else text[:47] + '…'}`"
    found = evidence_of(file, given[index])
    return found._replace(owner=Owner.PARAMETER, reasons=(why, *found.reasons), binding=None)


def names_of(file: File, function: Node) -> list[str]:
    """The names by which `function` is exported, "Store.prototype.save" for a method."""
    key = ("names", function.id)
    found = file.memo.get(key)
    if not isinstance(found, list):
        found = file.memo[key] = sorted(set(_names_of(file, function)))
    return found


def _names_of(file: File, function: Node) -> Iterator[str]:
    owner, below = _owner_of(file, function)
    for name, things in table_of(file).names.items():
        for thing in things:
            if thing.node is None:
                continue
            if thing.node.id == function.id:
                yield name
                continue
            meant = definition(file, thing.node)
            if meant.id == function.id:
                yield name
            elif owner is not None and meant.id == owner.id:
                yield f"{name}.{below}".lstrip(".")


def _owner_of(file: File, function: Node) -> tuple[Node | None, str]:
    """The class, constructor or object that `function` is a member of, and by which path."""
    parent = function.parent
    if parent is None:
        return None, ""
    name = function.child_by_field_name("name")
    if function.type == "method_definition" and name is not None:
        text = file.source.text(name)
        if parent.type == "class_body" and parent.parent is not None:
            static = any(child.type == "static" for child in function.children[:3])
            return parent.parent, text if static else f"prototype.{text}"
        return (parent, text) if parent.type == "object" else (None, "")
    if parent.type == "pair" and parent.parent is not None:
        key = parent.child_by_field_name("key")
        return (parent.parent, file.source.text(key)) if key is not None else (None, "")
    if parent.type == "assignment_expression":
        return _stored_in(file, parent)
    return None, ""


def _stored_in(file: File, assignment: Node) -> tuple[Node | None, str]:
    """`Store.prototype.save = …`: what `Store` is, and the path below it."""
    left = assignment.child_by_field_name("left")
    steps: list[str] = []
    while left is not None and left.type == "member_expression":
        key = left.child_by_field_name("property")
        steps.append(file.source.text(key) if key is not None else "")
        left = left.child_by_field_name("object")
    if left is None or left.type != "identifier" or not steps:
        return None, ""
    owner = definition(file, left)
    if owner.type not in CLASSES | {"function_declaration", "function_expression", "object"}:
        return None, ""
    return owner, ".".join(reversed(steps))


__all__ = ["argument", "called", "class_kind", "names_of", "unpacked", "value"]
