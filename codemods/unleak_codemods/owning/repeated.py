"""Calls that may be made again and again on one and the same stream."""

from tree_sitter import Node

from unleak_codemods.owning.settled import link_of
from unleak_codemods.streams import handlers
from unleak_codemods.streams.syntax import (
    ancestors,
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    unwrap,
    wrapped,
)
from unleak_engine.codemod import File
from unleak_engine.flow import completes

_AGAIN = frozenset({"on", "addListener", "forEach", "map", "setInterval"})


def repeated(file: File, call: Node, stream: Node) -> bool:
    """Whether `call` is surely made more than once on one stream: in a loop, a request handler or
    a listener that the declaration of `stream`, a name that is never set anew, stands outside of.
    """
    binding = file.bindings.resolve(stream) if stream.type == "identifier" else None
    if binding is None or not file.bindings.is_constant(binding):
        return False
    loop = file.functions.enclosing_loop(call)
    if loop is not None and not inside(binding.node, loop) and _comes_round(file, call):
        return True
    function = _repeated_function(file, call)
    return function is not None and not inside(binding.node, function)


def _comes_round(file: File, call: Node) -> bool:
    """Whether the loop goes on after the call, as far as its own block tells."""
    statement = file.functions.statement_of(call)
    while in_block(statement) and statement.parent is not None:
        block = statement.parent
        after = [n for n in block.named_children if n.start_byte >= statement.start_byte]
        if not all(completes(node) for node in after) or statement.type == "return_statement":
            return False
        holder = block.parent
        if holder is None or holder.type not in ("if_statement", "try_statement"):
            return True
        statement = holder
    return True


def _repeated_function(file: File, call: Node) -> Node | None:
    """The function around `call` that runs once for each request or event."""
    handler = handlers.serving_at(file, call)
    function = file.functions.enclosing(call)
    while function is not None:
        if handler is not None and handler.sure and handler.function == function:
            return function
        holder = wrapped(function).parent
        outer = holder.parent if holder is not None and holder.type == "arguments" else None
        target = callee(outer) if outer is not None and outer.type == "call_expression" else None
        method = called_method(outer) if target is not None and outer is not None else None
        name = method[1] if method is not None else target
        if name is not None and file.source.text(name) in _AGAIN:
            return function
        parent = function.parent
        function = file.functions.enclosing(parent) if parent is not None else None
    return None


def race_around(file: File, call: Node) -> Node | None:
    """The call of `Promise.race` or `Promise.any` that `call` is a runner of."""
    node = wrapped(call)
    while (link := link_of(node)) is not None:
        node = wrapped(link[1])
    parent = node.parent
    if parent is None or parent.type != "array":
        return None
    race = next((n for n in ancestors(parent) if n.type != "arguments"), None)
    if race is None or race.type != "call_expression" or unwrap(arguments(race)[0]) != parent:
        return None
    target = callee(race)
    said = file.source.text(target) if target is not None else ""
    return race if said in ("Promise.race", "Promise.any") else None
