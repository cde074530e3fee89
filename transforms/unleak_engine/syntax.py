"""What the kinds of nodes in the JavaScript and TypeScript grammars mean for names."""

from collections.abc import Sequence

from tree_sitter import Node

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

NAMES = frozenset(
    {
        "identifier",
        "shorthand_property_identifier",
        "shorthand_property_identifier_pattern",
        "type_identifier",
    }
)
# Below these an identifier names a type, or a parameter that only a type has.
TYPES = frozenset(
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
_JSX_TAGS = frozenset({"jsx_opening_element", "jsx_closing_element", "jsx_self_closing_element"})
_WRAPPERS = frozenset(
    {"parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression"}
)


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


def is_before_function(inside: Sequence[Node]) -> bool:
    """Whether a path inside of a function leads to what runs when it is made, and so sees
    nothing of it: a decorator, of a parameter too, or a computed name."""
    return any(step.type in ("decorator", "computed_property_name") for step in inside[:1]) or (
        len(inside) > 2 and inside[0].type == "formal_parameters" and inside[2].type == "decorator"
    )


def is_use(path: Sequence[Node]) -> bool:
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
    return not any(step.type in TYPES for step in path)


def is_assigned(path: Sequence[Node]) -> bool:
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
