"""Calls of `once` of node:events, and the signals they are given."""

from dataclasses import dataclass

from tree_sitter import Node

from unleak_codemods.drains.waits import SETTLED
from unleak_codemods.streams.chains import LISTENING
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    member,
    string_value,
    unwrap,
    walk,
)
from unleak_engine.codemod import File


@dataclass(frozen=True, slots=True)
class Once:
    """A call of `once` of node:events. `options` is its third argument."""

    call: Node
    receiver: Node
    event: str | None
    options: Node | None


def once_call(file: File, call: Node) -> Once | None:
    function = callee(call) if call.type == "call_expression" else None
    origin = file.bindings.origin(function) if function is not None else None
    if origin is None or bare(origin.module) != "events":
        return None
    if origin.name.rpartition(".")[2] != "once":
        return None
    parts = arguments(call)
    if not 2 <= len(parts) <= 3 or parts[0].type == "spread_element":
        return None
    event = string_value(parts[1], file.source.text(parts[1]))
    return Once(call, parts[0], event, parts[2] if len(parts) > 2 else None)


def controller_of(file: File, options: Node) -> str | None:
    """The name of the controller whose signal `{ signal: controller.signal }` passes on."""
    for node in walk(options):
        found = member(node)
        if found is not None and file.source.text(found[1]) == "signal":
            return file.source.text(found[0])
        if node.type in ("identifier", "shorthand_property_identifier"):
            binding = file.bindings.resolve(node)
            value = unwrap(binding.value) if binding and binding.value else None
            if binding is None or value is None:
                continue
            if binding.path == ("signal",) and value.type == "identifier":
                return file.source.text(value)
            found = member(value)
            if found is not None and file.source.text(found[1]) == "signal":
                return file.source.text(found[0])
    return None


def aborted_on_close(file: File, options: Node) -> bool:
    """Whether the signal in `options` is one that a 'close' listener of this file aborts."""
    name = controller_of(file, options)
    if name is None:
        return False
    for node in walk(file.source.root):
        if node.type != "call_expression" or (method := called_method(node)) is None:
            continue
        if file.source.text(method[1]) not in LISTENING or not arguments(node):
            continue
        event = arguments(node)[0]
        told = string_value(event, file.source.text(event)) in SETTLED | {"aborted"}
        if told and f"{name}.abort" in file.source.text(node):
            return True
    return False
