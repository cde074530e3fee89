"""What a variable is: by everything that is written to it, its declared type, and its uses."""

from tree_sitter import Node

from unleak_codemods.streams import (
    declared_types,
    evidence,
    guards,
    knowledge,
    members,
    parameters,
)
from unleak_codemods.streams.knowledge import knowledge_of
from unleak_codemods.streams.levels import (
    FOREIGN,
    NOT_OURS,
    UNKNOWN,
    Evidence,
    Level,
    Owner,
    a,
    joined,
    said,
)
from unleak_codemods.streams.syntax import unwrap, wrapped
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File


def of_name(file: File, node: Node, depth: int) -> Evidence:
    binding = file.bindings.resolve(node)
    if binding is None:
        return UNKNOWN
    found = of_binding(file, binding, depth)
    if found.level is Level.UNKNOWN:
        found = guards.of_guarded(file, node, binding) or found
    if found.level is Level.UNKNOWN:
        found = guards.of_uses(file, binding) or found
    if binding.kind in ("const", "let", "var", "using", "catch"):
        lasting = found.owner not in (Owner.HERE, Owner.OTHER) and found.level >= Level.LIKELY
        if not lasting or (found.owner is Owner.HANDLER and _is_call(binding)):
            found = found._replace(owner=_owner(file, binding, node))
    return found._replace(binding=binding) if found.level > Level.NOT_OURS else found


def _is_call(binding: Binding) -> bool:
    return binding.value is not None and binding.value.type == "call_expression"


def of_binding(file: File, binding: Binding, depth: int) -> Evidence:
    """What the variable holds, wherever it is read; its owner is that of the value."""
    key = ("binding", binding.node.start_byte)
    known = file.memo.get(key)
    if not isinstance(known, Evidence):
        file.memo[key] = UNKNOWN
        known = file.memo[key] = _judged(file, binding, depth)
    assert isinstance(known, Evidence)
    return known


def _judged(file: File, binding: Binding, depth: int) -> Evidence:
    if binding.kind == "param":
        return parameters.of_parameter(file, binding, depth)
    if binding.kind in ("function", "class", "enum", "namespace"):
        return NOT_OURS
    origin = file.bindings.origin(binding.node)
    if origin is not None:
        if knowledge.is_foreign_pipe(origin.module, knowledge_of(file)):
            return FOREIGN
        kind = knowledge.exported(origin.module, origin.name, knowledge_of(file))
        if kind is not None:
            owner = Owner.PROCESS if kind.lifetime == "process" else Owner.MODULE
            why = f"`{binding.name}` is {a(kind.role)} that {origin.module} exports"
            return Evidence(Level.PROVEN, kind, owner, (why,))
        from unleak_codemods.streams import elsewhere

        told = elsewhere.value(file, origin)
        if told is not None:
            return told
    if binding.kind == "import":
        return UNKNOWN._replace(owner=Owner.MODULE)
    found = _of_values(file, binding, depth)
    if found.level < Level.LIKELY:
        typed = declared_types.of_binding(file, binding)
        if typed is not None and found.level is not Level.NOT_OURS:
            return typed._replace(owner=found.owner)
    return found


def _of_values(file: File, binding: Binding, depth: int) -> Evidence:
    """The initial value and everything that is assigned later: proven when each of it is, and
    of one role."""
    parts: list[Evidence] = []
    if binding.value is not None:
        value = unwrap(binding.value)
        if binding.path:
            parts.append(members.follow(file, value, binding.path, depth + 1))
            default = pattern_default(binding)
            if default is not None:
                parts.append(evidence.either(file, [default], depth + 1))
        elif not _says_nothing(file, value):
            parts.append(evidence.either(file, [value], depth + 1))
    elif binding.declaration.type == "for_in_statement":
        parts.append(_of_round(file, binding, depth))
    elif binding.kind == "catch":
        return UNKNOWN
    for write in file.bindings.writes(binding):
        right = _written(write)
        if right is None:
            parts.append(UNKNOWN)
        elif not _says_nothing(file, right):
            parts.append(evidence.either(file, [right], depth + 1))
    found = joined(parts) if parts else UNKNOWN
    if len(parts) > 1 and found.level >= Level.LIKELY:
        each = "each a stream" if found.proven else "a stream once at least"
        reason = f"`{binding.name}` is written {len(parts)} times, {each}"
        return found.because(reason)
    return found


def pattern_default(binding: Binding) -> Node | None:
    """`x` of `{ name = x }`, where the name stands in a pattern."""
    holder = binding.node.parent
    if holder is None or holder.type not in ("object_assignment_pattern", "assignment_pattern"):
        return None
    return holder.child_by_field_name("right")


def _says_nothing(file: File, value: Node) -> bool:
    """Whether a value is none that a pipe could be called on."""
    return value.type in ("null", "undefined", "false") or (
        value.type == "identifier" and file.source.bytes(value) == b"undefined"
    )


def _written(write: Node) -> Node | None:
    """The value that a plain assignment gives its target, None for any other write."""
    target = wrapped(write)
    parent = target.parent
    if parent is None:
        return None
    if parent.type == "variable_declarator":
        return parent.child_by_field_name("value")
    if parent.child_by_field_name("left") != target:
        return None
    if parent.type == "augmented_assignment_expression":
        operator = parent.child_by_field_name("operator")
        if operator is None or operator.type not in ("||=", "??=", "&&="):
            return None
    elif parent.type != "assignment_expression":
        return None
    return parent.child_by_field_name("right")


def _of_round(file: File, binding: Binding, depth: int) -> Evidence:
    """The variable of `for (const s of [a, b])`."""
    loop = binding.declaration
    operator = loop.child_by_field_name("operator")
    over = loop.child_by_field_name("right")
    if operator is None or operator.type != "of" or over is None or binding.path:
        return UNKNOWN
    if any(child.type == "await" for child in loop.children):
        return UNKNOWN
    parts = members.elements(file, over)
    if not parts:
        return UNKNOWN
    found = evidence.either(file, parts, depth + 1)
    if found.level < Level.LIKELY:
        return found
    return found.because(f"`{binding.name}` is each of {said(file, over)}")


def _owner(file: File, binding: Binding, use: Node) -> Owner:
    home = file.functions.enclosing(binding.node)
    here = file.functions.enclosing(use)
    if home is None:
        return Owner.HERE if here is None else Owner.MODULE
    if here is not None and home.id == here.id:
        return Owner.HERE
    return Owner.OUTER
