"""What types say: TypeScript annotations and casts, and the types in JSDoc comments.

An annotation is checked by the compiler, so it proves; a cast and a comment are somebody's word,
so what they say is likely.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import knowledge
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.levels import Evidence, Level
from unleak_codemods.streams.syntax import FUNCTIONS, named, unwrap, wrapped
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

Step = str | int

_DEEPEST = 8
_NODE = ("ReadableStream", "WritableStream", "ReadWriteStream")
_CASTS = frozenset({"as_expression", "type_assertion", "satisfies_expression"})


def of_binding(file: File, binding: Binding) -> Evidence | None:
    """What the annotation of a variable or parameter says, or the comment above it."""
    holder = binding.node.parent if not binding.path else _pattern_holder(binding)
    if holder is None:
        return None
    found = of_holder(file, holder, binding.name, binding.path)
    if found is None and not binding.path and binding.kind == "param":
        found = _of_param_tag(file, binding)
    elif found is None and not binding.path:
        found = _of_type_tag(file, binding.declaration, binding.name)
    return found


def _pattern_holder(binding: Binding) -> Node | None:
    """What carries the annotation of the pattern that a name is taken from."""
    node = binding.node.parent
    for _ in range(3 * len(binding.path) + 3):
        if node is None or node.child_by_field_name("type") is not None:
            return node
        if node.type in FUNCTIONS or node.type == "variable_declarator":
            return None
        node = node.parent
    return None


def of_holder(file: File, holder: Node, name: str, path: Sequence[Step] = ()) -> Evidence | None:
    """What the annotation on `holder`, a declarator, parameter or field, says of `name`."""
    annotation = holder.child_by_field_name("type")
    inner = named(annotation) if annotation is not None else []
    if len(inner) != 1:
        return None
    found = type_evidence(file, inner[0], path)
    return _about(name, found) if found is not None else None


def of_cast(file: File, node: Node) -> Evidence | None:
    """What the outermost cast around an expression says."""
    cast: Node | None = None
    while node.parent is not None and unwrap(node.parent) == unwrap(node):
        node = node.parent
        if node.type in _CASTS:
            cast = node
    if cast is None:
        return None
    parts = named(cast)
    of = parts[0] if cast.type == "type_assertion" else parts[-1]
    inner = named(of) if of.type == "type_arguments" else [of]
    found = type_evidence(file, inner[0]) if len(inner) == 1 and len(parts) > 1 else None
    if found is None or found.level < Level.LIKELY:
        return None
    return found._replace(
        level=Level.LIKELY,
        reasons=tuple(f"it is cast: {said}" for said in found.reasons),
    )


def of_returned(file: File, function: Node) -> Evidence | None:
    """What the return type of a function says, or the comment above it."""
    annotation = function.child_by_field_name("return_type")
    inner = named(annotation) if annotation is not None else []
    name = file.functions.name_of(function) or "this function"
    if len(inner) == 1:
        found = type_evidence(file, inner[0])
        return _about(f"{name}()", found) if found is not None else None
    tag = _RETURNS.search(_comment_above(file, function))
    found = _documented(file, tag.group(1), function) if tag is not None else None
    return _about(f"{name}()", found) if found is not None else None


def _about(name: str, found: Evidence) -> Evidence:
    return found._replace(reasons=tuple(f"`{name}` is {said}" for said in found.reasons))


# TypeScript.


def type_evidence(file: File, node: Node, path: Sequence[Step] = ()) -> Evidence | None:
    """What a type says: the kind of stream, or of thing, proven. None when that is not known.

    With a `path`, what the type says of the member that it leads to.
    """
    found = _kind_of_type(file, node, tuple(path), 0)
    if found is None:
        return None
    return Evidence(Level.PROVEN, found.kind, reasons=(found.why,))


class _Typed(NamedTuple):
    kind: Kind
    why: str


def _kind_of_type(file: File, node: Node, path: tuple[Step, ...], depth: int) -> _Typed | None:
    if depth > _DEEPEST:
        return None
    match node.type:
        case "union_type":
            return _one_of(file, node, path, depth)
        case "parenthesized_type" | "readonly_type" | "type_annotation":
            inner = named(node)
            return _kind_of_type(file, inner[0], path, depth + 1) if inner else None
        case "intersection_type":
            found = [_kind_of_type(file, part, path, depth + 1) for part in named(node)]
            return next((each for each in found if each is not None), None)
        case "object_type" | "interface_body":
            return _of_property(file, node, path, depth)
        case "tuple_type" if path and isinstance(path[0], int):
            parts = named(node)
            here = parts[path[0]] if path[0] < len(parts) else None
            return _kind_of_type(file, here, path[1:], depth + 1) if here is not None else None
        case "generic_type":
            return _of_generic(file, node, path, depth)
        case "type_identifier" | "nested_type_identifier" | "identifier" | "member_expression":
            return _of_type_name(file, node, path, depth)
    return None


def _one_of(file: File, node: Node, path: tuple[Step, ...], depth: int) -> _Typed | None:
    """A union of one kind of stream and nothing: `Readable | null`."""
    found: list[_Typed | None] = []
    for part in _members_of(node):
        if file.source.text(part) not in ("null", "undefined"):
            found.append(_kind_of_type(file, part, path, depth + 1))
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        return None
    if len({each.kind.role for each in known}) != 1:
        return None
    return known[0]


def _members_of(node: Node) -> list[Node]:
    parts: list[Node] = []
    for part in named(node):
        parts += _members_of(part) if part.type == "union_type" else [part]
    return parts


def _of_generic(file: File, node: Node, path: tuple[Step, ...], depth: int) -> _Typed | None:
    name = node.child_by_field_name("name")
    holder = node.child_by_field_name("type_arguments")
    given = named(holder) if holder is not None else []
    if name is None:
        return None
    text = file.source.text(name)
    if text in ("Promise", "PromiseLike", "Awaited") and len(given) == 1:
        found = _kind_of_type(file, given[0], path, depth + 1)
        if found is None:
            return None
        kind = found.kind._replace(promised=text != "Awaited")
        return _Typed(kind, f"typed `{file.source.text(node)[:50]}`")
    if text in ("NonNullable", "Readonly", "Required", "Partial") and len(given) == 1:
        return _kind_of_type(file, given[0], path, depth + 1)
    return _of_type_name(file, name, path, depth)


def _of_type_name(file: File, node: Node, path: tuple[Step, ...], depth: int) -> _Typed | None:
    text = file.source.text(node)
    name = "".join(text.partition("<")[0].split())
    first, _, rest = name.partition(".")
    local = _declared_types(file).get(first) if not rest else None
    if local is not None:
        return _of_declared(file, local, path, depth)
    parameter = _type_parameter(file, node, name)
    if parameter is not None:
        constraint = parameter.child_by_field_name("constraint")
        inner = named(constraint) if constraint is not None else []
        return _kind_of_type(file, inner[-1], path, depth + 1) if inner else None
    kind, module = _imported_kind(file, name)
    if kind is None:
        return None
    for step in path:
        below = knowledge.member_kind(kind, str(step), called=False, knowledge=knowledge_of(file))
        if below is None:
            return None
        kind = below
    why = f"typed `{text}` of {module}" if module else f"typed `{text}`"
    return _Typed(kind, f"part of what is {why}" if path else why)


def _imported_kind(file: File, name: str) -> tuple[Kind | None, str]:
    """The kind a type's name stands for, and the module it comes from ("" for a global)."""
    first, _, rest = name.partition(".")
    if first == "NodeJS":
        return (
            (knowledge.type_kind("globals", name, knowledge_of(file)), "")
            if rest in _NODE
            else (None, "")
        )
    imported = _imported_types(file).get(first)
    if imported is None:
        kind = knowledge.type_kind("globals", name, knowledge_of(file))
        return (kind, "") if kind is not None and not rest else (None, "")
    module, export = imported
    plain = knowledge.bare(module)
    full = ".".join(part for part in (export, rest) if part)
    kind = knowledge.type_kind(plain, full, knowledge_of(file))
    last = full.rpartition(".")[2]
    if kind is None and plain in knowledge.TYPE_MODULES and last not in _NODE:
        kind = knowledge.TYPES.get(last)
    if kind is not None and kind.lifetime == "process":
        return None, module
    return kind, module


def _imported_types(file: File) -> dict[str, tuple[str, str]]:
    """(module, export) of every name that an import binds, those for types only included."""
    known = file.memo.get("types")
    if isinstance(known, dict):
        return known
    found: dict[str, tuple[str, str]] = {}
    for statement in file.source.root.children:
        if statement.type == "import_statement":
            found.update(_import_names(file, statement))
    file.memo["types"] = found
    return found


def _import_names(file: File, statement: Node) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    source = statement.child_by_field_name("source")
    clause = next((c for c in statement.named_children if c.type == "import_clause"), None)
    required = next(
        (c for c in statement.named_children if c.type == "import_require_clause"), None
    )
    if required is not None:
        source = required.child_by_field_name("source") or source
        clause = required
    if source is None or clause is None:
        return found
    module = file.source.text(source)[1:-1]
    for part in clause.named_children:
        if part.type == "identifier":
            found[file.source.text(part)] = (module, "")
        elif part.type == "namespace_import":
            found[file.source.text(named(part)[-1])] = (module, "")
        elif part.type == "named_imports":
            for specifier in named(part):
                name = specifier.child_by_field_name("name")
                alias = specifier.child_by_field_name("alias") or name
                if name is not None and alias is not None:
                    export = file.source.text(name)
                    found[file.source.text(alias)] = (module, "" if export == "default" else export)
    return found


_TYPE_NAMED = re.compile(rb"\b(?:interface|type|class)\s+([A-Za-z_$][\w$]*)")


def _declared_types(file: File) -> dict[str, Node]:
    """The interfaces, aliases and classes of the file that have a name of their own, by it."""
    known = file.memo.get("declared types")
    if isinstance(known, dict):
        return known
    found: dict[str, Node] = {}
    twice: set[str] = set()
    for hit in _TYPE_NAMED.finditer(file.source.data):
        node = file.source.root.descendant_for_byte_range(hit.start(1), hit.end(1))
        holder = node.parent if node is not None and node.type == "type_identifier" else None
        if holder is None or holder.child_by_field_name("name") != node:
            continue
        if holder.type in (
            "interface_declaration",
            "type_alias_declaration",
            "class_declaration",
            "abstract_class_declaration",
        ):
            name = hit.group(1).decode()
            if name in found:
                twice.add(name)
            found[name] = holder
    for name in twice:
        del found[name]
    file.memo["declared types"] = found
    return found


def _of_declared(file: File, node: Node, path: tuple[Step, ...], depth: int) -> _Typed | None:
    """What an interface, alias or class of the file says."""
    if node.type == "type_alias_declaration":
        value = node.child_by_field_name("value")
        return _kind_of_type(file, value, path, depth + 1) if value is not None else None
    name = file.source.text(node.child_by_field_name("name") or node)
    body = node.child_by_field_name("body")
    if path:
        found = _of_property(file, body, path, depth) if body is not None else None
        if found is not None:
            return found
    for child in node.named_children:
        if child.type in ("extends_type_clause", "extends_clause", "class_heritage"):
            inner = child
            if child.type == "class_heritage":
                inner = next((c for c in child.named_children if c.type == "extends_clause"), child)
            for parent in named(inner):
                typed = _kind_of_type(file, parent, path, depth + 1)
                if typed is not None:
                    kind = typed.kind._replace(finite=False)
                    return _Typed(kind, f"a `{name}`, which extends it: {typed.why}")
    return None


def _of_property(file: File, body: Node, path: tuple[Step, ...], depth: int) -> _Typed | None:
    if not path:
        return None
    for part in named(body):
        key = part.child_by_field_name("name") or part.child_by_field_name("property")
        if key is None or file.source.text(key) != str(path[0]):
            continue
        if part.type in ("property_signature", "public_field_definition"):
            annotation = part.child_by_field_name("type")
            inner = named(annotation) if annotation is not None else []
            if len(inner) == 1:
                return _kind_of_type(file, inner[0], path[1:], depth + 1)
    return None


def of_method(file: File, node: Node, name: str) -> Evidence | None:
    """What calling method `name` of a value of type `node` gives, by its declared return type."""
    return _of_method(file, node, name, 0)


def _of_method(file: File, node: Node, name: str, depth: int) -> Evidence | None:
    if depth > _DEEPEST:
        return None
    if node.type == "union_type":
        parts = [p for p in _members_of(node) if file.source.text(p) not in ("null", "undefined")]
        return _of_method(file, parts[0], name, depth + 1) if len(parts) == 1 else None
    if node.type == "type_identifier":
        local = _declared_types(file).get(file.source.text(node))
        if local is None:
            return None
        if local.type == "type_alias_declaration":
            value = local.child_by_field_name("value")
            return _of_method(file, value, name, depth + 1) if value is not None else None
        node = local.child_by_field_name("body") or local
    if node.type not in ("object_type", "interface_body", "class_body"):
        return None
    found: list[Evidence] = []
    for part in named(node):
        key = part.child_by_field_name("name")
        if key is None or file.source.text(key) != name or part.type.startswith("public"):
            continue
        typed = of_returned(file, part) if part.child_by_field_name("return_type") else None
        if typed is None:
            return None
        found.append(typed)
    return found[0] if len(found) == 1 else None


def declared_type(file: File, binding: Binding) -> Node | None:
    """The type a variable or parameter is annotated with, None for a name out of a pattern."""
    holder = binding.node.parent if not binding.path else None
    annotation = holder.child_by_field_name("type") if holder is not None else None
    inner = named(annotation) if annotation is not None else []
    return inner[0] if len(inner) == 1 else None


def _type_parameter(file: File, node: Node, name: str) -> Node | None:
    """The type parameter called `name` of a function or class around `node`."""
    at: Node | None = node
    while (at := at.parent if at is not None else None) is not None:
        holder = at.child_by_field_name("type_parameters")
        for parameter in named(holder) if holder is not None else []:
            own = parameter.child_by_field_name("name")
            if own is not None and file.source.text(own) == name:
                return parameter
    return None


# JSDoc.

_PARAM = r"@param\s+\{([^{}\n]+)\}\s+\[?%s\b"
_RETURNS = re.compile(r"@returns?\s+\{([^{}\n]+)\}")
_TYPE = re.compile(r"@type\s+\{([^{}\n]+)\}")
_IMPORTED = re.compile(r"(?:typeof\s+)?import\(\s*['\"]([^'\"]+)['\"]\s*\)\.?([\w$.]*)")
_BARE = frozenset({"Readable", "Writable", "Duplex", "Transform", "PassThrough"})


def _of_param_tag(file: File, binding: Binding) -> Evidence | None:
    function = file.functions.enclosing(binding.node)
    if function is None:
        return None
    tag = re.search(_PARAM % re.escape(binding.name), _comment_above(file, function))
    found = _documented(file, tag.group(1), function) if tag is not None else None
    return _about(binding.name, found) if found is not None else None


def _of_type_tag(file: File, declaration: Node, name: str) -> Evidence | None:
    tag = _TYPE.search(_comment_above(file, declaration))
    found = _documented(file, tag.group(1), declaration) if tag is not None else None
    return _about(name, found) if found is not None else None


def _comment_above(file: File, node: Node) -> str:
    """The JSDoc comment right above a function or declaration, "" without one."""
    node = wrapped(node)
    while node.parent is not None:
        before = node.prev_named_sibling
        if before is not None and before.type == "comment":
            text = file.source.text(before)
            return text if text.startswith("/**") else ""
        first = before is None or node.start_byte == node.parent.start_byte
        held = node.parent.type in _HOLDING and (first or node.parent.type in _NAMING)
        if not held:
            return ""
        node = node.parent
    return ""


_NAMING = frozenset({"variable_declarator", "assignment_expression", "pair"})
_HOLDING = _NAMING | {
    "lexical_declaration",
    "variable_declaration",
    "expression_statement",
    "export_statement",
}


def _documented(file: File, text: str, at: Node) -> Evidence | None:
    """What a type in a comment says: somebody's word, so likely."""
    shown = text = text.strip()
    text = text.strip("?!=()").strip()
    promised = re.fullmatch(r"Promise\.?<(.+)>", text)
    if promised is not None:
        text = promised.group(1).strip("?!() ")
    parts = [part.strip() for part in text.split("|")]
    parts = [part for part in parts if part not in ("null", "undefined", "void", "")]
    kinds = [_documented_kind(file, part, at) for part in parts]
    known = [kind for kind in kinds if kind is not None]
    if not known or len(known) < len(kinds) or len({kind.role for kind in known}) > 1:
        return None
    kind = known[0]._replace(promised=True) if promised is not None else known[0]
    why = f"documented as `{shown}`"
    return Evidence(Level.LIKELY, kind, reasons=(why,), named=kind.role == "readable")


def _documented_kind(file: File, text: str, at: Node) -> Kind | None:
    text = text.partition("<")[0].strip()
    imported = _IMPORTED.fullmatch(text)
    if imported is not None:
        return knowledge.type_kind(
            knowledge.bare(imported.group(1)), imported.group(2), knowledge_of(file)
        )
    if not re.fullmatch(r"[\w$.]+", text):
        return None
    first, _, rest = text.partition(".")
    if first == "NodeJS":
        return knowledge.type_kind("globals", text, knowledge_of(file)) if rest in _NODE else None
    kind, _ = _imported_kind(file, text)
    if kind is not None:
        return kind
    binding = file.bindings.lookup(first, at)
    origin = file.bindings.origin(binding.node) if binding is not None else None
    if origin is not None:
        name = ".".join(part for part in (origin.name, rest) if part)
        return knowledge.type_kind(origin.module, name, knowledge_of(file))
    if binding is None and rest:
        return knowledge.type_kind(first, rest, knowledge_of(file)) if first in _CORE else None
    return (
        knowledge.type_kind("stream", text, knowledge_of(file))
        if binding is None and text in _BARE
        else None
    )


_CORE = frozenset({"stream", "http", "https", "http2", "fs", "net", "zlib", "express"})
