"""What an expression is: a Node stream by proof, likely, unknown, or not ours. And why.

Evidence is a chain of reasons that can be printed. Nothing here guesses from a name alone: a
name makes a stream likely at best, and only a likely stream is ever reported.

`thing_of` also knows what is no stream but leads to one: a client, a response, a promise. The
modules beside this one each judge one form of expression, and ask it for the parts.
"""

from tree_sitter import Node

from unleak_codemods.streams import (
    calls,
    classes,
    declared_types,
    knowledge,
    members,
    names,
)
from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.classes import class_of, parent_class
from unleak_codemods.streams.declared_types import type_evidence
from unleak_codemods.streams.levels import (
    NOT_OURS,
    UNKNOWN,
    Evidence,
    Level,
    Owner,
    joined,
)
from unleak_codemods.streams.syntax import named, unwrap
from unleak_engine.codemod import File

__all__ = [
    "NOT_OURS",
    "UNKNOWN",
    "Evidence",
    "Level",
    "Owner",
    "class_of",
    "evidence_of",
    "parent_class",
    "thing_of",
    "type_evidence",
]

_DEEPEST = 24


def evidence_of(file: File, node: Node, depth: int = 0) -> Evidence:
    """What `node` is as a stream that may be piped. Never raises; an endless alias chain is
    unknown, and so is what only leads to a stream."""
    return as_stream(thing_of(file, node, depth))


def as_stream(found: Evidence) -> Evidence:
    """`found`, unless it is no Node stream as it stands: a promise, a client, a web stream."""
    if found.level < Level.LIKELY:
        return NOT_OURS if found.level is Level.NOT_OURS else found
    kind = found.kind
    if kind.role == "own-pipe" and not kind.promised:
        return NOT_OURS
    if kind.promised or not kind.role or kind.role.startswith("web-"):
        return found._replace(level=Level.UNKNOWN, kind=knowledge.NOTHING, reasons=())
    return found


def thing_of(file: File, node: Node, depth: int = 0) -> Evidence:
    """What `node` is: a stream, a promise of one, or a thing of a known shape (role "")."""
    node, _ = strip_listeners(file.source, node)
    node = unwrap(node)
    key = ("thing", node.id)
    known = file.memo.get(key)
    if isinstance(known, Evidence):
        return known
    if depth > _DEEPEST:
        return UNKNOWN
    # Until it is known, what leads to itself leads nowhere.
    file.memo[key] = UNKNOWN
    found = _judge(file, node, depth)
    if found.level is Level.UNKNOWN:
        found = declared_types.of_cast(file, node) or found
    file.memo[key] = found
    return found


def _judge(file: File, node: Node, depth: int) -> Evidence:
    match node.type:
        case "identifier" | "shorthand_property_identifier":
            return names.of_name(file, node, depth)
        case "call_expression":
            return calls.of_call(file, node, depth)
        case "new_expression":
            return calls.of_new(file, node, depth)
        case "member_expression" | "subscript_expression":
            return members.of_member(file, node, depth)
        case "this":
            return classes.of_this(file, node, depth)
        case "await_expression" | "yield_expression":
            return calls.of_await(file, node, depth)
        case "assignment_expression" | "augmented_assignment_expression":
            right = node.child_by_field_name("right")
            return thing_of(file, right, depth + 1) if right is not None else UNKNOWN
        case "ternary_expression" | "binary_expression":
            return either(file, [node], depth)
        case "sequence_expression":
            return thing_of(file, named(node)[-1], depth + 1)
        case "arrow_function" | "function_expression" | "string" | "number" | "template_string":
            return NOT_OURS
    return UNKNOWN


def either(file: File, nodes: list[Node], depth: int) -> Evidence:
    """What is one of several expressions. Those that hold nothing at all do not count: piping
    from them would throw."""
    leaves = [leaf for node in nodes for leaf in _leaves(file, node)]
    if not leaves:
        return UNKNOWN
    return joined([thing_of(file, leaf, depth + 1) for leaf in leaves])


_EMPTY = frozenset({"null", "undefined", "string", "number", "true", "false", "void"})


def _leaves(file: File, node: Node) -> list[Node]:
    """The expressions that a conditional may come to, the empty ones left out."""
    node = unwrap(node)
    if node.type in _EMPTY or (node.type == "unary_expression"):
        return []
    if node.type == "identifier" and file.source.bytes(node) == b"undefined":
        return []
    if node.type == "ternary_expression":
        parts = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
        return [leaf for part in parts if part is not None for leaf in _leaves(file, part)]
    operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    if operator is not None and operator.type in ("||", "??", "&&"):
        wanted = ("right",) if operator.type == "&&" else ("left", "right")
        parts = [node.child_by_field_name(name) for name in wanted]
        return [leaf for part in parts if part is not None for leaf in _leaves(file, part)]
    return [] if operator is not None else [node]
