"""From the name of an export to what stands behind it in the file."""

from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.streams.syntax import callee, named, unwrap
from unleak_engine.bindings import Binding, Origin
from unleak_engine.codemod import File
from unleak_engine.exports import Exported, Exports, exports_of, is_getter, returned

CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})
_DEEPEST = 8


def table_of(file: File) -> Exports:
    """All that `file` exports, worked out once."""
    found = file.memo.get("exports")
    if not isinstance(found, Exports):
        found = file.memo["exports"] = exports_of(file.source, file.bindings)
    return found


def definition(file: File, node: Node, depth: int = 0) -> Node:
    """What `node` stands for: through parentheses and names that never change, the function,
    class or expression behind it; else `node` itself."""
    node = unwrap(node)
    if node.type == "assignment_expression":
        right = node.child_by_field_name("right")
        return definition(file, right, depth + 1) if right is not None else node
    binding = file.bindings.resolve(node)
    if binding is None or depth > _DEEPEST or not file.bindings.is_constant(binding):
        return node
    if binding.kind in ("function", "class"):
        return binding.declaration
    if binding.value is None or binding.path or binding.kind not in ("const", "let", "var"):
        return node
    return definition(file, binding.value, depth + 1)


def resolved(file: File, name: str) -> list[Exported]:
    """All that export `name` may be; nothing when there is no such export, when it cannot be
    told what it is, or when anything may have replaced it."""
    table = table_of(file)
    if not table.sure:
        return []
    steps = name.split(".") if name else []
    for cut in range(len(steps), -1, -1):
        things = table.names.get(".".join(steps[:cut]))
        if things is None:
            continue
        found = _below(file, things, steps[cut:])
        if found or cut:
            return found
    if steps[:1] == ["default"] and "default" not in table.names:
        # `import x from` a CommonJS module is what it exports as a whole.
        return resolved(file, ".".join(steps[1:])) if "" in table.names or len(steps) > 1 else []
    return []


def stars_of(file: File, name: str) -> tuple[str, ...]:
    """The modules that `file` passes all exports of on, one of which may have `name`."""
    table = table_of(file)
    if not name or name.partition(".")[0] in ("default", *table.names) or not table.sure:
        return ()
    return table.stars


def _below(file: File, things: list[Exported], steps: list[str]) -> list[Exported]:
    """What the `steps` below `things` lead to, nothing when one of them leads nowhere."""
    for index, step in enumerate(steps):
        if step == "prototype" and index + 1 < len(steps):
            continue
        instance = index > 0 and steps[index - 1] == "prototype"
        inner: list[Exported] = []
        for thing in things:
            found = member_of(file, thing, step, instance=instance)
            if not found:
                return []
            inner += found
        things = inner
    return [] if Exported(None) in things else things


def member_of(file: File, thing: Exported, name: str, *, instance: bool) -> list[Exported]:
    """All that member `name` of `thing`, or of its instances, may be; nothing when that is not
    known."""
    origin = thing.origin
    if origin is None and thing.node is not None:
        origin = file.bindings.origin(thing.node)
    if origin is not None:
        path = f"{origin.name}.prototype.{name}" if instance else f"{origin.name}.{name}"
        return [Exported(None, Origin(origin.module, path.lstrip(".")))]
    if thing.node is None:
        return []
    if instance:
        return list(in_prototype(file, thing.node, name))
    return list(_members(file, thing.node, name))


def _members(file: File, node: Node, name: str) -> Iterator[Exported]:
    body = definition(file, node)
    binding = file.bindings.resolve(unwrap(node))
    if binding is None and body.type in CLASSES | {"function_declaration"}:
        own = body.child_by_field_name("name")
        binding = file.bindings.resolve(own) if own is not None else None
    if body.type == "object":
        yield from _in_object(file, body, name)
    elif body.type in CLASSES:
        yield from _in_class(file, body, name, static=True)
    elif body.type == "new_expression":
        yield from _of_instance(file, body, name)
    if binding is not None:
        yield from _stored(file, binding, name)


def _in_object(file: File, body: Node, name: str) -> Iterator[Exported]:
    for part in named(body):
        if part.type == "shorthand_property_identifier" and file.source.text(part) == name:
            yield Exported(part)
        key = part.child_by_field_name("key") or part.child_by_field_name("name")
        if key is None or _key(file, key) != name:
            continue
        value = part.child_by_field_name("value") or part
        if value.type == "method_definition" and is_getter(value):
            yield Exported(returned(value))
        else:
            yield Exported(value)


def _in_class(file: File, body: Node, name: str, *, static: bool) -> Iterator[Exported]:
    holder = body.child_by_field_name("body")
    for part in named(holder) if holder is not None else ():
        key = part.child_by_field_name("name") or part.child_by_field_name("property")
        if key is None or _key(file, key) != name:
            continue
        if any(child.type == "static" for child in part.children[:4]) != static:
            continue
        if part.type == "method_definition":
            yield Exported(returned(part) if is_getter(part) else part)


def _of_instance(file: File, made: Node, name: str) -> Iterator[Exported]:
    target = callee(made)
    if target is not None:
        yield from in_prototype(file, target, name)


def in_prototype(file: File, target: Node, name: str) -> Iterator[Exported]:
    """What method `name` of the instances of the class, or constructor, `target` may be."""
    origin = file.bindings.origin(target)
    if origin is not None:
        yield Exported(None, Origin(origin.module, f"{origin.name}.prototype.{name}".lstrip(".")))
        return
    body = definition(file, target)
    if body.type in CLASSES:
        yield from _in_class(file, body, name, static=False)
    own = unwrap(target) if unwrap(target).type == "identifier" else None
    own = own or body.child_by_field_name("name")
    binding = file.bindings.resolve(own) if own is not None else None
    if binding is not None:
        yield from _stored(file, binding, "prototype", name)


def _stored(file: File, binding: Binding, *steps: str) -> Iterator[Exported]:
    """What is stored in a member of a variable: `Store.open = …`, `Store.prototype.open = …`."""
    for node in file.bindings.references(binding):
        path, outer = list(steps), node
        while path and outer.parent is not None and outer.parent.type == "member_expression":
            key = outer.parent.child_by_field_name("property")
            if key is None or file.source.text(key) != path[0]:
                break
            outer = outer.parent
            path.pop(0)
        assignment = outer.parent
        if assignment is None or assignment.type != "assignment_expression":
            continue
        if assignment.child_by_field_name("left") != outer:
            continue
        right = assignment.child_by_field_name("right")
        while right is not None and right.type == "assignment_expression":
            right = right.child_by_field_name("right")
        if right is None or len(path) > 1 or len(path) == len(steps):
            continue
        if not path:
            yield Exported(right)
        elif unwrap(right).type == "object":  # `Store.prototype = { … }`
            yield from _in_object(file, unwrap(right), path[0])


def _key(file: File, key: Node) -> str:
    text = file.source.text(key)
    return text[1:-1] if key.type == "string" else text
