"""What type annotations and JSDoc say of a name: the module a type comes from, and its name there.

Only types that a file writes are read; nothing is inferred.
"""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.syntax import named
from unleak_engine.codemod import File


class Type(NamedTuple):
    """A type as written. `module` is "" for one that no import brings, "." for one that the file
    declares itself and that extends nothing known."""

    module: str
    name: str
    text: str


def type_of(file: File, declared: Node) -> Type | None:
    """The annotation of a declaring identifier or pattern, None without one or for `any`."""
    holder = declared.parent
    annotation = holder.child_by_field_name("type") if holder is not None else None
    inner = named(annotation) if annotation is not None else []
    return _read(file, inner[0], 0) if len(inner) == 1 else None


def jsdoc_of(file: File, function: Node, name: str) -> Type | None:
    """What the JSDoc comment right above a function says of its parameter `name`."""
    comment = _comment_above(function)
    if comment is None:
        return None
    text = file.source.text(comment)
    found = re.search(r"@param\s*\{([^{}]+)\}\s*\[?" + re.escape(name) + r"\b", text)
    return _words(file, found.group(1).strip(), function) if found is not None else None


_HOLDERS = frozenset(
    {
        "assignment_expression",
        "export_statement",
        "expression_statement",
        "lexical_declaration",
        "pair",
        "parenthesized_expression",
        "variable_declaration",
        "variable_declarator",
    }
)


def _comment_above(function: Node) -> Node | None:
    """The JSDoc comment right above a function, or above the statement that holds it."""
    node: Node | None = function
    while node is not None:
        above = node.prev_named_sibling
        while above is not None and above.type == "decorator":
            above = above.prev_named_sibling
        if above is not None and above.type == "comment":
            return above if (above.text or b"").startswith(b"/**") else None
        node = node.parent if node.parent is not None and node.parent.type in _HOLDERS else None
    return None


def _words(file: File, text: str, at: Node) -> Type | None:
    """A type as JSDoc writes it: `import('express').Response`, `http.ServerResponse`."""
    found = re.fullmatch(r"import\(['\"]([^'\"]+)['\"]\)\.([\w.]+)(?:<.*>)?", text)
    if found is not None:
        return Type(bare(found.group(1)), found.group(2), text)
    if re.fullmatch(r"[\w$.]+", text) is None:
        return None
    head, _, rest = text.partition(".")
    if head == "Express" and rest:
        return Type("express", rest, text)
    module = imported_types(file).get(head) or _typedefs(file).get(head)
    if module is not None:
        return _joined(module, rest, text)
    binding = file.bindings.lookup(head, at)
    origin = file.bindings.origin(binding.node) if binding is not None else None
    if origin is not None:
        return _joined((bare(origin.module), origin.name), rest, text)
    return Type(head, rest, text) if head in ("express", "http") and rest else None


_TYPEDEF = re.compile(
    rb"""@typedef\s*\{\s*import\(['"]([^'"]+)['"]\)\.([\w.]+)[^{}]*\}\s*([\w$]+)"""
)


def _typedefs(file: File) -> dict[str, tuple[str, str]]:
    """What the file's `@typedef {import('express').Response} Response` lines name."""
    known = file.memo.get("typedefs")
    if not isinstance(known, dict):
        known = file.memo["typedefs"] = {
            hit.group(3).decode(): (bare(hit.group(1).decode()), hit.group(2).decode())
            for hit in _TYPEDEF.finditer(file.source.data)
        }
    return known


def _joined(module: tuple[str, str], rest: str, text: str) -> Type:
    name = module[1].removeprefix("default").lstrip(".")
    return Type(module[0], ".".join(part for part in (name, rest) if part), text)


def _read(file: File, node: Node, depth: int) -> Type | None:
    text = " ".join(file.source.text(node).split())
    match node.type:
        case "union_type":
            # The grammar nests unions; what is nothing does not count.
            parts = [p for p in named(node) if file.source.text(p) not in ("null", "undefined")]
            return _read(file, parts[0], depth + 1) if len(parts) == 1 and depth < 8 else None
        case "intersection_type":
            found = (_read(file, part, depth + 1) for part in named(node))
            return next((t for t in found if t is not None and t.module not in ("", ".")), None)
        case "parenthesized_type" | "readonly_type":
            return _read(file, named(node)[0], depth + 1)
        case "generic_type":
            inner = node.child_by_field_name("name")
            return _read(file, inner, depth + 1) if inner is not None else None
        case "type_identifier" | "identifier":
            return _named(file, text, depth)
        case "nested_type_identifier":
            head, _, rest = text.partition(".")
            if head == "Express":
                return Type("express", rest, text)
            module = imported_types(file).get(head)
            return _joined(module, rest, text) if module is not None else Type("", text, text)
        case "predefined_type":
            return None if text in ("any", "unknown", "object") else Type("", text, text)
    return None


def _named(file: File, name: str, depth: int) -> Type | None:
    module = imported_types(file).get(name)
    if module is not None:
        return _joined(module, "", name)._replace(text=name)
    own = _declared(file, name)
    if own is None:
        return Type("", name, name)
    if depth < 4:
        for part in _bases(own):
            found = _read(file, part, depth + 1)
            if found is not None and found.module not in ("", "."):
                return found._replace(text=name)
    return Type(".", name, name)


_OWN = ("interface_declaration", "type_alias_declaration", "class_declaration")


def _declared(file: File, name: str) -> Node | None:
    """The top-level declaration of a type in the file itself."""
    known = file.memo.get("own types")
    if not isinstance(known, dict):
        own_types: dict[str, Node] = {}
        for statement in file.source.root.named_children:
            node: Node | None = statement
            if statement.type == "export_statement":
                node = statement.child_by_field_name("declaration")
            if node is not None and node.type in _OWN:
                own = node.child_by_field_name("name")
                if own is not None:
                    own_types[file.source.text(own)] = node
        known = file.memo["own types"] = own_types
    found = known.get(name)
    return found if isinstance(found, Node) else None


def _bases(declaration: Node) -> list[Node]:
    """The types that an interface extends, or that an alias stands for."""
    if declaration.type == "type_alias_declaration":
        value = declaration.child_by_field_name("value")
        return [value] if value is not None else []
    for child in declaration.named_children:
        if child.type == "extends_type_clause":
            return named(child)
    return []


def imported_types(file: File) -> dict[str, tuple[str, str]]:
    """(module, export) of every name that an import statement brings, type-only ones included;
    "" for the module itself."""
    known = file.memo.get("imported types")
    if isinstance(known, dict):
        return known
    found: dict[str, tuple[str, str]] = {}
    for statement in file.source.root.children:
        if statement.type != "import_statement":
            continue
        source = statement.child_by_field_name("source")
        for child in named(statement):
            if child.type == "import_clause" and source is not None:
                module = bare(file.source.text(source)[1:-1])
                found.update(_clause(file, child, module))
            elif child.type == "import_require_clause":
                required = child.child_by_field_name("source")
                parts = named(child)
                if required is not None and parts:
                    module = bare(file.source.text(required)[1:-1])
                    found[file.source.text(parts[0])] = (module, "")
    file.memo["imported types"] = found
    return found


def _clause(file: File, clause: Node, module: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for child in named(clause):
        if child.type == "identifier":
            found[file.source.text(child)] = (module, "")
        elif child.type == "namespace_import":
            found[file.source.text(named(child)[0])] = (module, "")
        elif child.type == "named_imports":
            for specifier in named(child):
                name = specifier.child_by_field_name("name")
                local = specifier.child_by_field_name("alias") or name
                if name is not None and local is not None:
                    found[file.source.text(local)] = (module, file.source.text(name))
    return found
