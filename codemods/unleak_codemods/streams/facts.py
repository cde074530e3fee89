"""The small part of a file that other files are judged by: its exports, and its calls of theirs.

Both are plain data. A kind crosses as the words of `knowledge.toml`, evidence as a map of level,
kind, owner and printed reasons.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from tree_sitter import Node

from unleak_codemods.streams import elsewhere, knowledge
from unleak_codemods.streams.evidence import (
    Evidence,
    Level,
    Owner,
    class_of,
    evidence_of,
    parent_class,
)
from unleak_codemods.streams.exporting import CLASSES, definition, resolved, stars_of
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.syntax import FUNCTIONS, callee, inside, named, unwrap
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File
from unleak_engine.exports import Exported
from unleak_engine.facts import Facts

_NOTHING = frozenset({"null", "undefined"})


def words_of(kind: Kind) -> str:
    """The words that `knowledge.kind_of` reads as `kind`, but for `opaque`."""
    words = [kind.role, kind.shape, kind.needs]
    words += [kind.model] if kind.model not in ("core", "web") else []
    words += [kind.lifetime] if kind.lifetime != "here" else []
    words += [f"argument:{kind.passes}"] if kind.passes is not None else []
    flags = (("finite", kind.finite), ("fed", kind.fed), ("await", kind.promised))
    words += [word for word, holds in flags if holds]
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
    kind = knowledge.call_kind(origin.module, origin.name, knowledge_of(file))
    if kind is None:
        return elsewhere.called(file, origin)
    why = f"`{origin.name or origin.module}` of {origin.module} gives a {kind.role}"
    # Nobody has looked at the options that the call hands through.
    kind = kind._replace(finite=False, opaque=True)
    return Evidence(Level.PROVEN, kind, Owner.HERE, (why,))


def returned(file: File, function: Node) -> Evidence | None:
    """What every return of `function` gives, None when they differ or one is not known.

    What comes without a value, or as null, would fail where it is piped, so it says nothing. An
    async function gives a promise of it.
    """
    kind = file.functions.kind(function)
    if "generator" in kind or kind in ("setter", "constructor"):
        return None
    if file.functions.is_downlevelled_async(function):
        return None
    values = [
        value
        for statement in file.functions.completions(function).returns
        if (value := _value(file, statement)) is not None
    ]
    judged = [_handed_out(file, function, value) for value in values]
    found = agreed(judged)
    if found is None or found.level is Level.NOT_OURS:
        return found
    promised = found.kind.promised or file.functions.is_async(function)
    return found._replace(kind=found.kind._replace(finite=False, promised=promised), binding=None)


def _value(file: File, statement: Node) -> Node | None:
    """What a return statement, or the body of an arrow, gives; None for nothing and for null."""
    value = statement
    if statement.type == "return_statement":
        inner = named(statement)
        if not inner:
            return None
        value = inner[0]
    value = unwrap(value)
    return None if value.type in _NOTHING or file.source.text(value) == "void 0" else value


def _handed_out(file: File, function: Node, value: Node) -> Evidence:
    """What one return gives. It is made for the caller only if nothing keeps it."""
    found = evidence_of(file, value)
    if found.owner is Owner.PROCESS or found.level is Level.NOT_OURS:
        return found
    if found.binding is None:
        return found if found.owner is Owner.HERE else found._replace(owner=Owner.MODULE)
    declared = file.functions.enclosing(found.binding.node)
    if found.owner is not Owner.HERE or declared is None or not inside(declared, function):
        return found._replace(owner=Owner.MODULE)
    used = set(_uses(file, found))
    if "kept" in used:
        return found._replace(owner=Owner.MODULE)
    return found._replace(kind=found.kind._replace(opaque=found.kind.opaque or "worked" in used))


def _uses(file: File, found: Evidence) -> Iterator[str]:
    """What else a function does with what it returns: "kept" when other code gets hold of it,
    "worked" when it is listened to, piped or written to."""
    assert found.binding is not None
    for node in file.bindings.references(found.binding):
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
    body = definition(file, thing.node) if thing.node is not None else None
    if body is None:
        return None
    parent = parent_class(body) or _inherited(file, body)
    if parent is None:
        return None
    kind, why = class_of(file, parent)
    if kind is None or not kind.role:
        return None
    said = f"extends `{_short(file, parent)}`, which {why}"
    return Evidence(Level.PROVEN, kind._replace(finite=False), Owner.HERE, (said,))


def _made_of(file: File, origin: Origin) -> Evidence | None:
    kind = knowledge.class_kind(origin.module, origin.name, knowledge_of(file))
    if kind is not None:
        why = f"is a {kind.role} of {origin.module}"
        return Evidence(Level.PROVEN, kind, Owner.HERE, (why,))
    found = elsewhere.class_kind(file, origin)
    return None if found is None else Evidence(Level.PROVEN, found[0], Owner.HERE, (found[1],))


def _inherited(file: File, function: Node) -> Node | None:
    """What a function is made to extend: `util.inherits(Sink, Writable)`."""
    if function.type != "function_declaration":
        return None
    binding = file.functions.binding_of(function)
    for node in file.bindings.references(binding) if binding is not None else ():
        holder = node.parent
        call = holder.parent if holder is not None and holder.type == "arguments" else None
        target = callee(call) if call is not None and call.type == "call_expression" else None
        given = named(holder) if holder is not None else []
        if target is None or len(given) != 2 or given[0].id != node.id:
            continue
        origin = file.bindings.origin(target)
        where = (knowledge.bare(origin.module), origin.name) if origin is not None else None
        if where in (("util", "inherits"), ("inherits", ""), ("inherits", "default")):
            return unwrap(given[1])
    return None


def _is(file: File, thing: Exported) -> Evidence | None:
    if thing.origin is not None:
        return elsewhere.value(file, thing.origin)
    node = thing.node
    if node is None:
        return None
    body = definition(file, node)
    if body.type in FUNCTIONS or body.type in CLASSES or body.type == "object":
        return None
    binding = file.bindings.resolve(node)
    if binding is not None and binding.kind == "import":
        origin = file.bindings.origin(node)
        return elsewhere.value(file, origin) if origin is not None else None
    # The name in `{ log }` is no expression; where it is declared says what it is.
    found = evidence_of(file, binding.node if binding is not None else node)
    owner = Owner.PROCESS if found.owner is Owner.PROCESS else Owner.MODULE
    return found._replace(owner=owner, binding=None)


def _short(file: File, node: Node) -> str:
    text = " ".join(file.source.text(node).split())
    return text if len(text) <= 50 else text[:47] + "…"


__all__ = ["agreed", "facts_of", "packed", "returned", "words_of"]
