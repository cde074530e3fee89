"""How the body of an answer is dropped: `res.resume();` where a path begins that reads nothing."""

from tree_sitter import Node

from unleak_codemods.owning.unread import Gap
from unleak_codemods.streams.syntax import named
from unleak_engine.codemod import File
from unleak_engine.edit import Edit


def drop(file: File, gap: Gap, answer: str) -> tuple[Edit, ...]:
    """The edits that read and drop the body of `answer` at `gap`."""
    source, node = file.source, gap.node
    end = ";" if source.uses_semicolons else ""
    call, line = f"{answer}.resume(){end}", source.newline
    indent = source.indent(node.start_byte)
    if gap.place == "before":
        return (_before(file, node, f"{answer}.resume()"),)
    if gap.place == "after":
        return (Edit.insert(node.end_byte, f"{line}{indent}{call}"),)
    if gap.place == "inside":
        return (Edit.insert(node.start_byte + 1, f" {answer}.resume(); "),)
    if gap.place == "else":
        then = node.child_by_field_name("consequence")
        if then is not None and then.type == "statement_block":
            if "\n" not in source.text(node):
                return (Edit.insert(node.end_byte, f" else {{ {call} }}"),)
            inner = f"{line}{indent}{source.indent_unit}{call}{line}{indent}"
            return (Edit.insert(node.end_byte, f" else {{{inner}}}"),)
        return (Edit.insert(node.end_byte, f"{line}{indent}else {call}"),)
    return _in_braces(file, node, f"{answer}.resume()", line)


def _before(file: File, node: Node, call: str) -> Edit:
    source, start = file.source, node.start_byte
    risky = source.data[start : start + 1] in (b"(", b"[", b"`", b"+", b"-", b"/")
    end = ";" if source.uses_semicolons or risky else ""
    indent = source.indent(start)
    if source.line_start(start) + len(indent.encode()) >= start:
        return Edit.insert(start, f"{call}{end}{source.newline}{indent}")
    return Edit.insert(start, f"{call}; ")


def _in_braces(file: File, node: Node, call: str, line: str) -> tuple[Edit, ...]:
    """`node`, the branch of an `if`, made a block that begins with `call`."""
    source, start = file.source, node.start_byte
    indent = source.indent(start)
    before = node.prev_sibling
    own_line = source.line_start(start) + len(indent.encode()) >= start
    if not own_line or before is None or before.type == "comment":
        return (Edit.insert(start, f"{{ {call}; "), Edit.insert(node.end_byte, " }"))
    holder = node.parent
    outer = source.indent(holder.start_byte) if holder is not None else indent
    return (
        Edit.insert(before.end_byte, " {"),
        _before(file, node, call),
        Edit.insert(node.end_byte, f"{line}{outer}}}"),
    )


def drop_at_once(file: File, function: Node, answer: str) -> tuple[Edit, ...]:
    """The edits that drop the body before anything else that `function` does."""
    body = file.functions.body(function)
    assert body is not None
    if body.type != "statement_block":
        return (
            Edit.insert(body.start_byte, f"{{ {answer}.resume(); return "),
            Edit.insert(body.end_byte, "; }"),
        )
    first = next((node for node in named(body) if not _is_directive(node)), None)
    if first is None:
        return drop(file, Gap("inside", body), answer)
    return drop(file, Gap("before", first), answer)


def _is_directive(statement: Node) -> bool:
    parts = named(statement)
    return statement.type == "expression_statement" and bool(parts) and parts[0].type == "string"
