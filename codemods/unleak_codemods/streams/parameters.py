"""What a parameter is: by who calls its function, with what, and by its declared type."""

from collections.abc import Sequence

from tree_sitter import Node

from unleak_codemods.streams import (
    calls,
    classes,
    declared_types,
    evidence,
    handlers,
    knowledge,
    members,
    names,
)
from unleak_codemods.streams.chains import LISTENING
from unleak_codemods.streams.knowledge import knowledge_of
from unleak_codemods.streams.levels import (
    FOREVER,
    NOT_OURS,
    UNKNOWN,
    Evidence,
    Level,
    Owner,
    joined,
    said,
)
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    inside,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_UNKNOWN = UNKNOWN._replace(owner=Owner.PARAMETER)
_ROUNDS = frozenset({"forEach", "map", "filter", "some", "every", "flatMap", "find"})
_ORDER = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")


def of_parameter(file: File, binding: Binding, depth: int) -> Evidence:
    """A parameter, from the surest to the least sure way to know."""
    known = handlers.parameter_role(file, binding)
    found = _UNKNOWN
    if known is not None:
        found = members.from_handler(known)
        if found.proven:
            return found
    typed = declared_types.of_binding(file, binding)
    # Only what neither its place nor its type tells is worth a look at other files.
    alone = known is not None or (typed is not None and typed.proven)
    handed = _of_callers(file, binding, depth, alone=alone)
    if handed.level is Level.NOT_OURS:
        return NOT_OURS
    if handed.level > found.level:
        found = handed
    if not found.proven and typed is not None and typed.level > found.level:
        found = typed._replace(owner=Owner.PARAMETER)
    if not file.bindings.is_constant(binding) and found.level >= Level.LIKELY:
        return _rewritten(file, binding, found, depth)
    return found


def _rewritten(file: File, binding: Binding, found: Evidence, depth: int) -> Evidence:
    """A parameter that the function also assigns to: both may be there."""
    values: list[Node] = []
    for write in file.bindings.writes(binding):
        assigned = wrapped(write).parent
        right = assigned.child_by_field_name("right") if assigned is not None else None
        if assigned is None or assigned.type != "assignment_expression" or right is None:
            return found.at_most(Level.LIKELY)
        values.append(right)
    both = joined([found, evidence.either(file, values, depth + 1)])
    return both._replace(owner=found.owner) if both.owner not in FOREVER else both


def _of_callers(file: File, binding: Binding, depth: int, *, alone: bool = False) -> Evidence:
    function = file.functions.enclosing(binding.node)
    if function is None:
        return _UNKNOWN
    index = _index(file, function, binding)
    if index is None:
        return _UNKNOWN
    uses = _uses(file, function)
    parts = [
        part
        for use in uses
        if (part := _from(file, function, use, index, binding, depth)) is not None
    ]
    if None in uses and not binding.path and not alone:
        parts = _of_others(file, function, index, parts)
    default = (
        _default(file, function, index) if not binding.path else names.pattern_default(binding)
    )
    if default is not None and parts:
        parts.append(evidence.either(file, [default], depth + 1))
    if not parts:
        return _UNKNOWN
    found = joined(parts)
    if found.level is Level.NOT_OURS:
        # Every caller hands over something else; that is no promise for the next one.
        return _UNKNOWN
    if b"arguments" in file.source.bytes(function):
        found = found.at_most(Level.LIKELY)
    owner = found.owner if found.owner in FOREVER else Owner.PARAMETER
    return found._replace(owner=owner, binding=None)


def _of_others(file: File, function: Node, index: int, parts: list[Evidence]) -> list[Evidence]:
    """`parts`, with what other files of the package hand in in the place of anybody's word."""
    from unleak_codemods.streams import elsewhere

    given = elsewhere.argument(file, function, index)
    if given is None:
        return parts
    own = [part for part in parts if part != UNKNOWN]
    return [*given, *(own if function.type == "method_definition" else [])]


def _index(file: File, function: Node, binding: Binding) -> int | None:
    for index, parameter in enumerate(file.functions.parameters(function)):
        if inside(binding.node, parameter):
            return None if parameter.type == "rest_pattern" else index
    return None


def _default(file: File, function: Node, index: int) -> Node | None:
    parameter = file.functions.parameters(function)[index]
    holder = parameter.parent
    if holder is None:
        return None
    if holder.type == "assignment_pattern":
        return holder.child_by_field_name("right")
    if holder.type in ("required_parameter", "optional_parameter"):
        return holder.child_by_field_name("value")
    return None


# Who uses the function: a call of it, or a call that it is handed to. None is anybody.

_Use = tuple[Node, Node | None]
"""(call, the argument that is the function), the latter None when the call calls it."""


def _uses(file: File, function: Node) -> Sequence[_Use | None]:
    place = _place(file, function)
    if place is not None:
        return [place]
    if function.type == "method_definition" or _is_field(function):
        return _method_uses(file, function)
    name = file.functions.binding_of(function)
    if name is None or not file.bindings.is_constant(name):
        return [None]
    found: list[_Use | None] = []
    if _is_exported(file, name):
        found.append(None)
    for use in file.bindings.references(name):
        if file.bindings.declares(use):
            continue
        found.append(_use(file, use))
    return found


def _place(file: File, function: Node) -> _Use | None:
    """The one use of a function that is written where it is used."""
    return (
        _use(file, function) if function.type in ("arrow_function", "function_expression") else None
    )


def _use(file: File, node: Node) -> _Use | None:
    node = _bound(file, wrapped(node))
    parent = node.parent
    if parent is None:
        return None
    if parent.type == "call_expression" and parent.child_by_field_name("function") == node:
        return parent, None
    if parent.type == "arguments" and parent.parent is not None:
        return parent.parent, node
    return None


def _bound(file: File, node: Node) -> Node:
    """`f.bind(this)` for `f`, when it binds no argument."""
    expression = node.parent
    if expression is None or expression.type != "member_expression":
        return node
    call = expression.parent
    found = called_method(call) if call is not None else None
    if call is None or found is None or expression.child_by_field_name("object") != node:
        return node
    if file.source.text(found[1]) != "bind" or len(arguments(call)) != 1:
        return node
    return wrapped(call)


def _is_field(function: Node) -> bool:
    holder = function.parent
    return holder is not None and holder.type in (*classes.FIELDS, "pair")


def _method_uses(file: File, function: Node) -> list[_Use | None]:
    """The calls of a method through `this`; anybody may call it, unless it is private."""
    name = file.functions.name_of(function)
    owner = classes.self_at(file, function.child_by_field_name("body") or function)
    if name is None or owner is None or file.functions.kind(function) in ("constructor", "setter"):
        return [None]
    holder = function if function.type == "method_definition" else function.parent
    private = name.startswith("#") or any(
        child.type == "accessibility_modifier" and file.source.bytes(child) == b"private"
        for child in (holder.children if holder is not None else [])
    )
    found: list[_Use | None] = [] if private else [None]
    for at in _mentions(file, name):
        node = file.source.root.descendant_for_byte_range(at, at + len(name.encode()))
        expression = node.parent if node is not None else None
        if expression is None or expression.type != "member_expression":
            continue
        on = expression.child_by_field_name("object")
        whose = classes.instance(file, on) if on is not None else None
        if whose is not None and whose.key == owner.key:
            found.append(_use(file, expression))
    return found


def _mentions(file: File, name: str) -> list[int]:
    """Where `.name` stands in the file."""
    wanted, data = b"." + name.encode(), file.source.data
    found: list[int] = []
    at = data.find(wanted)
    while at != -1:
        end = at + len(wanted)
        if not (data[end : end + 1].isalnum() or data[end : end + 1] in (b"_", b"$")):
            found.append(at + 1)
        at = data.find(wanted, end)
    return found


def _is_exported(file: File, binding: Binding) -> bool:
    path = file.functions.path_to(binding.declaration)
    return any(step.type == "export_statement" for step in path[-3:])


# What a use hands over.


def _from(
    file: File, function: Node, use: _Use | None, index: int, binding: Binding, depth: int
) -> Evidence | None:
    """What one use gives for the parameter; None when it gives nothing at all for it."""
    if use is None:
        return UNKNOWN
    call, argument = use
    if argument is not None:
        return _as_callback(file, call, argument, index, binding, depth)
    parts = arguments(call)
    if any(part.type == "spread_element" for part in parts[: index + 1]):
        return UNKNOWN
    if index >= len(parts):
        return None
    given = unwrap(parts[index])
    if not binding.path and given.type in ("null", "undefined"):
        return None
    found = members.follow(file, given, binding.path, depth + 1)
    if found.level < Level.LIKELY:
        return found
    name = file.functions.name_of(function)
    line = file.source.position(call.start_byte).line
    place = _ORDER[index] if index < len(_ORDER) else f"{index + 1}th"
    of = f"`{name}`, called" if name else "a function called"
    which = "in" if binding.path else "is"
    called = f"{of} at line {line} with {said(file, given)}"
    return found.because(f"`{binding.name}` {which} the {place} parameter of {called}")


def _as_callback(
    file: File, call: Node, argument: Node, index: int, binding: Binding, depth: int
) -> Evidence:
    """What `call` hands to a callback for its parameter `index`."""
    found = _handed(file, call, argument, index, depth)
    for name in binding.path:
        kind = knowledge.member_kind(
            found.kind, str(name), called=False, knowledge=knowledge_of(file)
        )
        if kind is None or found.level < Level.LIKELY:
            return UNKNOWN
        found = found._replace(kind=kind)
    if found.level < Level.LIKELY:
        return UNKNOWN
    what = found.role or found.kind.shape.rpartition("#")[2]
    target = callee(call)
    to = said(file, target) if target is not None else "a call"
    reason = f"`{binding.name}` is the {what} that {to} hands to its callback"
    return found._replace(owner=Owner.PARAMETER, binding=None).because(reason)


def _handed(file: File, call: Node, argument: Node, index: int, depth: int) -> Evidence:
    target = callee(call)
    if target is None:
        return UNKNOWN
    origin = file.bindings.origin(target)
    if origin is not None:
        kind = knowledge.parameter_kind(origin.module, origin.name, None, index, knowledge_of(file))
        if kind is None:
            return UNKNOWN
        why = f"{said(file, target)} is of {origin.module}"
        return Evidence(Level.PROVEN, kind, Owner.PARAMETER, (why,))
    method = called_method(call)
    if method is None:
        return UNKNOWN
    receiver, text = method[0], file.source.text(method[1])
    if text in _ROUNDS and index == 0 and (parts := members.elements(file, receiver)):
        return evidence.either(file, parts, depth + 1)
    base = evidence.thing_of(file, receiver, depth + 1)
    if base.level < Level.LIKELY:
        return UNKNOWN
    first = arguments(call)[0]
    if text == "then":
        fits = base.kind.promised and index == 0 and wrapped(first) == argument
        return calls.awaited(base) if fits else UNKNOWN
    if text in LISTENING:
        event = string_value(first, file.source.text(first))
        kind = (
            knowledge.listener_kind(base.kind, event, index, knowledge_of(file))
            if event is not None
            else None
        )
    else:
        kind = knowledge.callback_kind(base.kind, text, index, knowledge_of(file))
    return base._replace(kind=kind) if kind is not None else UNKNOWN
