"""A function that is picked from two modules: `(secure ? https : http).get`."""

from tree_sitter import Node

from unleak_codemods.streams.syntax import member, unwrap
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File


def chosen(file: File, target: Node) -> list[Origin]:
    """Where the function that a conditional comes to may be from, whether it stands in a constant
    or not; nothing when that is not known of each branch, or `target` is no such choice."""
    found = member(target)
    base = unwrap(found[0] if found is not None else target)
    binding = file.bindings.resolve(base) if base.type == "identifier" else None
    if binding is not None and binding.value is not None and not binding.path:
        base = unwrap(binding.value) if file.bindings.is_constant(binding) else base
    if base.type != "ternary_expression":
        return []
    parts = [base.child_by_field_name(name) for name in ("consequence", "alternative")]
    origins = [file.bindings.origin(unwrap(part)) if part is not None else None for part in parts]
    name = file.source.text(found[1]) if found is not None else None
    each = [
        origin if name is None else Origin(origin.module, name)
        for origin in origins
        if origin is not None and (name is None or origin.name in ("", "default"))
    ]
    return each if len(each) == len(parts) else []
