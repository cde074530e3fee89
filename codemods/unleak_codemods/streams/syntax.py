"""Small questions about JavaScript syntax that stream knowledge asks again and again."""

import re
from collections.abc import Iterator

from tree_sitter import Node

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    }
)
_WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
    }
)


def named(node: Node) -> list[Node]:
    """The named children without comments."""
    return [child for child in node.named_children if child.type != "comment"]


def unwrap(node: Node) -> Node:
    """`node` without parentheses, casts and `!`."""
    while node.type in _WRAPPERS:
        inner = named(node)
        if not inner:
            return node
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def wrapped(node: Node) -> Node:
    """The outermost parentheses or cast around `node`, `node` itself without any."""
    while node.parent is not None and node.parent.type in _WRAPPERS:
        node = node.parent
    return node


def arguments(call: Node) -> list[Node]:
    node = call.child_by_field_name("arguments")
    return named(node) if node is not None and node.type == "arguments" else []


def callee(call: Node) -> Node | None:
    """What a call or `new` expression calls, unwrapped; `(0, f)` counts as `f`."""
    field = "constructor" if call.type == "new_expression" else "function"
    node = call.child_by_field_name(field)
    if node is None:
        return None
    node = unwrap(node)
    if node.type == "sequence_expression":
        parts = named(node)
        return unwrap(parts[-1]) if parts else None
    return node


def member(node: Node | None) -> tuple[Node, Node] | None:
    """(object, property) of a plain member expression, None for anything else."""
    if node is None or node.type != "member_expression":
        return None
    owner = node.child_by_field_name("object")
    name = node.child_by_field_name("property")
    if owner is None or name is None:
        return None
    return unwrap(owner), name


def called_method(call: Node) -> tuple[Node, Node] | None:
    """(receiver, property) of `receiver.property(…)`."""
    return member(callee(call)) if call.type == "call_expression" else None


def ancestors(node: Node) -> Iterator[Node]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def in_block(statement: Node) -> bool:
    """Whether more statements may be put beside `statement`: it is no bare body of an `if`."""
    holder = statement.parent
    blocks = ("statement_block", "program", "switch_case", "switch_default", "class_static_block")
    return holder is not None and holder.type in blocks


def inside(node: Node, other: Node) -> bool:
    """Whether `node` lies in `other`, or is it."""
    return other.start_byte <= node.start_byte and node.end_byte <= other.end_byte


def in_one_tick(data: bytes, one: Node, other: Node) -> bool:
    """Whether nothing between the two nodes, both of the same function, can wait for anything."""
    between = data[one.end_byte : other.start_byte]
    return b"await" not in between and b"yield" not in between


def same(one: Node, other: Node) -> bool:
    return one.id == other.id


def string_value(node: Node | None, text: str) -> str | None:
    """The value of a plain string literal whose source text is `text`."""
    if node is None or node.type != "string":
        return None
    return text[1:-1] if "\\" not in text else None


_HIGHEST = 6


def calls_saying(within: Node, data: bytes, words: re.Pattern[bytes]) -> Iterator[Node]:
    """The calls below `within` in whose own name, or plain arguments, `words` stand; others may
    be among them. `data` is the whole file. Saves a walk over all of its nodes."""
    seen: set[int] = set()
    for hit in words.finditer(data, within.start_byte, within.end_byte):
        node = within.descendant_for_byte_range(hit.start(), hit.end())
        for _ in range(_HIGHEST):
            if node is None or node.type == "call_expression":
                break
            node = node.parent
        if node is not None and node.type == "call_expression" and node.id not in seen:
            seen.add(node.id)
            yield node


def walk(node: Node, *, into_functions: bool = True) -> Iterator[Node]:
    """`node` and everything below it, in text order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current.type in FUNCTIONS and not into_functions and not same(current, node):
            continue
        stack.extend(reversed(current.children))
