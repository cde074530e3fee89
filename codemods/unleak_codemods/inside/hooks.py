"""The hooks of a stage: the methods that Node calls on it."""

from collections.abc import Iterable, Iterator
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

_UNCALLED = {
    "Readable": frozenset(CALLBACKS) - {"destroy", "construct"},
    "Writable": frozenset({"transform", "flush"}),
    "Duplex": frozenset({"transform", "flush"}),
}
_NO_HOOK = frozenset({"static", "get", "set"})
_MEMBERS = FIELDS | {"pair", "method_definition"}


class Hook(NamedTuple):
    """One method that Node calls on a stage, as the file writes it.

    `name` is one of `CALLBACKS`, without an underscore. `callback`, `chunk` (the chunks of
    `writev`) and `encoding` are the names of its parameters, None where it has none or takes it
    apart. `owns_this`: `this` in it is the stage, which it is not in an arrow. `shared`: the
    function stands elsewhere and is only named here, so that others may call it too. `at` is where
    its name stands, or for one that has none there the function.
    """

    name: str
    function: Node
    callback: str | None
    chunk: str | None
    encoding: str | None
    owns_this: bool
    shared: bool
    at: Node


def called_by(base: str, hooks: Iterable[Hook]) -> tuple[Hook, ...]:
    """Those of `hooks` that a class of Node calls by itself."""
    none = _UNCALLED.get(base, frozenset())
    return tuple(hook for hook in hooks if hook.name not in none)


def hooks_among(file: File, parts: list[Node], prefix: str) -> Iterator[Hook]:
    """The hooks among the members of a class or an object, whose names begin with `prefix`."""
    for part in parts:
        key = next(
            (n for f in ("key", "name", "property") if (n := part.child_by_field_name(f))), None
        )
        if part.type == "shorthand_property_identifier":
            hook = hook_named(file, part, part, prefix)
        elif key is None or any(child.type in _NO_HOOK for child in part.children):
            continue
        else:
            value = part if part.type == "method_definition" else part.child_by_field_name("value")
            if value is None or (part.type not in _MEMBERS):
                continue
            hook = hook_named(file, key, value, prefix)
        if hook is not None:
            yield hook


def hook_named(
    file: File, at: Node, value: Node, prefix: str, named_as: str | None = None
) -> Hook | None:
    """The hook whose name stands at `at`, unless it is `named_as` by where it stands. None for
    any other method, and for what is no function of this file."""
    name = named_as or file.source.text(at).strip("'\"")
    name = name.removeprefix(prefix) if name.startswith(prefix) else ""
    function = function_meant(file, value) if name in CALLBACKS else None
    if function is None:
        return None
    index = CALLBACKS[name]
    ask = file.functions.parameter_name
    if len(file.functions.parameters(function)) > index + 1:
        # What takes more than Node gives means something else by them.
        return None
    takes = name in ("transform", "write", "writev")
    return Hook(
        name,
        function,
        ask(function, index),
        ask(function, 0) if takes else None,
        ask(function, 1) if takes and index == 2 else None,
        function.type != "arrow_function",
        function.id != unwrap(value).id,
        at,
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
