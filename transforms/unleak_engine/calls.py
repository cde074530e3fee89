"""Who calls a function, when the file shows all of its callers."""

from tree_sitter import Node

from unleak_engine.bindings import Binding, Bindings
from unleak_engine.syntax import is_field, unwrapped


def binding_of(bindings: Bindings, function: Node) -> Binding | None:
    """The binding by which a function is called: its declared name, or the variable it is the
    initial value of."""
    if function.type in ("function_declaration", "generator_function_declaration"):
        name = function.child_by_field_name("name")
        return bindings.resolve(name) if name is not None else None
    child, parent = function, function.parent
    while parent is not None and unwrapped(parent) == function:
        child, parent = parent, parent.parent
    if parent is None or parent.type != "variable_declarator":
        return None
    name = parent.child_by_field_name("name")
    if name is None or name.type != "identifier" or not is_field(parent, "value", child):
        return None
    return bindings.resolve(name)


def call_sites(bindings: Bindings, function: Node) -> list[Node] | None:
    """Every call of a function that only this file can call, in text order. None when it
    escapes: exported, passed, stored, re-assigned, a method, or constructed with `new`."""
    called = _called_at_once(function)
    own: list[Node] = []
    name = function.child_by_field_name("name")
    if name is not None and function.type in ("function_expression", "generator_function"):
        inner = bindings.resolve(name)
        found = _calls_of(bindings, inner) if inner is not None else []
        if found is None:
            return None
        own = found
    if called is not None:
        return sorted([called, *own], key=lambda call: call.start_byte)
    binding = binding_of(bindings, function)
    if binding is None or _is_exported(bindings, binding):
        return None
    found = _calls_of(bindings, binding)
    if found is None or not bindings.is_constant(binding):
        return None
    return sorted([*found, *own], key=lambda call: call.start_byte)


def _called_at_once(function: Node) -> Node | None:
    child, parent = function, function.parent
    while parent is not None and parent.type == "parenthesized_expression":
        child, parent = parent, parent.parent
    if parent is None or parent.type != "call_expression":
        return None
    return parent if is_field(parent, "function", child) else None


def _calls_of(bindings: Bindings, binding: Binding) -> list[Node] | None:
    calls: list[Node] = []
    for node in bindings.references(binding):
        if bindings.declares(node):
            continue
        call = node.parent
        if call is None or call.type != "call_expression":
            return None
        arguments = call.child_by_field_name("arguments")
        if not is_field(call, "function", node):
            return None
        if arguments is None or arguments.type != "arguments":
            return None
        calls.append(call)
    return calls


def _is_exported(bindings: Bindings, binding: Binding) -> bool:
    path = bindings.path_to(binding.declaration)
    return any(step.type == "export_statement" for step in path[-3:])
