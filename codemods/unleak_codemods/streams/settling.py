"""What a handler does to the promise around it: resolves it, rejects it, or more than that."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import FUNCTIONS, arguments, named, unwrap, walk
from unleak_engine.codemod import File


class Settling(NamedTuple):
    """`how` is resolve, reject, mapped (rejects with another error than it was given) or more.

    `value` is the expression a resolve passes on, None for none.
    """

    how: str
    value: Node | None = None


MORE = Settling("more")


def settling(file: File, handler: Node | None, resolve: str, reject: str | None) -> Settling:
    """What `handler` does, given the executor's names for its two functions."""
    if handler is None:
        return MORE
    if handler.type == "identifier":
        name = file.source.text(handler)
        if name == resolve:
            return Settling("resolve")
        return Settling("reject") if name == reject else MORE
    if handler.type not in FUNCTIONS or file.functions.is_async(handler):
        return MORE
    call = _only_call(handler)
    if call is None or call.type != "call_expression":
        return MORE
    function = call.child_by_field_name("function")
    if function is None or function.type != "identifier":
        return MORE
    given = [file.source.text(node) for node in file.functions.parameters(handler)]
    parts = arguments(call)
    name = file.source.text(function)
    if name == resolve:
        if not parts:
            return Settling("resolve")
        if len(parts) > 1 or _mentions(file, parts[0], given):
            return MORE
        return Settling("resolve", parts[0])
    if name == reject:
        if len(parts) == 1 and given and file.source.text(unwrap(parts[0])) == given[0]:
            return Settling("reject")
        return Settling("mapped", parts[0] if parts else None)
    return MORE


def _only_call(handler: Node) -> Node | None:
    """The one call a handler's body consists of."""
    body = handler.child_by_field_name("body")
    if body is None:
        return None
    if body.type != "statement_block":
        return unwrap(body)
    statements = named(body)
    if len(statements) != 1 or statements[0].type not in (
        "expression_statement",
        "return_statement",
    ):
        return None
    inner = named(statements[0])
    return unwrap(inner[0]) if inner else None


def _mentions(file: File, node: Node, names: list[str]) -> bool:
    return any(n.type == "identifier" and file.source.text(n) in names for n in walk(node))
