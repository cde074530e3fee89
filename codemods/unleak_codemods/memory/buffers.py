"""Calls that make a buffer of a given size, and whether what they are given is a number."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import arguments, called_method, callee, member, unwrap
from unleak_engine.codemod import File

_MODULES = {"buffer", "safe-buffer"}
_NUMERIC = frozenset(["-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>"])
_COUNTS = frozenset(["parseInt", "parseFloat", "Number"])
_DEEPEST = 8


class Allocation(NamedTuple):
    """A call that makes a buffer. `made` is what its text calls it, `size` its first argument.
    `zeroed` tells whether Node fills the bytes with zeros: `new Buffer(n)` does, since Node 8."""

    call: Node
    made: str
    size: Node
    zeroed: bool = False


def allocation_at(file: File, name: Node) -> Allocation | None:
    """The call that `name` (`allocUnsafe`, `SlowBuffer`, `Buffer`) is the callee of, when Node's
    own Buffer makes it; None for anything else."""
    target = name
    if name.type == "property_identifier":
        if name.parent is None or (link := member(name.parent)) is None or link[1] != name:
            return None
        target = name.parent
    call = target.parent
    if call is None or call.type not in ("call_expression", "new_expression"):
        return None
    if callee(call) != target or not (given := arguments(call)):
        return None
    text = file.source.text(name)
    if given[0].type == "spread_element":
        return None
    if text in ("allocUnsafe", "allocUnsafeSlow"):
        if len(given) > 1:
            return None  # what is ignored there is what to fill with in `Buffer.alloc(size, fill)`
        link = member(target)
        if link is None or not _is_buffer(file, link[0]):
            return None
        return Allocation(call, f"Buffer.{text}()", given[0])
    if text == "SlowBuffer":
        if len(given) > 1 or not file.bindings.is_import(target, _MODULES, "SlowBuffer"):
            return None
        taken = file.bindings.lookup("Buffer", call)
        if taken is not None and not file.bindings.is_import(taken.node, _MODULES, "Buffer"):
            return None
        return Allocation(call, "SlowBuffer", given[0])
    if target.type != "identifier" or not _is_buffer(file, target, strict=True):
        return None
    return Allocation(call, "new Buffer()", given[0], zeroed=True)


def _is_buffer(file: File, node: Node, *, strict: bool = False) -> bool:
    """Whether `node` is Node's Buffer: the global one, that of its module, or, unless `strict`,
    a variable of that name that holds what some object calls so (`const Buffer = util.Buffer`)."""
    if file.bindings.is_import(node, _MODULES, "Buffer"):
        return True
    if node.type != "identifier" or file.source.text(node) != "Buffer":
        return False
    binding = file.bindings.resolve(node)
    if binding is None:
        return True
    if strict or binding.value is None or binding.path or not file.bindings.is_constant(binding):
        return False
    link = member(unwrap(binding.value))
    return link is not None and file.source.text(link[1]) == "Buffer"


def number_of(file: File, node: Node, depth: int = 0) -> int | None:
    """The whole number that `node` always is, None when that is not seen."""
    node = unwrap(node)
    if depth > _DEEPEST:
        return None
    if node.type == "number":
        try:
            return int(file.source.text(node).replace("_", ""), 0)
        except ValueError:
            return None
    if node.type == "binary_expression":
        sides = [node.child_by_field_name(side) for side in ("left", "right")]
        values = [number_of(file, side, depth + 1) if side is not None else None for side in sides]
        operator = node.child_by_field_name("operator")
        return _computed(operator.type if operator is not None else "", values[0], values[1])
    value = _constant(file, node)
    return number_of(file, value, depth + 1) if value is not None else None


def _computed(operator: str, left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return None
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "<<":
            return left << right if 0 <= right < 32 else None
    return None


def is_number(file: File, node: Node, depth: int = 0) -> bool:
    """Whether `node` is a number for certain."""
    node = unwrap(node)
    if depth > _DEEPEST:
        return False
    match node.type:
        case "number" | "update_expression":
            return True
        case "unary_expression":
            operator = node.child_by_field_name("operator")
            return operator is not None and operator.type in ("-", "+", "~")
        case "binary_expression":
            return _is_numeric(file, node, depth)
        case "ternary_expression":
            parts = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
            return all(part is not None and is_number(file, part, depth + 1) for part in parts)
        case "member_expression":
            link = member(node)
            return link is not None and file.source.text(link[1]) in ("length", "byteLength")
        case "call_expression":
            return _counts(file, node)
    value = _constant(file, node)
    return value is not None and is_number(file, value, depth + 1)


def _is_numeric(file: File, node: Node, depth: int) -> bool:
    operator = node.child_by_field_name("operator")
    if operator is None:
        return False
    if operator.type in _NUMERIC:
        # A bigint is no size: whatever is computed from two of them would throw in both forms.
        return True
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    return operator.type == "+" and all(
        side is not None and is_number(file, side, depth + 1) for side in sides
    )


def _counts(file: File, call: Node) -> bool:
    function = callee(call)
    if function is None:
        return False
    if function.type == "identifier":
        text = file.source.text(function)
        return text in _COUNTS and file.bindings.resolve(function) is None
    method = called_method(call)
    if method is None or method[0].type != "identifier":
        return False
    owner = file.source.text(method[0])
    if owner == "Math" and file.bindings.resolve(method[0]) is None:
        return True
    return file.source.text(method[1]) == "byteLength" and _is_buffer(file, method[0])


def _constant(file: File, node: Node) -> Node | None:
    """What the variable `node` always holds."""
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return None
    return binding.value if file.bindings.is_constant(binding) else None
