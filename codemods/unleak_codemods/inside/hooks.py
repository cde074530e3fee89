"""The hooks of a stage: the methods that Node calls on it."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.classes import FIELDS
from unleak_codemods.streams.syntax import FUNCTIONS, unwrap
from unleak_engine.codemod import File

CALLBACKS = {
    "transform": 2,
    "write": 2,
    "writev": 1,
    "flush": 0,
    "final": 0,
    "destroy": 1,
    "construct": 0,
}
"""Which parameter of a hook is its callback."""

_MEMBERS = FIELDS | {"pair", "method_definition"}


class Hook(NamedTuple):
    """One method that Node calls on a stage, as the file writes it.

    `name` is one of `CALLBACKS`, without an underscore. `callback`, `chunk` (the chunks of
    `writev`) and `encoding` are the names of its parameters, None where it has none or takes it
    apart. `owns_this`: `this` in it is the stage, which it is not in an arrow. `shared`: the
    function stands elsewhere and is only named here, so that others may call it too.
    """

    name: str
    function: Node
    callback: str | None
    chunk: str | None
    encoding: str | None
    owns_this: bool
    shared: bool


def hooks_among(file: File, parts: list[Node], prefix: str) -> Iterator[Hook]:
    for part in parts:
        key = next(
            (n for f in ("key", "name", "property") if (n := part.child_by_field_name(f))), None
        )
        if part.type == "shorthand_property_identifier":
            hook = hook_named(file, file.source.text(part), part, prefix)
        elif key is None or any(child.type == "static" for child in part.children):
            continue
        else:
            value = part if part.type == "method_definition" else part.child_by_field_name("value")
            if value is None or (part.type not in _MEMBERS):
                continue
            hook = hook_named(file, file.source.text(key).strip("'\""), value, prefix)
        if hook is not None:
            yield hook


def hook_named(file: File, name: str, value: Node, prefix: str) -> Hook | None:
    name = name.removeprefix(prefix) if name.startswith(prefix) else ""
    function = function_meant(file, value) if name in CALLBACKS else None
    if function is None:
        return None
    index = CALLBACKS[name]
    ask = file.functions.parameter_name
    takes = name in ("transform", "write", "writev")
    return Hook(
        name,
        function,
        ask(function, index),
        ask(function, 0) if takes else None,
        ask(function, 1) if takes and index == 2 else None,
        function.type != "arrow_function",
        function.id != unwrap(value).id,
    )


def function_meant(file: File, value: Node) -> Node | None:
    """The function that an expression is, or names."""
    value = unwrap(value)
    if value.type in FUNCTIONS:
        return value
    if value.type not in ("identifier", "shorthand_property_identifier"):
        return None
    binding = file.bindings.resolve(value)
    if binding is None or binding.path or not file.bindings.is_constant(binding):
        return None
    if binding.kind == "function":
        return binding.declaration
    held = unwrap(binding.value) if binding.value is not None else None
    return held if held is not None and held.type in FUNCTIONS else None
