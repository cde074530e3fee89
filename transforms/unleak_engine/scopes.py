"""Which declaration an identifier means, found name by name.

Nothing here walks the tree. The occurrences of a name are found in the text, and only they are
looked up in the tree; what was learnt about one of them is kept.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from unleak_engine.source import Source

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "generator_function",
        "arrow_function",
        "method_definition",
    }
)
"""The nodes that have parameters and a body of their own."""

FUNCTION_DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})
NAMESPACES = frozenset({"internal_module", "module"})
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})

REST = "..."
"""The path step of what a rest element gathers."""
UNKNOWN_KEY = "*"
"""The path step of a computed key."""

# A `var` stops at these, and so does everything declared in a block.
_VAR_SCOPES = FUNCTIONS | {"program", "class_static_block"}
_BLOCK_SCOPES = _VAR_SCOPES | {
    "statement_block",
    "switch_body",
    "for_statement",
    "for_in_statement",
    "catch_clause",
    "class",
}
_NAMES = frozenset(
    {
        "identifier",
        "shorthand_property_identifier",
        "shorthand_property_identifier_pattern",
        "type_identifier",
    }
)
_SHORTHANDS = frozenset({"shorthand_property_identifier", "shorthand_property_identifier_pattern"})
# Below these an identifier names a type, or a parameter that only a type has.
_TYPES = frozenset(
    {
        "abstract_method_signature",
        "asserts_annotation",
        "call_signature",
        "construct_signature",
        "function_signature",
        "implements_clause",
        "index_signature",
        "interface_declaration",
        "method_signature",
        "nested_type_identifier",
        "type_alias_declaration",
        "type_annotation",
        "type_arguments",
        "type_parameters",
        "type_predicate_annotation",
        "type_query",
        "function_type",
        "constructor_type",
        "object_type",
        "tuple_type",
    }
)
# An identifier whose parent is none of these declares nothing: most are told apart by this alone.
_DECLARING = (
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
_JSX_TAGS = frozenset({"jsx_opening_element", "jsx_closing_element", "jsx_self_closing_element"})
_WRAPPERS = frozenset(
    {"parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression"}
)


@dataclass(frozen=True, slots=True)
class Binding:
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


def field_of(parent: Node, child: Node) -> str | None:
    """The field name under which `child` stands in `parent`."""
    for index, candidate in enumerate(parent.children):
        if candidate == child:
            return parent.field_name_for_child(index)
    return None


def is_field(parent: Node, name: str, child: Node) -> bool:
    return parent.child_by_field_name(name) == child


def unwrapped(node: Node) -> Node:
    """`node` without the parentheses and TypeScript assertions around it."""
    while True:
        if node.type in _WRAPPERS and node.named_children:
            inner = next((child for child in node.named_children if child.type != "comment"), None)
        elif node.type == "type_assertion":
            inner = node.named_children[-1]
        else:
            return node
        if inner is None:
            return node
        node = inner


def has_directive(body: Node, directive: bytes) -> bool:
    """Whether `body`, a program or a function's block, opens with `'<directive>'`."""
    for child in body.named_children:
        if child.type in ("comment", "hash_bang_line"):
            continue
        if child.type != "expression_statement" or child.named_child_count == 0:
            return False
        text = child.named_children[0]
        if text.type != "string":
            return False
        if text.text is not None and text.text[1:-1] == directive:
            return True
    return False


class Scopes:
    """Declarations and uses of names in one source. `strict` says the whole file is a module."""

    def __init__(self, source: Source, strict: bool) -> None:
        self.source = source
        self.strict = strict or has_directive(source.root, b"use strict")
        self._offsets: dict[str, list[int]] = {}
        self._nodes: dict[tuple[int, str], Node | None] = {}
        self._declared: dict[int, Binding | None] = {}
        self._in_scope: dict[tuple[int, str], tuple[Binding, ...]] = {}
        self._references: dict[tuple[int, str], list[Node]] = {}
        self._resolved: dict[int, Binding | None] = {}
        self._writes: dict[tuple[int, str], list[Node]] = {}

    def path_to(self, node: Node) -> list[Node]:
        """The nodes from the root down to `node`, which is the last."""
        path = [self.source.root]
        while path[-1] != node:
            child = path[-1].child_with_descendant(node)
            if child is None:
                break
            path.append(child)
        return path

    def offsets(self, name: str) -> list[int]:
        """Where the text holds `name` as a word, in comments and strings too."""
        found = self._offsets.get(name)
        if found is None:
            word = re.escape(name.encode())
            pattern = re.compile(rb"(?<![\w$])" + word + rb"(?![\w$])")
            found = [hit.start() for hit in pattern.finditer(self.source.data)]
            self._offsets[name] = found
        return found

    def occurrences(self, name: str, within: Node | None = None) -> Iterator[Node]:
        """The identifiers spelled `name`, in text order: declarations, uses and type names, but
        no property names and no labels."""
        low = within.start_byte if within else 0
        high = within.end_byte if within else len(self.source.data)
        for offset in self.offsets(name):
            if low <= offset < high:
                node = self._identifier_at(offset, name)
                if node is not None:
                    yield node

    def _identifier_at(self, offset: int, name: str) -> Node | None:
        key = (offset, name)
        if key not in self._nodes:
            end = offset + len(name.encode())
            node = self.source.root.descendant_for_byte_range(offset, end)
            fits = (
                node is not None
                and node.type in _NAMES
                and (node.start_byte, node.end_byte) == (offset, end)
            )
            self._nodes[key] = node if fits else None
        return self._nodes[key]

    def declared(self, identifier: Node) -> Binding | None:
        """The binding that `identifier` itself declares, None when it only uses a name."""
        if identifier.type not in _NAMES:
            return None
        offset = identifier.start_byte
        if offset not in self._declared:
            parent = identifier.parent
            self._declared[offset] = (
                self._declaration(self.path_to(identifier))
                if parent is not None and parent.type in _DECLARING
                else None
            )
        return self._declared[offset]

    def is_value(self, identifier: Node) -> bool:
        """Whether `identifier` reads or writes a variable where it stands."""
        path = self.path_to(identifier)
        return self.declared(identifier) is None and _is_use(path)

    def resolve(self, identifier: Node) -> Binding | None:
        """What `identifier` means where it stands; None for a global and for what is no value."""
        if identifier.type not in _NAMES:
            return None
        offset = identifier.start_byte
        if offset not in self._resolved:
            self._resolved[offset] = self._resolve(identifier)
        return self._resolved[offset]

    def _resolve(self, identifier: Node) -> Binding | None:
        name = self.source.text(identifier)
        declared = self.declared(identifier)
        if declared is not None:
            owners = self.declared_in(declared.scope, name)
            return owners[0] if owners else declared
        path = self.path_to(identifier)
        if not _is_use(path):
            return None
        return self._find(name, path)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """What `name` would mean if it were written at `at`."""
        return self._find(name, self.path_to(at))

    def _find(self, name: str, path: Sequence[Node]) -> Binding | None:
        for depth in range(len(path) - 1, -1, -1):
            scope = path[depth]
            if scope.type == "with_statement" or (
                scope.type == "enum_body" and _enum_has(scope, name)
            ):
                return None
            if scope.type not in _BLOCK_SCOPES or self._is_body(path, depth):
                continue
            below = path[depth + 1] if depth + 1 < len(path) else None
            if below is not None and not _sees(scope, below):
                continue
            for binding in self.declared_in(scope, name):
                if below is None or _is_visible(binding, scope, below):
                    return binding
        return None

    def declared_in(self, scope: Node, name: str) -> tuple[Binding, ...]:
        """What `scope` declares as `name`, the declaration that counts first."""
        key = (scope.id, name)
        if key not in self._in_scope:
            found = [
                binding
                for node in self.occurrences(name, scope)
                if (binding := self.declared(node)) is not None and binding.scope == scope
            ]
            self._in_scope[key] = tuple(sorted(found, key=_rank))
        return self._in_scope[key]

    def references(self, binding: Binding) -> list[Node]:
        """Every identifier that means `binding`, its declarations included, in text order."""
        key = (binding.scope.id, binding.name)
        main = self.declared_in(*key_of(binding))[0]
        if key not in self._references:
            self._references[key] = [
                node
                for node in self.occurrences(binding.name, binding.scope)
                if self.resolve(node) == main
            ]
        return list(self._references[key])

    def writes(self, binding: Binding) -> list[Node]:
        """The references that give `binding` a value after its declaration, in text order."""
        key = (binding.scope.id, binding.name)
        if key not in self._writes:
            self._writes[key] = [
                node for node in self.references(binding) if self._is_write(node, binding)
            ]
        return list(self._writes[key])

    def _is_write(self, node: Node, binding: Binding) -> bool:
        again = self.declared(node)
        if again is None:
            return _is_assigned(self.path_to(node))
        main = self.declared_in(*key_of(binding))[0]
        if again.node == main.node or again.declaration.type == "function_signature":
            return False
        if again.kind == "var":
            return again.value is not None or again.declaration.type == "for_in_statement"
        return again.kind in ("function", "class", "param")

    def scope_of(self, at: Node) -> Node:
        """The innermost scope around `at`, or `at` itself when it is one."""
        path = self.path_to(at)
        for depth in range(len(path) - 1, -1, -1):
            if path[depth].type in _BLOCK_SCOPES and not self._is_body(path, depth):
                return path[depth]
        return self.source.root

    def _is_body(self, path: Sequence[Node], depth: int) -> bool:
        """Whether a block is a function's own body, which is one scope with its parameters."""
        return (
            depth > 0
            and path[depth].type == "statement_block"
            and path[depth - 1].type in _VAR_SCOPES
            and path[depth - 1].type != "program"
        )

    def _owner(self, path: Sequence[Node], types: frozenset[str]) -> Node:
        """The innermost node of `path` that is one of `types`; a namespace's block counts."""
        for depth in range(len(path) - 1, -1, -1):
            node = path[depth]
            if node.type in types and not self._is_body(path, depth):
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

    def _declaration(self, path: Sequence[Node]) -> Binding | None:
        node, depth = path[-1], len(path) - 2
        name = self.source.text(node)
        owner, above = path[depth], path[:depth]
        if any(step.type in _TYPES for step in above) or owner.type in _TYPES:
            return self._signature(name, path)
        if node.type == "type_identifier" and owner.type not in CLASSES:
            return None
        if owner.type in FUNCTION_DECLARATIONS and is_field(owner, "name", node):
            hoists = owner.type == "function_declaration" and owner.children[0].type != "async"
            types = (
                frozenset(_VAR_SCOPES)
                if hoists and not self._is_strict(above)
                else frozenset(_BLOCK_SCOPES)
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
            scope = owner if owner.type == "class" else self._owner(above, _BLOCK_SCOPES)
            return Binding(name, "class", node, owner, scope)
        if owner.type in ("enum_declaration", "internal_module"):
            kind = "enum" if owner.type == "enum_declaration" else "namespace"
            return Binding(name, kind, node, owner, self._owner(above, _BLOCK_SCOPES))
        if owner.type == "nested_identifier":
            if above[-1].type != "internal_module" or owner.children[0] != node:
                return None
            scope = self._owner(above[:-1], _BLOCK_SCOPES)
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
        return Binding(name, "function", path[-1], owner, self._owner(above, _BLOCK_SCOPES))

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
        return Binding(name, "import", node, statement, self._owner(path[:-2], _BLOCK_SCOPES))

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
                types = _VAR_SCOPES if token.type == "var" else _BLOCK_SCOPES
                scope = self._owner(path[: depth + 1], types)
                return Binding(name, token.type, node, owner, scope, None, _path(steps))
            elif kind == "catch_clause":
                if not is_field(owner, "parameter", child):
                    return None
                return Binding(name, "catch", node, owner, owner, None, _path(steps))
            elif kind == "arrow_function" and is_field(owner, "parameter", child):
                return Binding(name, "param", node, child, owner, None, _path(steps))
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
        scope = self._owner(path[:-2], _VAR_SCOPES if kind == "var" else _BLOCK_SCOPES)
        value = declarator.child_by_field_name("value")
        return Binding(name, kind, node, declarator, scope, value, _path(steps))

    def _key(self, key: Node | None) -> str:
        if key is not None and key.type in ("property_identifier", "number"):
            return self.source.text(key)
        if key is not None and key.type == "string":
            return self.source.text(key)[1:-1]
        return UNKNOWN_KEY


def key_of(binding: Binding) -> tuple[Node, str]:
    return binding.scope, binding.name


def _path(steps: list[str | int]) -> tuple[str | int, ...]:
    return tuple(reversed(steps))


def _rank(binding: Binding) -> tuple[int, int]:
    """Which of several declarations of one name in one scope counts: what gives it its value."""
    owner = binding.declaration
    if binding.kind == "function":
        # The own name of a function expression gives way to whatever its inside declares.
        weak = owner == binding.scope
        return (5 if weak else 4 if owner.type == "function_signature" else 1), owner.start_byte
    if binding.kind == "param":
        return 0, owner.start_byte
    empty = binding.kind == "var" and binding.value is None and owner.type == "variable_declarator"
    return (3 if empty else 2), owner.start_byte


def _sees(scope: Node, below: Node) -> bool:
    """Whether the part `below` of `scope` is inside of what it declares."""
    if scope.type in FUNCTIONS:
        return below.type not in ("decorator", "computed_property_name")
    return True


def _is_visible(binding: Binding, scope: Node, below: Node) -> bool:
    """Parameter defaults see the parameters and the function's own name, not the body."""
    if scope.type in FUNCTIONS and below.type == "formal_parameters":
        return binding.kind == "param" or binding.declaration == scope
    return True


def _enum_has(body: Node, name: str) -> bool:
    wanted = name.encode()
    for member in body.named_children:
        key = member.child_by_field_name("name") if member.type == "enum_assignment" else member
        if key is not None and key.text == wanted:
            return True
    return False


def _element_index(pattern: Node, element: Node) -> int:
    return sum(
        1
        for child in pattern.children
        if child.type == "," and child.start_byte < element.start_byte
    )


def _is_use(path: Sequence[Node]) -> bool:
    """Whether the identifier at the end of `path`, known to declare nothing, is a value."""
    node = path[-1]
    if node.type == "type_identifier":
        return False
    if len(path) < 2:
        return True
    parent = path[-2]
    kind = parent.type
    if kind == "export_specifier":
        statement = path[-4] if len(path) > 3 else parent
        return is_field(parent, "name", node) and statement.child_by_field_name("source") is None
    if kind == "export_statement" and any(child.type == "namespace" for child in parent.children):
        return False
    if kind in ("namespace_export", "import_specifier", "import_attribute", "internal_module"):
        return False
    if kind == "nested_identifier":
        # `import a = b.c` reads b; the dots of `namespace a.b` and of a type read nothing.
        if parent.children[0] != node:
            return False
        return all(step.type not in NAMESPACES for step in path[-3:-2])
    if kind in _JSX_TAGS:
        # A tag that starts with a small letter is an element's name, any other one a variable.
        return not (node.text or b"")[:1].islower()
    return not any(step.type in _TYPES for step in path)


def _is_assigned(path: Sequence[Node]) -> bool:
    """Whether the identifier at the end of `path` stands where a value is stored."""
    child = path[-1]
    for depth in range(len(path) - 2, -1, -1):
        owner = path[depth]
        kind = owner.type
        if kind in ("assignment_expression", "augmented_assignment_expression"):
            return is_field(owner, "left", child)
        if kind == "update_expression":
            return True
        if kind == "for_in_statement":
            return is_field(owner, "left", child)
        if kind == "pair_pattern":
            if not is_field(owner, "value", child):
                return False
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            if not is_field(owner, "left", child):
                return False
        elif kind not in _WRAPPERS and kind not in (
            "array_pattern",
            "object_pattern",
            "rest_pattern",
        ):
            return False
        child = owner
    return False
