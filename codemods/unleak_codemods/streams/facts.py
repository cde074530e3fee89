"""The small part of a file that other files are judged by: its exports, and its calls of theirs.

Both are plain data. A kind crosses as the words of `knowledge.toml`, evidence as a map of level,
kind, owner and printed reasons.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from tree_sitter import Node

from unleak_codemods.streams import calls, elsewhere, knowledge
from unleak_codemods.streams.evidence import class_of, parent_class, thing_of
from unleak_codemods.streams.exporting import CLASSES, definition, resolved, stars_of
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.levels import Evidence, Level, Owner, a, said
from unleak_codemods.streams.syntax import FUNCTIONS, inside, named, unwrap
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File
from unleak_engine.exports import Exported
from unleak_engine.facts import Facts


def words_of(kind: Kind) -> str:
    """The words that `knowledge.kind_of` reads as `kind`, but for `opaque`."""
    words = [kind.role, kind.shape, kind.needs]
    words += [kind.model] if kind.model not in ("core", "web") else []
    words += [kind.lifetime] if kind.lifetime != "here" else []
    words += [f"argument:{kind.passes}"] if kind.passes is not None else []
    flags = {
        "finite": kind.finite,
        "fed": kind.fed,
        "await": kind.promised,
        "collects": kind.collects,
    }
    words += [word for word, holds in flags.items() if holds]
    return " ".join(word for word in words if word)


def packed(found: Evidence) -> dict[str, Any]:
    """Evidence as plain data."""
    return {
        "level": int(found.level),
        "kind": words_of(found.kind),
        "opaque": found.kind.opaque,
        "owner": found.owner.value,
        "why": list(found.reasons),
    }


def facts_of(file: File, name: str) -> Facts | None:
    """What export `name` of `file` is, None when there is none, or it may be anything.

    "gives" is what calling it gives, "made" what `new` gives and what a class that extends it
    is, "is" what it is as it stands; each only when every value it may have says the same.
    """
    things = resolved(file, name)
    if things:
        return _facts(file, things)
    passed_on = [Exported(None, Origin(star, name)) for star in stars_of(file, name)]
    answers = [found for thing in passed_on if (found := _facts(file, [thing])) is not None]
    return answers[0] if len(answers) == 1 else None


def _facts(file: File, things: list[Exported]) -> Facts | None:
    facts: dict[str, Any] = {"line": _line(file, things[0])}
    for key, judge in (("gives", _gives), ("made", _made), ("is", _is)):
        found = agreed(judge(file, thing) for thing in things)
        if found is not None:
            facts[key] = packed(found)
    return facts if len(facts) > 1 else None


def _line(file: File, thing: Exported) -> int:
    """Where an export is made, 0 where it is only passed on from another file."""
    if thing.node is None:
        return 0
    origin = None if thing.node.type in FUNCTIONS else file.bindings.origin(thing.node)
    if origin is not None and origin.module.startswith("."):
        return 0
    return file.source.position(thing.node.start_byte).line


def agreed(judged: Iterable[Evidence | None]) -> Evidence | None:
    """What all of `judged` say: the least sure of them, when they speak of one kind; that it is
    no stream at all only when each says so."""
    found = list(judged)
    sure = [one for one in found if one is not None and one.level is not Level.UNKNOWN]
    if not sure or len(sure) != len(found):
        return None
    first = min(sure, key=lambda one: (one.level, not one.kind.opaque))
    if any((one.level is Level.NOT_OURS) != (first.level is Level.NOT_OURS) for one in sure):
        return None
    if len({(one.role, one.kind.promised, one.kind.shape) for one in sure}) != 1:
        return None
    kind = first.kind._replace(
        opaque=any(one.kind.opaque for one in sure), finite=all(one.kind.finite for one in sure)
    )
    owner = next((one.owner for one in sure if one.owner is not Owner.HERE), Owner.HERE)
    return first._replace(kind=kind, owner=owner)


# What calling an export gives.


def _gives(file: File, thing: Exported) -> Evidence | None:
    origin = thing.origin
    if origin is None and thing.node is not None and thing.node.type not in FUNCTIONS:
        origin = file.bindings.origin(thing.node)
    if origin is not None:
        return _called(file, origin)
    function = definition(file, thing.node) if thing.node is not None else None
    if function is None or function.type not in FUNCTIONS:
        return None
    return returned(file, function)


def _called(file: File, origin: Origin) -> Evidence | None:
    kind = knowledge.called(origin.module, origin.name, knowledge_of(file))
    if kind is None:
        return elsewhere.called(file, origin)
    if kind.needs or kind.passes is not None or kind.collects:
        return None  # it is the call that decides
    what = kind.role or kind.shape.rpartition("#")[2]
    why = f"`{origin.name or origin.module}` of {origin.module} gives a {what}"
    # Nobody has looked at the options that the call hands through.
    kind = kind._replace(finite=False, opaque=True)
    return Evidence(Level.PROVEN, kind, Owner.HERE, (why,))


def returned(file: File, function: Node) -> Evidence | None:
    """What every return of `function` gives, None when they differ or one is not known."""
    if file.functions.kind(function) in ("setter", "constructor"):
        return None
    found = calls.result_of(file, function, None, 0)
    if found.level is Level.UNKNOWN:
        return None
    reasons = found.reasons
    if reasons and " on every return (line " in reasons[0]:
        reasons = reasons[1:]  # whoever asks says it with the name of the file
    found = found._replace(reasons=reasons, binding=None)
    if found.owner is not Owner.HERE:
        return found._replace(owner=_lasting(found))
    for statement in file.functions.completions(function).returns:
        value = named(statement)[0] if statement.type == "return_statement" else statement
        used = set(_uses(file, function, unwrap(value)))
        if "kept" in used:
            return found._replace(owner=Owner.MODULE)
        if "worked" in used:
            found = found._replace(kind=found.kind._replace(opaque=True))
    return found


def _lasting(found: Evidence) -> Owner:
    return Owner.PROCESS if found.owner is Owner.PROCESS else Owner.MODULE


def _uses(file: File, function: Node, value: Node) -> Iterator[str]:
    """What else a function does with what it returns: "kept" when other code gets hold of it,
    "worked" when it is listened to, piped or written to."""
    binding = file.bindings.resolve(value)
    if binding is None:
        return
    if binding.kind == "param" or not inside(binding.node, function):
        yield "kept"
        return
    for node in file.bindings.references(binding):
        if file.bindings.declares(node):
            continue
        outer = node.parent
        while outer is not None and unwrap(outer).id == node.id:
            outer = outer.parent
        if outer is None or outer.type == "return_statement":
            continue
        if outer.type == "assignment_expression":
            left = outer.child_by_field_name("left")
            if left is None or left.id != node.id:
                yield "kept"
        elif outer.type == "member_expression":
            yield "worked"
        elif outer.type not in ("binary_expression", "unary_expression", "if_statement"):
            yield "kept"


# What an export is as a class, and as it stands.


def _made(file: File, thing: Exported) -> Evidence | None:
    origin = thing.origin
    if origin is None and thing.node is not None and thing.node.type not in CLASSES:
        origin = file.bindings.origin(thing.node)
    if origin is not None:
        return _made_of(file, origin)
    if thing.node is None:
        return None
    body = definition(file, thing.node)
    parent = parent_class(body)
    if parent is not None:
        kind, why = class_of(file, parent)
        why = f"extends {said(file, parent)}, which {why}"
    else:
        name = _name(file, thing.node, body)
        kind, why = class_of(file, name) if name is not None else (None, "")
    if kind is None or not kind.role:
        return None
    return Evidence(Level.PROVEN, kind._replace(finite=False), Owner.HERE, (why,))


def _name(file: File, node: Node, body: Node) -> Node | None:
    """The identifier by which the file knows a constructor function, or a compiled class."""
    if body.type == "function_declaration":
        return body.child_by_field_name("name")
    binding = file.bindings.resolve(unwrap(node))
    return binding.node if binding is not None and body.type == "call_expression" else None


def _made_of(file: File, origin: Origin) -> Evidence | None:
    kind = knowledge.class_kind(origin.module, origin.name, knowledge_of(file))
    if kind is not None:
        why = f"is {a(kind.role)} of {origin.module}"
        return Evidence(Level.PROVEN, kind, Owner.HERE, (why,))
    found = elsewhere.class_kind(file, origin)
    return None if found is None else Evidence(Level.PROVEN, found[0], Owner.HERE, (found[1],))


def _is(file: File, thing: Exported) -> Evidence | None:
    if thing.origin is not None:
        return elsewhere.value(file, thing.origin)
    node = thing.node
    if node is None:
        return None
    body = definition(file, node)
    if body.type in FUNCTIONS or body.type in CLASSES or body.type == "object":
        return None
    found = thing_of(file, node)
    return None if found.level is Level.UNKNOWN else found._replace(owner=_lasting(found))


__all__ = ["agreed", "facts_of", "packed", "returned", "words_of"]
