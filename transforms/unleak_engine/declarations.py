"""The declarations of names: what an identifier declares, and which scope owns it."""

from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node

from unleak_engine.source import Source
from unleak_engine.syntax import (
    CLASSES,
    FUNCTION_DECLARATIONS,
    FUNCTIONS,
    NAMESPACES,
    TYPES,
    has_directive,
    is_field,
)

REST = "..."
"""The path step of what a rest element gathers."""
UNKNOWN_KEY = "*"
"""The path step of a computed key."""

# A `var` stops at these, and so does everything declared in a block.
VAR_SCOPES = FUNCTIONS | {"program", "class_static_block"}
BLOCK_SCOPES = VAR_SCOPES | {
    "statement_block",
    "switch_body",
    "for_statement",
    "for_in_statement",
    "catch_clause",
    "class",
}
# An identifier whose parent is none of these declares nothing: most are told apart by this alone.
DECLARING = (
    FUNCTIONS
    | CLASSES
    | {
        "variable_declarator",
        "formal_parameters",
        "required_parameter",
        "optional_parameter",
        "array_pattern",
        "object_pattern",
        "pair_pattern",
        "rest_pattern",
        "assignment_pattern",
        "object_assignment_pattern",
        "for_in_statement",
        "catch_clause",
        "import_clause",
        "import_specifier",
        "namespace_import",
        "import_require_clause",
        "import_alias",
        "function_signature",
        "enum_declaration",
        "internal_module",
        "nested_identifier",
    }
)


class Binding(NamedTuple):
    """One declared name.

    `kind` is import, const, let, var, using, function, class, param, catch, enum or namespace.
    `node` is the declaring identifier, `declaration` what it belongs to: the declarator, the
    formal parameter, the import statement, the function, class, catch clause or for statement.
    `scope` is the program, function, block, switch body, for statement, catch clause or (for
    the name of a class expression) class that owns it; `var`, parameters and everything at the
    top of a body belong to the function itself.
    `value` is the initialiser, of the whole pattern when `path` is not empty. `path` leads from
    it to this name: ("a", "b") for `const { a: { b } } = value`, numbers for array elements,
    "..." for a rest element, "*" for a computed key.
    """

    name: str
    kind: str
    node: Node
    declaration: Node
    scope: Node
    value: Node | None = None
    path: tuple[str | int, ...] = ()


class Declarations:
    """Reads declarations of one source. `strict` says the whole file is in strict mode."""

    def __init__(self, source: Source, strict: bool) -> None:
        self.source = source
        self.strict = strict

    def _owner(self, path: Sequence[Node], types: frozenset[str]) -> Node:
        """The innermost node of `path` that is one of `types`; a namespace's block counts."""
        for depth in range(len(path) - 1, -1, -1):
            node = path[depth]
            if node.type in types and not is_body(path, depth):
                return node
            if (
                node.type == "statement_block"
                and depth
                and path[depth - 1].type in NAMESPACES | {"ambient_declaration"}
            ):
                return node
        return self.source.root

    def _is_strict(self, path: Sequence[Node]) -> bool:
        if self.strict:
            return True
        for node in path:
            if node.type == "class_body":
                return True
            body = node.child_by_field_name("body") if node.type in FUNCTIONS else None
            if body is not None and has_directive(body, b"use strict"):
                return True
        return False

    def read(self, path: Sequence[Node]) -> Binding | None:
        """What the identifier at the end of `path`, a path from the root, declares."""
        node, depth = path[-1], len(path) - 2
        name = self.source.text(node)
        owner, above = path[depth], path[:depth]
        if any(step.type in TYPES for step in above) or owner.type in TYPES:
            return self._signature(name, path)
        if node.type == "type_identifier" and owner.type not in CLASSES:
            return None
        if owner.type in FUNCTION_DECLARATIONS and is_field(owner, "name", node):
            hoists = owner.type == "function_declaration" and owner.children[0].type != "async"
            types = (
                frozenset(VAR_SCOPES)
                if hoists and not self._is_strict(above)
                else frozenset(BLOCK_SCOPES)
            )
            return Binding(name, "function", node, owner, self._owner(above, types))
        if owner.type in FUNCTIONS:
            if is_field(owner, "parameter", node):
                return Binding(name, "param", node, node, owner)
            if owner.type != "method_definition" and is_field(owner, "name", node):
                return Binding(name, "function", node, owner, owner)
            return None
        if owner.type in CLASSES:
            if not is_field(owner, "name", node):
                return None
            scope = owner if owner.type == "class" else self._owner(above, BLOCK_SCOPES)
            return Binding(name, "class", node, owner, scope)
        if owner.type in ("enum_declaration", "internal_module"):
            kind = "enum" if owner.type == "enum_declaration" else "namespace"
            return Binding(name, kind, node, owner, self._owner(above, BLOCK_SCOPES))
        if owner.type == "nested_identifier":
            if above[-1].type != "internal_module" or owner.children[0] != node:
                return None
            scope = self._owner(above[:-1], BLOCK_SCOPES)
            return Binding(name, "namespace", node, above[-1], scope)
        if owner.type in (
            "import_clause",
            "import_specifier",
            "namespace_import",
            "import_require_clause",
            "import_alias",
        ):
            return self._import(name, path)
        return self._pattern(name, path)

    def _signature(self, name: str, path: Sequence[Node]) -> Binding | None:
        owner, above = path[-2], path[:-2]
        if owner.type != "function_signature" or not is_field(owner, "name", path[-1]):
            return None
        return Binding(name, "function", path[-1], owner, self._owner(above, BLOCK_SCOPES))

    def _import(self, name: str, path: Sequence[Node]) -> Binding | None:
        node, owner = path[-1], path[-2]
        if owner.type == "import_specifier":
            local = owner.child_by_field_name("alias") or owner.child_by_field_name("name")
            if local != node:
                return None
        if owner.type == "import_alias" and owner.named_children[0] != node:
            return None
        statement = next(
            (step for step in reversed(path) if step.type in ("import_statement", "import_alias")),
            owner,
        )
        return Binding(name, "import", node, statement, self._owner(path[:-2], BLOCK_SCOPES))

    def _pattern(self, name: str, path: Sequence[Node]) -> Binding | None:
        """A declaration by a variable, parameter, catch or for head, through its patterns."""
        node = path[-1]
        steps: list[str | int] = []
        child = node
        for depth in range(len(path) - 2, -1, -1):
            owner = path[depth]
            kind = owner.type
            if kind == "array_pattern":
                steps.append(_element_index(owner, child))
            elif kind == "object_pattern":
                if child.type != "pair_pattern" and child.type != "rest_pattern":
                    steps.append(name)
            elif kind == "pair_pattern":
                if not is_field(owner, "value", child):
                    return None
                steps.append(self._key(owner.child_by_field_name("key")))
            elif kind == "rest_pattern":
                steps.append(REST)
            elif kind in ("assignment_pattern", "object_assignment_pattern"):
                if not is_field(owner, "left", child):
                    return None
            elif kind in ("required_parameter", "optional_parameter"):
                if not is_field(owner, "pattern", child):
                    return None
            elif kind == "formal_parameters":
                return Binding(name, "param", node, child, path[depth - 1], None, _path(steps))
            elif kind == "variable_declarator":
                if not is_field(owner, "name", child):
                    return None
                return self._variable(name, node, path[: depth + 1], steps)
            elif kind == "for_in_statement":
                token = owner.child_by_field_name("kind")
                if token is None or not is_field(owner, "left", child):
                    return None
                types = VAR_SCOPES if token.type == "var" else BLOCK_SCOPES
                scope = self._owner(path[: depth + 1], types)
                return Binding(name, token.type, node, owner, scope, None, _path(steps))
            elif kind == "catch_clause":
                if not is_field(owner, "parameter", child):
                    return None
                return Binding(name, "catch", node, owner, owner, None, _path(steps))
            else:
                return None
            child = owner
        return None

    def _variable(
        self, name: str, node: Node, path: Sequence[Node], steps: list[str | int]
    ) -> Binding:
        declarator, statement = path[-1], path[-2]
        token = statement.child_by_field_name("kind") or statement.children[0]
        kind = "var" if statement.type == "variable_declaration" else token.type
        if statement.type == "using_declaration":
            kind = "using"
        scope = self._owner(path[:-2], VAR_SCOPES if kind == "var" else BLOCK_SCOPES)
        value = declarator.child_by_field_name("value")
        return Binding(name, kind, node, declarator, scope, value, _path(steps))

    def _key(self, key: Node | None) -> str:
        if key is not None and key.type in ("property_identifier", "number"):
            return self.source.text(key)
        if key is not None and key.type == "string":
            return self.source.text(key)[1:-1]
        return UNKNOWN_KEY


def _path(steps: list[str | int]) -> tuple[str | int, ...]:
    return tuple(reversed(steps))


def _element_index(pattern: Node, element: Node) -> int:
    return sum(
        1
        for child in pattern.children
        if child.type == "," and child.start_byte < element.start_byte
    )


def is_body(path: Sequence[Node], depth: int) -> bool:
    """Whether a block is a function's own body, which is one scope with its parameters."""
    return (
        depth > 0
        and path[depth].type == "statement_block"
        and path[depth - 1].type in VAR_SCOPES
        and path[depth - 1].type != "program"
    )
