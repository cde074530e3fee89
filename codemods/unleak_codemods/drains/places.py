"""Where a wait stands: which loop writes, who waits for its function, what catches."""

from tree_sitter import Node

from unleak_codemods.streams import handlers
from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.syntax import (
    ancestors,
    called_method,
    inside,
    member,
    unwrap,
    wrapped,
)
from unleak_engine.codemod import File

_STAGE_OPTIONS = frozenset(
    {"write", "writev", "final", "transform", "flush", "read", "destroy", "construct"}
)
_STAGE_METHODS = frozenset("_" + name for name in _STAGE_OPTIONS)
_STREAMS = frozenset({"readable", "writable", "duplex"})
_CHAINING = frozenset({"then", "catch", "finally"})
_GATHERING = frozenset({"map", "flatMap"})
_FORGETTING = frozenset(
    {
        *("forEach", "some", "every", "filter", "find", "findIndex", "reduce", "subscribe"),
        *("on", "once", "addListener", "prependListener", "addEventListener"),
        *("setTimeout", "setInterval", "setImmediate", "nextTick", "queueMicrotask"),
    }
)


def writing_loop(file: File, receiver: Node, near: Node) -> Node | None:
    """The outermost loop of the function that writes to the stream again and again."""
    root = unwrap(receiver)
    while (found := member(root)) is not None:
        root = found[0]
    binding = file.bindings.resolve(root) if root.type == "identifier" else None
    best: Node | None = None
    loop = file.functions.enclosing_loop(near)
    while loop is not None:
        if binding is not None and inside(binding.node, loop):
            break
        if f"{file.source.text(receiver)}.write(" in file.source.text(loop):
            best = loop
        loop = file.functions.enclosing_loop(loop)
    return best


def callback_use(file: File, near: Node) -> str:
    """Who waits for the function around `near`: awaited, unknown, forgotten, or stage for a
    method that a stream calls."""
    function = file.functions.enclosing(near)
    if function is None:
        return "awaited"
    name = (file.functions.name_of(function) or "").rpartition(".")[2]
    if name in _STAGE_METHODS:
        return "stage"
    if function.type not in ("arrow_function", "function_expression", "method_definition"):
        return "awaited"
    outer = wrapped(function).parent
    if outer is not None and outer.type in ("pair", "object") and name in _STAGE_OPTIONS:
        return "stage" if _options_of_stage(file, function) else "awaited"
    if outer is None or outer.type != "arguments" or outer.parent is None:
        return "awaited"
    call = outer.parent
    if call.type == "new_expression":
        return "forgotten"
    if handlers.handler_of(file, function) is not None:
        return "awaited"
    method = called_method(call)
    called = call.child_by_field_name("function")
    word = file.source.text(method[1]) if method is not None else ""
    word = word or (file.source.text(called) if called is not None else "")
    if word in _CHAINING:
        return "awaited"
    if word in _FORGETTING:
        return "forgotten"
    if word in _GATHERING:
        holder = wrapped(call).parent
        gathered = holder.parent if holder is not None and holder.type == "arguments" else None
        whole = called_method(gathered) if gathered is not None else None
        all_of = whole is not None and file.source.text(whole[0]) == "Promise"
        return "unknown" if all_of else "forgotten"
    return "unknown"


def _options_of_stage(file: File, function: Node) -> bool:
    for node in ancestors(function):
        if node.type == "new_expression":
            return evidence_of(file, node).role in _STREAMS
        if node.type not in ("pair", "object", "arguments"):
            return False
    return False


def enclosing_catch(file: File, near: Node) -> Node | None:
    """The `try` whose `catch` an error thrown at `near` meets, within its own function."""
    for statement in file.functions.enclosing_try(near):
        if statement.child_by_field_name("handler") is not None:
            return statement
    return None
