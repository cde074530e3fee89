"""What a member of an object is: `child.stdout`, `res.body`, `{ out }`, `this.file`."""

from collections.abc import Sequence

from tree_sitter import Node

from unleak_codemods.streams import (
    calls,
    classes,
    declared_types,
    evidence,
    fields,
    handlers,
    knowledge,
)
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.levels import (
    FOREIGN,
    UNKNOWN,
    Evidence,
    Level,
    Owner,
    a,
    said,
)
from unleak_codemods.streams.syntax import member, named, string_value, unwrap
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.declarations import REST, UNKNOWN_KEY

Step = str | int

_CHILD = {"stdin": "writable", "stdout": "readable", "stderr": "readable"}


def of_member(file: File, node: Node, depth: int) -> Evidence:
    """`owner.name`, `owner['name']` or `owner[0]`."""
    found = _parts(file, node)
    if found is None:
        return UNKNOWN
    owner, name = found
    known = _of_module(file, node, owner, name)
    if known is not None:
        return known
    handed = handlers.member_role(file, node)
    if handed is not None:
        return from_handler(handed)
    this = _this(file, owner)
    if this is not None:
        return _of_own(file, node, this, owner, name, depth)
    return _named(file, node, name, step(file, owner, name, (), depth))


def from_handler(found: tuple[str, bool, str]) -> Evidence:
    """A stream that a server, a client or a handler's caller hands over."""
    role, sure, reason = found
    return Evidence(Level.PROVEN if sure else Level.LIKELY, Kind(role), Owner.HANDLER, (reason,))


def _parts(file: File, node: Node) -> tuple[Node, str] | None:
    found = member(node)
    if found is not None:
        return found[0], file.source.text(found[1])
    owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    if owner is None or index is None:
        return None
    if index.type == "number":
        return unwrap(owner), file.source.text(index)
    name = string_value(index, file.source.text(index))
    return (unwrap(owner), name) if name is not None else None


def _of_module(file: File, node: Node, owner: Node, name: str) -> Evidence | None:
    """A stream that a module or the process itself brings along: `process.stdout`."""
    origin = file.bindings.origin(node)
    kind: Kind | None = None
    if origin is not None:
        if knowledge.is_foreign_pipe(origin.module, knowledge_of(file)):
            return FOREIGN
        kind = knowledge.exported(origin.module, origin.name, knowledge_of(file))
        if kind is None:
            from unleak_codemods.streams import elsewhere

            return elsewhere.value(file, origin)
    elif owner.type == "identifier" and file.bindings.resolve(owner) is None:
        kind = knowledge.exported(
            "globals", f"{file.source.text(owner)}.{name}", knowledge_of(file)
        )
    if kind is None:
        return None
    if kind.lifetime == "process":
        reason = f"{said(file, node)} belongs to the whole process"
        return Evidence(Level.PROVEN, kind, Owner.PROCESS, (reason,))
    reason = f"{said(file, node)} is {a(kind.role)} that the module holds"
    return Evidence(Level.PROVEN, kind, Owner.MODULE, (reason,))


def _this(file: File, owner: Node) -> Node | None:
    """The `this` that `owner` is, itself or by a constant name for it."""
    if owner.type == "this":
        return owner
    if owner.type != "identifier":
        return None
    binding = file.bindings.resolve(owner)
    if binding is None or binding.value is None or binding.path:
        return None
    if binding.value.type != "this" or not file.bindings.is_constant(binding):
        return None
    return binding.value


def _of_own(file: File, node: Node, this: Node, owner: Node, name: str, depth: int) -> Evidence:
    """`this.name`: a field, or a member of the stream that the class extends."""
    whose = classes.self_at(file, this)
    if whose is None:
        return UNKNOWN._replace(owner=Owner.FIELD)
    found = fields.of_field(file, node, whose, name, depth)
    if found.level is Level.UNKNOWN:
        base = evidence.thing_of(file, owner, depth + 1)
        kind = knowledge.member_kind(base.kind, name, called=False, knowledge=knowledge_of(file))
        if base.level >= Level.LIKELY and kind is not None:
            found = Evidence(base.level, kind, Owner.FIELD, base.reasons)
    if found.level is Level.UNKNOWN and name in _CHILD:
        return _by_name(file, node, name)._replace(owner=Owner.FIELD)
    return found._replace(binding=None)


def _named(file: File, node: Node, name: str, found: Evidence) -> Evidence:
    if found.level is Level.UNKNOWN and name in _CHILD:
        return _by_name(file, node, name)
    if found.level < Level.LIKELY:
        return found._replace(binding=None)
    what = found.role or found.kind.shape.rpartition("#")[2]
    return found._replace(binding=None).because(f"{said(file, node)} is {a(what)}")


def _by_name(file: File, node: Node, name: str) -> Evidence:
    kind = Kind("child-" + _CHILD[name])
    reason = f"{said(file, node)} is taken for a {kind.role} by its name"
    return Evidence(Level.LIKELY, kind, Owner.OTHER, (reason,))


# From a value to what it holds.


def follow(file: File, node: Node, path: Sequence[Step], depth: int) -> Evidence:
    """What `path` leads to in the value of `node`: ("body",), (0, "stdout"), ()."""
    if not path:
        return evidence.thing_of(file, node, depth + 1)
    if path[0] in (REST, UNKNOWN_KEY):
        return UNKNOWN
    return step(file, unwrap(node), str(path[0]), path[1:], depth)


def step(file: File, node: Node, name: str, rest: Sequence[Step], depth: int) -> Evidence:
    """What member `name` of `node` is, or what `rest` leads to from there."""
    node = unwrap(node)
    key = ("step", node.id, name, tuple(rest))
    known = file.memo.get(key)
    if not isinstance(known, Evidence):
        file.memo[key] = UNKNOWN
        known = file.memo[key] = _step(file, node, name, rest, depth)
    assert isinstance(known, Evidence)
    return known


def _step(file: File, node: Node, name: str, rest: Sequence[Step], depth: int) -> Evidence:
    match node.type:
        case "object":
            value = _property(file, node, name)
            return follow(file, value, rest, depth + 1) if value is not None else UNKNOWN
        case "array":
            value = _element(node, name)
            return follow(file, value, rest, depth + 1) if value is not None else UNKNOWN
        case "await_expression" if (all_ := _all(file, node)) is not None:
            value = all_[int(name)] if name.isdecimal() and int(name) < len(all_) else None
            if value is None or any(part.type == "spread_element" for part in all_):
                return UNKNOWN
            if rest:
                return _path_of_kind(
                    file, calls.awaited(evidence.thing_of(file, value, depth + 1)), rest
                )
            return calls.awaited(evidence.thing_of(file, value, depth + 1))
        case "this":
            return _of_own(file, node, node, node, name, depth) if not rest else UNKNOWN
    handed = handlers.path_role(file, node, (name, *(str(key) for key in rest)))
    if handed is not None:
        return from_handler(handed)
    found = _of_object(file, node, name, rest, depth)
    if found is not None:
        return found
    base = evidence.thing_of(file, node, depth + 1)
    if base.level is Level.NOT_OURS:
        return base if base == FOREIGN else UNKNOWN
    if name == "raw" and base.owner is Owner.HANDLER and not rest and base.role:
        return base
    found = _path_of_kind(file, base, (name, *rest))
    return found if found.level >= Level.LIKELY else _of_declared(file, node, name, rest)


def _path_of_kind(file: File, base: Evidence, path: Sequence[Step]) -> Evidence:
    """What members of a known thing are known to be. They live as long as it does."""
    found = base
    for name in path:
        if found.level < Level.LIKELY:
            return UNKNOWN
        kind = knowledge.member_kind(
            found.kind, str(name), called=False, knowledge=knowledge_of(file)
        )
        if kind is None:
            return UNKNOWN
        found = found._replace(kind=kind)
    return found


def _all(file: File, node: Node) -> list[Node] | None:
    inner = named(node)
    return calls.elements_of_all(file, unwrap(inner[0])) if inner else None


def _property(file: File, literal: Node, name: str) -> Node | None:
    """The value an object literal gives a property, None when a later spread may hide it."""
    found: Node | None = None
    for part in named(literal):
        if part.type == "spread_element":
            found = None
        elif part.type == "shorthand_property_identifier":
            found = part if file.source.text(part) == name else found
        elif part.type == "pair":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if key is None or key.type == "computed_property_name":
                found = None
            elif file.source.text(key).strip("'\"") == name:
                found = value
        elif part.type == "method_definition":
            key = part.child_by_field_name("name")
            if key is not None and file.source.text(key) == name:
                found = None
    return found


def _element(literal: Node, name: str) -> Node | None:
    """An element of an array literal, None behind a spread or a hole."""
    if not name.isdecimal():
        return None
    index, at = int(name), 0
    for child in literal.children:
        if child.type == "spread_element":
            return None
        if child.type == ",":
            at += 1
        elif child.is_named and child.type != "comment" and at == index:
            return child
    return None


def elements(file: File, node: Node) -> list[Node]:
    """The elements of an array literal, or of a constant name for one that nobody adds to."""
    node = unwrap(node)
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.value is None or binding.path:
            return []
        literal = unwrap(binding.value)
        if literal.type != "array" or not _only_read(file, binding):
            return []
        node = literal
    parts = named(node) if node.type == "array" else []
    return [] if any(part.type == "spread_element" for part in parts) else parts


_READING = frozenset({"length", "forEach", "map", "filter", "some", "every", "entries", "slice"})


def _only_read(file: File, binding: Binding) -> bool:
    if not file.bindings.is_constant(binding):
        return False
    for use in file.bindings.references(binding):
        parent = use.parent
        if use == binding.node or parent is None:
            continue
        if parent.type == "for_in_statement" and parent.child_by_field_name("right") == use:
            continue
        owner = member(parent)
        if owner is None or file.source.text(owner[1]) not in _READING:
            return False
    return True


def _of_object(
    file: File, node: Node, name: str, rest: Sequence[Step], depth: int
) -> Evidence | None:
    """A member of a variable that holds an object of this file, or of a declared type."""
    if node.type != "identifier":
        whose = classes.instance(file, node)
        if whose is None or rest:
            return None
        found = fields.of_field(file, node, whose, name, depth)
        return found if found.level >= Level.LIKELY else None
    binding = file.bindings.resolve(node)
    if binding is None:
        return None
    literal = unwrap(binding.value) if binding.value is not None and not binding.path else None
    if literal is not None and literal.type in ("object", "array"):
        return _of_literal(file, binding, literal, name, rest, depth)
    if literal is not None and literal.type == "new_expression" and not rest:
        whose = classes.instance(file, node)
        if whose is not None:
            found = fields.of_field(file, node, whose, name, depth)
            if found.level >= Level.LIKELY:
                return found.at_most(Level.LIKELY)
    if literal is not None and literal.type == "identifier" and file.bindings.is_constant(binding):
        return step(file, literal, name, rest, depth + 1)
    return None


def _of_declared(file: File, node: Node, name: str, rest: Sequence[Step]) -> Evidence:
    """A member of a variable, by the variable's declared type."""
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    declared = declared_types.declared_type(file, binding) if binding is not None else None
    if binding is None or declared is None:
        return UNKNOWN
    typed = declared_types.type_evidence(file, declared, (name, *rest))
    if typed is None:
        return UNKNOWN
    owner = Owner.PARAMETER if binding.kind == "param" else Owner.OTHER
    reasons = tuple(f"`{binding.name}.{name}` is {why}" for why in typed.reasons)
    return typed._replace(owner=owner, reasons=reasons)


def _of_literal(
    file: File, binding: Binding, literal: Node, name: str, rest: Sequence[Step], depth: int
) -> Evidence:
    """A member of an object literal, proven where every other use of the object only reads."""
    found = step(file, literal, name, rest, depth + 1)
    if found.level < Level.LIKELY:
        return found
    written: list[Node] = []
    closed = file.bindings.is_constant(binding) and not _has_methods(literal)
    for use in file.bindings.references(binding):
        parent = use.parent
        if use == binding.node or parent is None:
            continue
        owner = member(parent)
        if owner is None or owner[0] != use or _is_called(parent):
            closed = closed and _is_destructured(use)
            continue
        target = parent.parent
        if target is not None and target.child_by_field_name("left") == parent:
            right = target.child_by_field_name("right")
            if file.source.text(owner[1]) == name and right is not None:
                written.append(right)
    if written and rest:
        return found.at_most(Level.LIKELY)
    if written:
        value = _property(file, literal, name) or _element(literal, name)
        values = [value, *written] if value is not None else written
        found = evidence.either(file, values, depth + 1)
    return found if closed else found.at_most(Level.LIKELY)


def _has_methods(literal: Node) -> bool:
    functions = ("method_definition", "function_expression")
    return any(
        part.type in functions
        or ((value := part.child_by_field_name("value")) is not None and value.type in functions)
        for part in named(literal)
    )


def _is_called(expression: Node) -> bool:
    call = expression.parent
    return (
        call is not None
        and call.type == "call_expression"
        and call.child_by_field_name("function") == expression
    )


def _is_destructured(use: Node) -> bool:
    parent = use.parent
    if parent is None or parent.type != "variable_declarator":
        return False
    name = parent.child_by_field_name("name")
    return name is not None and name.type in ("object_pattern", "array_pattern")
