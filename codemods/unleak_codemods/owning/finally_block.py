"""`try { … } finally { await release(); }` around what follows a listener, and its forms."""

from tree_sitter import Node

from unleak_codemods.owning.responses import Bound
from unleak_codemods.streams.pipelines import indented
from unleak_codemods.streams.syntax import FUNCTIONS, named, unwrap
from unleak_engine.codemod import File
from unleak_engine.edit import Edit, Kept, weave


def release_text(file: File, given: Node) -> str | None:
    """The call that `given` makes, as an expression; None when it makes several."""
    function = unwrap(given)
    text = file.source.text
    if function.type not in FUNCTIONS:
        return f"{text(function)}()"
    body = file.functions.body(function)
    if body is None:
        return None
    if body.type == "statement_block":
        statements = named(body)
        if len(statements) != 1 or b"//" in file.source.bytes(body):
            return None
        parts = named(statements[0])
        if not parts:
            return None
        body = parts[0]
    while body.type in ("await_expression", "unary_expression"):
        body = named(body)[0]
    return None if "\n" in text(body) else text(body)


def wrapped_in_try(
    file: File, bound: Bound, last: Node, release: str, *, guarded: bool
) -> tuple[Edit, ...]:
    """The edits by which all from the listener to statement `last` stands in a `try`; `guarded`:
    for a client that is still there."""
    source = file.source
    indent, line = source.indent(bound.statement.start_byte), source.newline
    step = source.indent_unit
    start, end = bound.statement.start_byte, last.end_byte
    inner = bound.statement.next_named_sibling
    assert inner is not None
    moved = [*indented(source, Kept(inner.start_byte, end), indent, indent + step)]
    stop = ";" if source.uses_semicolons else ""
    tail = f"{line}{indent}}} finally {{{line}{indent}{step}await {release}{stop}{line}{indent}}}"
    head = f"try {{{line}{indent}{step}"
    if guarded:
        head += f"{_guard(bound)}{stop}{line}{indent}{step}"
    return weave(source.data, start, end, [head, *moved, tail])


def _guard(bound: Bound) -> str:
    return f"if ({bound.response}.destroyed) return"


def added_to_try(
    file: File, bound: Bound, statement: Node, release: str, *, guarded: bool
) -> tuple[Edit, ...]:
    """The edits that give the `try` right behind the listener a `finally` instead of it."""
    source = file.source
    indent, line = source.indent(statement.start_byte), source.newline
    stop = ";" if source.uses_semicolons else ""
    text = f" finally {{{line}{indent}{source.indent_unit}await {release}{stop}{line}{indent}}}"
    edits = (
        Edit.delete(bound.statement.start_byte, statement.start_byte),
        Edit.insert(statement.end_byte, text),
    )
    body = statement.child_by_field_name("body")
    if not guarded or body is None:
        return edits
    inner = f"{line}{indent}{source.indent_unit}{_guard(bound)}{stop}"
    return (*edits, Edit.insert(body.start_byte + 1, inner))


def chained_behind(file: File, bound: Bound, chain: Node, release: str) -> tuple[Edit, ...]:
    """The edits that give the promise `chain` a `finally` instead of the listener beside it."""
    statement = file.functions.statement_of(chain)
    behind = Edit.insert(chain.end_byte, f".finally(() => {release})")
    if bound.statement.start_byte < statement.start_byte:
        return (Edit.delete(bound.statement.start_byte, statement.start_byte), behind)
    return (behind, Edit.delete(statement.end_byte, bound.statement.end_byte))
