"""Imports that nothing uses once a rewrite is done: `noUnusedLocals` and linters refuse them."""

from collections.abc import Sequence

from tree_sitter import Node

from unleak_codemods.streams.syntax import FUNCTIONS, inside, named, walk
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.edit import Edit

_KEYWORDS = ("import ", "const ", "let ", "var ")


def without_import(
    file: File, binding: Binding | None, gone: Sequence[Node], added: tuple[Edit, ...]
) -> tuple[Edit, ...]:
    """`added`, the edits of a new import, with those that take out the import of `binding` when
    all its uses lie in `gone`. Where a whole statement goes, a new one takes its place."""
    if binding is None or (binding.path and "..." in binding.path):
        return added
    uses = [n for n in file.bindings.references(binding) if not file.bindings.declares(n)]
    others = [use for use in uses if not any(inside(use, part) for part in gone)]
    if others or not uses:
        return (*added, *_waiting_for(file, uses, others))
    statement = _statement(file, binding)
    if statement is None or _names_type(file, binding):
        return added
    names = _names(statement)
    if len(names) > 1:
        element = next((name for name in names if inside(binding.node, name)), None)
        removed = _removed(names, element) if element is not None else None
        return added if removed is None else _together(added, removed)
    start, end = statement.start_byte, statement.end_byte
    if len(added) == 1 and start < added[0].start == added[0].end < end and names != [statement]:
        # The new name goes where this one stood alone.
        text = added[0].text.decode().strip(", \r\n\t")
        return (Edit.replace(names[0].start_byte, names[0].end_byte, text),)
    if len(added) == 1 and (text := _new_statement(added[0])):
        # More code may stand behind it on its line.
        ended = file.source.bytes(statement).endswith(b";") and not text.endswith(";")
        return (Edit.replace(start, end, text + ";" if ended else text),)
    after = file.source.data.find(b"\n", end) + 1
    blank = not file.source.data[end:after].strip() if after else False
    line_start = file.source.line_start(start)
    if not blank or line_start != start:
        return added
    return _together(added, Edit.delete(start, after))


def _names_type(file: File, binding: Binding) -> bool:
    """Whether the name also stands where a type does, which no reference tells."""
    return any(
        node.type == "type_identifier" and file.source.text(node) == binding.name
        for node in walk(file.source.root)
    )


def _waiting_for(file: File, uses: list[Node], others: list[Node]) -> tuple[Edit, ...]:
    """An edit that changes nothing, but keeps the last use from being rewritten together with
    the one before it: who comes last alone can see that the import may go."""
    if not others or others[-1].id == uses[-1].id:
        return ()
    before = others[-1]
    return (Edit.replace(before.start_byte, before.end_byte, file.source.text(before)),)


def _new_statement(edit: Edit) -> str:
    """The import that an insertion adds, "" for one that only widens another."""
    text = edit.text.decode().strip()
    return text if edit.start == edit.end and text.startswith(_KEYWORDS) else ""


def _together(added: tuple[Edit, ...], one: Edit) -> tuple[Edit, ...]:
    touches = any(one.start <= edit.end and edit.start <= one.end for edit in added)
    return added if touches else (*added, one)


def without_helper(file: File, gone: Sequence[Node]) -> tuple[Edit, ...]:
    """The edits that take out the functions of the file's own that only `gone` uses, so far as
    each has a statement and lines to itself."""
    edits: dict[int, Edit] = {}
    for part in gone:
        for node in walk(part):
            binding = file.bindings.resolve(node) if node.type == "identifier" else None
            if binding is None or inside(binding.node, part) or binding.path:
                continue
            statement = _own_function(binding)
            if statement is None:
                continue
            uses = [n for n in file.bindings.references(binding) if not file.bindings.declares(n)]
            if all(any(inside(use, other) for other in gone) for use in uses):
                edit = _lines(file, statement)
                if edit is not None:
                    edits[edit.start] = edit
    return tuple(edits.values())


def _own_function(binding: Binding) -> Node | None:
    """The statement that declares a function, or a constant that is one."""
    declared = binding.declaration
    if declared.type == "function_declaration":
        plain = declared.parent is not None and declared.parent.type != "export_statement"
        return declared if plain else None
    holder = declared.parent
    if binding.kind != "const" or holder is None or len(named(holder)) != 1:
        return None
    if binding.value is None or binding.value.type not in FUNCTIONS:
        return None
    return holder if holder.parent is not None and holder.parent.type == "program" else None


def _lines(file: File, statement: Node) -> Edit | None:
    """The whole lines of a statement and the blank one after it."""
    data = file.source.data
    start = file.source.line_start(statement.start_byte)
    after = data.find(b"\n", statement.end_byte) + 1
    before = file.source.line_start(max(start - 1, 0))
    if start != statement.start_byte or not after or data[statement.end_byte : after].strip():
        return None
    if data[before:start].strip():
        return None  # a comment, or code, leans on it
    blank = data.find(b"\n", after) + 1
    return Edit.delete(start, blank if blank and not data[after:blank].strip() else after)


def _statement(file: File, binding: Binding) -> Node | None:
    """The import statement, or the `const … = require(…)`, that only brings names in."""
    node: Node | None = binding.node
    while node is not None and node.parent is not None and node.parent.type != "program":
        node = node.parent
    if node is None or node.parent is None:
        return None
    if node.type == "import_statement":
        return node
    if node.type not in ("lexical_declaration", "variable_declaration"):
        return None
    declarators = [child for child in named(node) if child.type == "variable_declarator"]
    value = declarators[0].child_by_field_name("value") if len(declarators) == 1 else None
    if value is None or value.type != "call_expression":
        return None
    function = value.child_by_field_name("function")
    return node if function is not None and file.source.text(function) == "require" else None


def _names(statement: Node) -> list[Node]:
    """Everything a statement binds, as the elements that stand in its list."""
    if statement.type != "import_statement":
        pattern = named(statement)[0].child_by_field_name("name")
        whole = pattern is None or pattern.type != "object_pattern"
        return [statement] if pattern is None or whole else named(pattern)
    found: list[Node] = []
    for clause in named(statement):
        if clause.type == "import_clause":
            for part in named(clause):
                found += named(part) if part.type == "named_imports" else [part]
    return found


def _removed(names: list[Node], element: Node) -> Edit | None:
    """`element` taken out of its list, with one comma."""
    index = next(i for i, name in enumerate(names) if name.id == element.id)
    same_list = [name for name in names if name.parent == element.parent]
    if len(same_list) < 2:
        return None
    if element.id == same_list[0].id:
        return Edit.delete(element.start_byte, names[index + 1].start_byte)
    return Edit.delete(names[index - 1].end_byte, element.end_byte)
