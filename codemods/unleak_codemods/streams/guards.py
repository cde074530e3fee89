"""What the code around a use, and the other uses, say of a variable that nothing else tells of."""

import re

from tree_sitter import Node

from unleak_codemods.streams import classes, knowledge
from unleak_codemods.streams.knowledge import Kind
from unleak_codemods.streams.levels import Evidence, Level, Owner, said
from unleak_codemods.streams.syntax import arguments, callee, named, unwrap
from unleak_engine import flow
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_IS_STREAM = re.compile(r"(?:\w+\.)?is(?:Node)?(Readable|Writable|Duplex|)(?:Node)?Stream")
_ROLES = {"Readable": "readable", "Writable": "writable", "Duplex": "duplex", "": "readable"}
_READ_BY = frozenset({"read", "unpipe", "isPaused"})
_OWNERS = {"param": Owner.PARAMETER}


def of_guarded(file: File, node: Node, binding: Binding) -> Evidence | None:
    """What a test that `node` stands behind says: proven for `instanceof` a stream class, likely
    for a look at its `pipe`."""
    best: Evidence | None = None
    path = file.functions.path_to(node)
    for depth in range(len(path) - 2, -1, -1):
        outer, inner = path[depth], path[depth + 1]
        for condition in _passed_tests(outer, inner):
            found = _said_by(file, condition, binding)
            if found is None or (best is not None and found.level <= best.level):
                continue
            if _stands(file, binding, condition, node):
                best = found
    return best._replace(owner=_OWNERS.get(binding.kind, Owner.OTHER)) if best else None


def _stands(file: File, binding: Binding, condition: Node, use: Node) -> bool:
    """Whether a variable is at `use` what `condition` found: no write comes in between, nor runs
    in another function, whenever that does."""
    here = file.functions.enclosing(use)
    return all(
        file.functions.enclosing(write) == here
        and not condition.start_byte <= write.start_byte <= use.start_byte
        for write in file.bindings.writes(binding)
    )


def _passed_tests(outer: Node, inner: Node) -> list[Node]:
    """The conditions that hold whenever `inner`, a child of `outer`, is reached."""
    if outer.type in ("if_statement", "ternary_expression"):
        condition = outer.child_by_field_name("condition")
        if condition is None or condition == inner:
            return []
        if outer.child_by_field_name("consequence") == inner:
            return _conjuncts(condition)
        return _denied(condition)
    if outer.type == "binary_expression":
        operator, left = outer.child_by_field_name("operator"), outer.child_by_field_name("left")
        if operator is not None and operator.type == "&&" and left is not None and left != inner:
            return _conjuncts(left)
        return []
    if outer.type not in ("statement_block", "program"):
        return []
    found: list[Node] = []
    for statement in outer.named_children:
        if statement.start_byte >= inner.start_byte:
            break
        if statement.type != "if_statement":
            continue
        condition = statement.child_by_field_name("condition")
        then = statement.child_by_field_name("consequence")
        other = statement.child_by_field_name("alternative")
        if condition is None or then is None or other is not None or flow.completes(then):
            continue
        found += _denied(condition)
    return found


def _conjuncts(condition: Node) -> list[Node]:
    condition = unwrap(condition)
    operator = condition.child_by_field_name("operator")
    if condition.type == "binary_expression" and operator is not None and operator.type == "&&":
        parts = [condition.child_by_field_name(side) for side in ("left", "right")]
        return [part for side in parts if side is not None for part in _conjuncts(side)]
    return [condition]


def _denied(condition: Node) -> list[Node]:
    """What holds when a condition does not: `a` of `!a`, both of `!a || !b`."""
    condition = unwrap(condition)
    operator = condition.child_by_field_name("operator")
    if condition.type == "unary_expression" and operator is not None and operator.type == "!":
        inner = condition.child_by_field_name("argument")
        return _conjuncts(inner) if inner is not None else []
    if condition.type == "binary_expression" and operator is not None and operator.type == "||":
        parts = [condition.child_by_field_name(side) for side in ("left", "right")]
        return [part for side in parts if side is not None for part in _denied(side)]
    return []


def _said_by(file: File, condition: Node, binding: Binding) -> Evidence | None:
    if condition.type == "binary_expression":
        return _of_comparison(file, condition, binding)
    if condition.type != "call_expression":
        return None
    function = callee(condition)
    parts = arguments(condition)
    if function is None or len(parts) != 1 or not _is(file, parts[0], binding):
        return None
    asked = _IS_STREAM.fullmatch(file.source.text(function))
    if asked is None:
        return None
    return Evidence(Level.LIKELY, Kind(_ROLES[asked.group(1)]), reasons=(_why(file, condition),))


def _why(file: File, condition: Node) -> str:
    line = file.source.position(condition.start_byte).line
    return f"{said(file, condition)} holds here (line {line})"


def _of_comparison(file: File, condition: Node, binding: Binding) -> Evidence | None:
    operator = condition.child_by_field_name("operator")
    left = condition.child_by_field_name("left")
    right = condition.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return None
    if operator.type == "instanceof" and _is(file, left, binding):
        kind, _ = classes.class_of(file, unwrap(right))
        if kind is None or not kind.role:
            return None
        if kind.role == "legacy" and kind.model == "stream-1":
            # Every stream is an instance of `Stream`.
            return Evidence(Level.LIKELY, Kind("readable"), reasons=(_why(file, condition),))
        kind = kind._replace(finite=False, fed=False)
        return Evidence(Level.PROVEN, kind, reasons=(_why(file, condition),))
    if operator.type not in ("===", "=="):
        return None
    text = "".join(file.source.text(condition).split()).replace('"', "'")
    name = re.escape(binding.name)
    if not re.fullmatch(rf"typeof{name}\??\.pipe={{2,3}}'function'", text):
        return None
    owner = next((n for n in named(unwrap(left)) if n.type == "member_expression"), None)
    inside = owner.child_by_field_name("object") if owner is not None else None
    if inside is None or not _is(file, inside, binding):
        return None
    return Evidence(Level.LIKELY, Kind("readable"), reasons=(_why(file, condition),))


def _is(file: File, node: Node, binding: Binding) -> bool:
    node = unwrap(node)
    return node.type == "identifier" and file.bindings.resolve(node) == binding


def of_uses(file: File, binding: Binding) -> Evidence | None:
    """A stream by the way it is used: read by hand, unpiped, heard for 'readable' or 'finish'."""
    key = ("uses", binding.node.start_byte)
    if key not in file.memo:
        file.memo[key] = _of_uses(file, binding)
    found = file.memo[key]
    return found if isinstance(found, Evidence) else None


_READS = (b".read(", b".unpipe(", b".isPaused(", b"readable", b"'finish'", b'"finish"')


def _reads_by_hand(file: File) -> bool:
    """Whether any variable of the file can be used so."""
    if "reads by hand" not in file.memo:
        file.memo["reads by hand"] = any(word in file.source.data for word in _READS)
    return file.memo["reads by hand"] is True


def _of_uses(file: File, binding: Binding) -> Evidence | None:
    if binding.kind == "import" or not _reads_by_hand(file):
        return None
    starts = binding.value is not None or binding.kind == "param"
    if len(file.bindings.writes(binding)) > (0 if starts else 1):
        return None  # it may be another thing in another place
    for use in file.bindings.references(binding):
        expression = use.parent
        if expression is None or expression.type != "member_expression":
            continue
        name = expression.child_by_field_name("property")
        call = expression.parent
        if name is None or call is None or call.type != "call_expression":
            continue
        text = file.source.text(name)
        parts = arguments(call)
        listens = text in ("on", "once") and parts and parts[0].type == "string"
        event = file.source.text(parts[0])[1:-1] if listens else ""
        if event in ("finish", "drain"):
            line = file.source.position(call.start_byte).line
            why = f"`{binding.name}` is heard for '{event}', which a writable emits (line {line})"
            owner = _OWNERS.get(binding.kind, Owner.OTHER)
            return Evidence(Level.LIKELY, knowledge.FOREIGN_OUT, owner, (why,))
        heard = event == "readable"
        if heard or (text in _READ_BY and binding.name not in ("fs", "reader")):
            if text == "read" and parts and parts[0].type not in ("number", "identifier"):
                continue
            line = file.source.position(call.start_byte).line
            shown = f"{said(file, expression)}" if not heard else f"'readable' of `{binding.name}`"
            why = f"{shown} is what one uses of a Node readable (line {line})"
            owner = _OWNERS.get(binding.kind, Owner.OTHER)
            return Evidence(Level.LIKELY, knowledge.Kind("readable"), owner, (why,))
    return None
