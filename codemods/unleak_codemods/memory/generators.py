"""Transform classes that a generator could be, as far as their text decides it."""

import re

from tree_sitter import Node

from unleak_codemods.streams.classes import class_of
from unleak_codemods.streams.pipeline_calls import pipeline_call
from unleak_codemods.streams.syntax import ancestors, arguments, callee, inside, named, unwrap, walk
from unleak_engine.codemod import File

_METHODS = frozenset(["constructor", "_transform", "_flush"])
_MODE = re.compile(r"super\(\s*\{\s*(?:objectMode|readableObjectMode):\s*true,?\s*\}\s*\)")


def is_generator(file: File, declared: Node) -> bool:
    """Whether the class `declared` is a Transform in object mode that does nothing but push, and
    the only instance of it is a stage between two others in a pipeline."""
    body = declared.child_by_field_name("body")
    name = declared.child_by_field_name("name")
    exported = declared.parent is not None and declared.parent.type == "export_statement"
    if body is None or name is None or exported or not _only_pushes(file, body):
        return False
    binding = file.bindings.lookup(file.source.text(name), declared)
    heritage = next((c for c in named(declared) if c.type == "class_heritage"), None)
    if binding is None or heritage is None:
        return False
    uses = [use for use in file.bindings.references(binding) if not file.bindings.declares(use)]
    made = uses[0].parent if len(uses) == 1 else None
    if made is None or made.type != "new_expression" or callee(made) != uses[0] or arguments(made):
        return False
    kind, _ = class_of(file, uses[0])
    if kind is None or kind.role != "duplex" or not kind.core or not _is_transform(file, heritage):
        return False
    return _is_stage(file, made)


def _is_transform(file: File, heritage: Node) -> bool:
    parents = [node for node in walk(heritage) if node.type in ("identifier", "member_expression")]
    return bool(parents) and file.bindings.is_import(unwrap(parents[0]), {"stream"}, "Transform")


def _is_stage(file: File, made: Node) -> bool:
    """Whether the instance stands between two others in a pipeline that runs once for it: not in a
    chain of `.pipe()`, which takes no generator."""
    for node in ancestors(made):
        call = pipeline_call(file, node) if node.type == "call_expression" else None
        if call is not None and call.whole_seen:
            return any(unwrap(stage) == made for stage in call.stages[1:-1])
    return False


def _only_pushes(file: File, body: Node) -> bool:
    methods = [node for node in named(body) if node.type == "method_definition"]
    if len(methods) < len(named(body)):
        return False
    names = {file.source.text(name) for m in methods if (name := m.child_by_field_name("name"))}
    if "_transform" not in names or not names <= _METHODS:
        return False
    if any(_does_more(file, method) for method in methods):
        return False
    text = file.source.text(body)
    if _MODE.search(text) is None:
        return False
    return re.search(r"\bthis\b(?!\.push\()", text) is None and "async" not in text


def _does_more(file: File, method: Node) -> bool:
    """Whether a method calls back later, from a function of its own, or a constructor has work of
    its own to do: the generator would have to wait for the one, and has no place for the other."""
    name, body = (method.child_by_field_name(field) for field in ("name", "body"))
    if name is None or body is None:
        return True
    if file.source.text(name) == "constructor":
        return len(named(body)) != 1
    given = method.child_by_field_name("parameters")
    last = named(given)[-1] if given is not None and named(given) else None
    pattern = last.child_by_field_name("pattern") if last is not None else None
    callback = pattern if pattern is not None else last
    binding = file.bindings.resolve(callback) if callback is not None else None
    uses = file.bindings.references(binding) if binding is not None else ()
    return any(inside(use, body) and file.functions.enclosing(use) != method for use in uses)
