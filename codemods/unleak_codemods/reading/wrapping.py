"""Statements put into a `try`, and statements put beside others, with the fewest bytes."""

from collections.abc import Sequence

from tree_sitter import Node

from unleak_codemods.streams.pipelines import indented, moved_text
from unleak_codemods.streams.syntax import in_block
from unleak_engine.edit import Edit, Kept, Part, weave
from unleak_engine.source import Source


def in_try(
    source: Source, first: Node, last: Node, calls: Sequence[str], cuts: Sequence[Edit] = ()
) -> tuple[Edit, ...]:
    """The edits that put the statements from `first` to `last` into a `try` that ends with
    `calls`; `cuts` are replaced in them on the way."""
    outer = source.indent(first.start_byte)
    unit = "\t" if outer.endswith("\t") else source.indent_unit
    inner, line, stop = outer + unit, source.newline, ";" if _stops(source) else ""
    parts: list[Part] = [f"try {{{line}{inner}"]
    at = first.start_byte
    for cut in sorted(cuts):
        parts += [*indented(source, Kept(at, cut.start), outer, inner), cut.text.decode()]
        at = cut.end
    parts += indented(source, Kept(at, last.end_byte), outer, inner)
    parts.append(f"{line}{outer}}} finally {{")
    parts += [f"{line}{inner}{call}{stop}" for call in calls]
    parts.append(f"{line}{outer}}}")
    return weave(source.data, first.start_byte, last.end_byte, parts)


def before(source: Source, statement: Node, text: str) -> Edit:
    """`text` as a statement of its own on the line before `statement`."""
    stop = ";" if _stops(source) else ""
    line = source.newline + source.indent(statement.start_byte)
    return Edit.insert(statement.start_byte, f"{text}{stop}{line}")


def beside(source: Source, statement: Node, text: str) -> tuple[Edit, ...]:
    """`text` as a statement right behind `statement`, in braces where there are none yet."""
    after = statement.next_sibling
    joined = after is not None and after.start_point.row == statement.end_point.row
    stop = ";" if _stops(source) or (joined and after is not None and after.type != "}") else ""
    indent = source.indent(statement.start_byte)
    if in_block(statement):
        row = statement.start_point.row
        opening = statement.parent.start_point.row if statement.parent is not None else row
        gap = " " if opening == row else source.newline + indent
        return (Edit.insert(statement.end_byte, f"{gap}{text}{stop}"),)
    if source.data[source.line_start(statement.start_byte) : statement.start_byte].strip():
        return (
            Edit.insert(statement.start_byte, "{ "),
            Edit.insert(statement.end_byte, f" {text}{stop} }}"),
        )
    return ()


def constant(source: Source, name: str, value: Node, indent: str) -> str:
    """The declaration of `name` as `value`, for a line that begins with `indent`."""
    return f"const {name} = {moved_text(source, value, indent)}"


def _stops(source: Source) -> bool:
    """Whether statements here end with semicolons; one with none at the end of a line says no."""
    return source.uses_semicolons and (b";\n" in source.data or b";\r\n" in source.data)
