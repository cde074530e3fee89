"""Classes of the file: what they extend, whose `this` is, and which methods and fields they have.

Beside class bodies this reads the older ways: `util.inherits(Copy, Readable)`, the helpers that
compilers write, and functions put on a prototype.
"""

import re

from tree_sitter import Node

from unleak_codemods.streams import knowledge
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.levels import UNKNOWN, Evidence, Level, Owner, a, said
from unleak_codemods.streams.syntax import FUNCTIONS, arguments, member, named, unwrap, wrapped
from unleak_engine.bindings import Binding, Origin
from unleak_engine.codemod import File

CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})
FIELDS = frozenset({"field_definition", "public_field_definition"})
_DEEPEST = 12
_INHERITS = re.compile(
    rb"\b(?:inherits|__extends|_inherits|_inheritsLoose|setPrototypeOf)\s*\(\s*"
    rb"([A-Za-z_$][\w$]*)(?:\.prototype)?\s*,"
)


def class_of(file: File, constructor: Node, depth: int = 0) -> tuple[Kind | None, str]:
    """The kind of stream a class is, and why; a class of this file by what it extends.

    The kind has role "" for what is known to be no stream.
    """
    origin = file.bindings.origin(constructor)
    if origin is not None:
        if knowledge.is_foreign_pipe(origin.module, knowledge_of(file)):
            return Kind(""), ""
        kind = knowledge.class_kind(origin.module, origin.name, knowledge_of(file))
        if kind is not None:
            return kind, f"is {a(kind.role)} of {origin.module}"
        from unleak_codemods.streams import elsewhere

        return elsewhere.class_kind(file, origin) or (None, "")
    if constructor.type != "identifier" or depth > _DEEPEST:
        return None, ""
    binding = file.bindings.resolve(constructor)
    parent = parent_of(file, binding) if binding is not None else None
    if parent is None:
        return None, ""
    kind, why = class_of(file, parent, depth + 1)
    if kind is None or not kind.role:
        return kind, why
    # A class of its own may fail and end in its own ways.
    return kind._replace(finite=False), f"extends {said(file, parent)}, which {why}"


def parent_of(file: File, binding: Binding) -> Node | None:
    """What the class that `binding` names extends."""
    if binding.kind == "param":
        return _given(file, binding)
    if not file.bindings.is_constant(binding):
        return None
    body = binding.declaration if binding.kind in ("class", "function") else binding.value
    if body is None or binding.path:
        return None
    body = assigned(body)
    if body.type in CLASSES:
        return parent_class(body)
    if body.type in FUNCTIONS:
        return _inherited(file, binding)
    return _downlevelled(file, body)


def assigned(value: Node) -> Node:
    """What is stored in the end by `module.exports = function …`."""
    value = unwrap(value)
    while value.type == "assignment_expression" and value.child_by_field_name("right") is not None:
        value = unwrap(value.child_by_field_name("right") or value)
    return value


def parent_class(body: Node) -> Node | None:
    """What a class extends, None when it extends nothing or `body` is no class."""
    if body.type not in CLASSES:
        return None
    for child in body.children:
        if child.type == "class_heritage":
            for part in child.named_children:
                if part.type == "extends_clause":
                    value = part.child_by_field_name("value")
                    return unwrap(value) if value is not None else None
            inner = named(child)
            return unwrap(inner[0]) if inner else None
    return None


def _inherited(file: File, binding: Binding) -> Node | None:
    """The second argument of the one `inherits(Name, Parent)` for this function."""
    found = [call for call in _inherits(file).get(binding.name, []) if _names(file, call, binding)]
    if len(found) != 1:
        return None
    parent = unwrap(arguments(found[0])[1])
    owner = member(parent)
    if owner is not None and file.source.bytes(owner[1]) == b"prototype":
        return owner[0]
    return parent


def _names(file: File, call: Node, binding: Binding) -> bool:
    """Whether the first argument of `call` is `binding`, or its prototype."""
    parts = arguments(call)
    if len(parts) < 2:
        return False
    first = unwrap(parts[0])
    owner = member(first)
    return file.bindings.resolve(owner[0] if owner is not None else first) == binding


def _inherits(file: File) -> dict[str, list[Node]]:
    known = file.memo.get("inherits")
    if isinstance(known, dict):
        return known
    found: dict[str, list[Node]] = {}
    for hit in _INHERITS.finditer(file.source.data):
        node = file.source.root.descendant_for_byte_range(hit.start(), hit.end() - 1)
        while node is not None and node.type != "call_expression":
            node = node.parent
        if node is not None and node.start_byte <= hit.start():
            found.setdefault(hit.group(1).decode(), []).append(node)
    file.memo["inherits"] = found
    return found


def _downlevelled(file: File, value: Node) -> Node | None:
    """The parent of a class that a compiler wrote as `(function (_super) { … }(Parent))`."""
    if value.type != "call_expression":
        return None
    function = value.child_by_field_name("function")
    parts = arguments(value)
    if function is None or len(parts) != 1:
        return None
    function = unwrap(function)
    parameters = file.functions.parameters(function) if function.type in FUNCTIONS else []
    if len(parameters) != 1 or not _extends_first(file, function, parameters[0]):
        return None
    return unwrap(parts[0])


def _extends_first(file: File, function: Node, parameter: Node) -> bool:
    name = file.source.text(parameter)
    return any(
        call.start_byte > function.start_byte
        and call.end_byte < function.end_byte
        and len(arguments(call)) > 1
        and file.source.text(arguments(call)[1]) == name
        for calls in _inherits(file).values()
        for call in calls
    )


def _given(file: File, binding: Binding) -> Node | None:
    """What the one call of a compiler's class function gives for its only parameter."""
    function = file.functions.enclosing(binding.node)
    if function is None or not file.bindings.is_constant(binding):
        return None
    call = wrapped(function).parent
    if call is None or call.type != "call_expression":
        return None
    parts = arguments(call)
    return unwrap(parts[0]) if len(parts) == 1 else None


# Whose `this` is.


class Self:
    """What `this` is in some place: a class body, an object literal or a constructor function.

    `key` is the same wherever the same thing is meant.
    """

    __slots__ = ("binding", "key", "node", "static")

    def __init__(self, node: Node, binding: Binding | None, *, static: bool = False) -> None:
        self.node = node
        self.binding = binding
        self.static = static
        self.key = (node.id, static)


def self_at(file: File, node: Node) -> Self | None:
    """What `this` means at `node`, None where that is anybody's choice."""
    function: Node | None = file.functions.enclosing(node)
    while function is not None and function.type == "arrow_function":
        outer = function.parent
        function = file.functions.enclosing(outer) if outer is not None else None
    if function is None:
        return None
    key = ("self", function.id)
    if key not in file.memo:
        file.memo[key] = _self_of(file, function)
    found = file.memo[key]
    return found if isinstance(found, Self) else None


def _self_of(file: File, function: Node) -> Self | None:
    holder = function.parent
    if holder is None:
        return None
    if holder.type == "class_body":
        body = holder.parent
        static = any(child.type == "static" for child in function.children)
        return Self(body, None, static=static) if body is not None else None
    if function.type == "method_definition" and holder.type == "object":
        return Self(holder, None)
    if holder.type == "pair" and holder.parent is not None:
        return Self(holder.parent, None)
    assigned = wrapped(function).parent
    if assigned is not None and assigned.type == "assignment_expression":
        left = assigned.child_by_field_name("left")
        put_on = _prototype(file, left) if left is not None else None
        if put_on is not None:
            return Self(put_on.declaration, put_on)
    binding = file.functions.binding_of(function)
    if binding is not None and binding.name[:1].isupper():
        return Self(binding.declaration, binding)
    return None


def _prototype(file: File, left: Node) -> Binding | None:
    """The constructor function that `Name.prototype.method`, assigned to, belongs to."""
    found = member(left)
    owner = member(found[0]) if found is not None else None
    if owner is None or file.source.bytes(owner[1]) != b"prototype":
        return None
    return file.bindings.resolve(owner[0]) if owner[0].type == "identifier" else None


def of_this(file: File, node: Node, depth: int) -> Evidence:
    """`this`, as the stream its class extends."""
    found = self_at(file, node)
    if found is None or found.static:
        return UNKNOWN._replace(owner=Owner.FIELD)
    parent = parent_class(found.node)
    if parent is None and found.binding is not None:
        parent = _inherited(file, found.binding)
    if parent is not None:
        kind, why = class_of(file, parent, depth + 1)
        if kind is not None and kind.role:
            reason = f"`this` extends {said(file, parent)}, which {why}"
            return Evidence(Level.PROVEN, kind._replace(finite=False), Owner.FIELD, (reason,))
    return UNKNOWN._replace(owner=Owner.FIELD)


def instance(file: File, node: Node, depth: int = 0) -> Self | None:
    """The class of this file, or the object literal, that `node` is or is made from."""
    node = unwrap(node)
    if node.type == "this":
        return self_at(file, node)
    if node.type == "object":
        return Self(node, None)
    if node.type == "new_expression":
        constructor = node.child_by_field_name("constructor")
        return _class_named(file, unwrap(constructor)) if constructor is not None else None
    if depth > _DEEPEST:
        return None
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.path or not file.bindings.is_constant(binding):
            return None
        if binding.kind == "class":
            return Self(binding.declaration, binding, static=True)
        return instance(file, binding.value, depth + 1) if binding.value is not None else None
    found = member(node)
    if found is not None and (owner := instance(file, found[0], depth + 1)) is not None:
        from unleak_codemods.streams import fields

        values = fields.values(file, owner, file.source.text(found[1]))
        return instance(file, values[0], depth + 1) if len(values) == 1 else None
    return None


def imported_instance(file: File, node: Node, depth: int = 0) -> Origin | None:
    """The imported class that `node` is made from: by a constant name, or by the one value that
    a field of this file has."""
    node = unwrap(node)
    if node.type == "new_expression":
        constructor = node.child_by_field_name("constructor")
        return file.bindings.origin(unwrap(constructor)) if constructor is not None else None
    if depth > _DEEPEST:
        return None
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.value is None or binding.path:
            return None
        constant = file.bindings.is_constant(binding)
        return imported_instance(file, binding.value, depth + 1) if constant else None
    found = member(node)
    owner = instance(file, found[0]) if found is not None else None
    if found is None or owner is None:
        return None
    from unleak_codemods.streams import fields

    values = fields.values(file, owner, file.source.text(found[1]))
    return imported_instance(file, values[0], depth + 1) if len(values) == 1 else None


def _class_named(file: File, constructor: Node) -> Self | None:
    binding = file.bindings.resolve(constructor) if constructor.type == "identifier" else None
    if binding is None or binding.path or not file.bindings.is_constant(binding):
        return None
    body = binding.declaration if binding.kind in ("class", "function") else binding.value
    body = unwrap(body) if body is not None else None
    if body is not None and body.type in CLASSES:
        return Self(body, None)
    if binding.kind == "function" or (body is not None and body.type in FUNCTIONS):
        return Self(binding.declaration, binding)
    return None


def function_named(file: File, owner: Self, name: str, depth: int = 0) -> Node | None:
    """The one function that `owner.name` is: a method, a getter, a field or a property."""
    key = ("functions", owner.key)
    table = file.memo.get(key)
    if not isinstance(table, dict):
        table = file.memo[key] = _functions(file, owner)
    found = table.get(name)
    if found is None and name not in table and depth < _DEEPEST:
        parent = parent_class(owner.node)
        above = _class_named(file, parent) if parent is not None else None
        return function_named(file, above, name, depth + 1) if above is not None else None
    return found if isinstance(found, Node) else None


def _functions(file: File, owner: Self) -> dict[str, Node | None]:
    """By name; None for a name that means several things."""
    found: dict[str, Node | None] = {}

    def add(name: str | None, function: Node | None) -> None:
        if name is not None and function is not None:
            found[name] = None if name in found else function

    for child in _parts(owner):
        if child.type == "method_definition":
            static = any(part.type == "static" for part in child.children)
            if owner.node.type not in CLASSES or static == owner.static:
                add(_key(file, child.child_by_field_name("name")), child)
        elif child.type in FIELDS or child.type == "pair":
            value = child.child_by_field_name("value")
            name = child.child_by_field_name("key") or child.child_by_field_name("property")
            name = name or child.child_by_field_name("name")
            if value is not None and unwrap(value).type in FUNCTIONS:
                add(_key(file, name), unwrap(value))
    if owner.binding is not None:
        for left, right in put_on_prototype(file).get(owner.binding.name, []):
            if _prototype(file, left) == owner.binding:
                add(file.source.text(left.child_by_field_name("property") or left), right)
    return found


def _parts(owner: Self) -> list[Node]:
    if owner.node.type == "object":
        return named(owner.node)
    body = owner.node.child_by_field_name("body") if owner.node.type in CLASSES else None
    return named(body) if body is not None else []


def _key(file: File, name: Node | None) -> str | None:
    if name is None or name.type == "computed_property_name":
        return None
    text = file.source.text(name)
    return text[1:-1] if name.type == "string" else text


_PROTOTYPE = re.compile(rb"\b([A-Za-z_$][\w$]*)\.prototype\.[\w$]+\s*=(?![=>])")


def put_on_prototype(file: File) -> dict[str, list[tuple[Node, Node]]]:
    """(target, function) of every `Name.prototype.method = function …`, by Name."""
    known = file.memo.get("prototypes")
    if isinstance(known, dict):
        return known
    found: dict[str, list[tuple[Node, Node]]] = {}
    for hit in _PROTOTYPE.finditer(file.source.data):
        node = file.source.root.descendant_for_byte_range(hit.start(), hit.end() - 1)
        if node is None or node.type != "assignment_expression":
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and unwrap(right).type in FUNCTIONS:
            found.setdefault(hit.group(1).decode(), []).append((left, unwrap(right)))
    file.memo["prototypes"] = found
    return found


_EXTENDS = re.compile(rb"\bextends\s+([A-Za-z_$][\w$]*)")


def is_extended(file: File, owner: Self) -> bool:
    """Whether another class of the file extends this one, and so may change what it does."""
    name = owner.node.child_by_field_name("name") if owner.node.type in CLASSES else None
    known = file.memo.get("extended")
    if not isinstance(known, frozenset):
        known = frozenset(hit.group(1) for hit in _EXTENDS.finditer(file.source.data))
        file.memo["extended"] = known
    return name is not None and file.source.bytes(name) in known
