"""How a wait reads afterwards: `if (w.write(x) === false && !(await drainedStrict(w))) …`."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from unleak_codemods.drains.gates import Gate, merges, needs_parentheses
from unleak_codemods.drains.sites import Site
from unleak_codemods.streams.pipelines import WIDTH
from unleak_codemods.streams.syntax import named, same, unwrap, walk
from unleak_engine.edit import Edit, Kept, Part, weave


@dataclass(frozen=True, slots=True)
class Style:
    """How the file writes: its quotes, semicolons, line ends and indentation."""

    quote: str
    semicolon: str
    newline: str
    unit: str


def style_of(site: Site) -> Style:
    source = site.file.source
    text = source.text(site.statement)
    quotes = {q: source.data.count(q.encode()) for q in "'\""}
    return Style(
        quote='"' if quotes['"'] > quotes["'"] else "'",
        semicolon=";" if text.rstrip().endswith((";", "}")) else "",
        newline=source.newline,
        unit=source.indent_unit,
    )


def statement_edits(site: Site, style: Style, ask: str, leave: str) -> tuple[Edit, ...]:
    gate, wait, source = site.gate, site.wait, site.file.source
    indent = source.indent(site.statement.start_byte)
    end = leave + style.semicolon
    need = f"{site.stream}.writableNeedDrain && " if gate.missed else ""
    if wait.guard is not None:
        condition = [*when_full(site, gate), f" && {need}{ask}"]
        return replaced(site, ["if (", *condition, ") "], end, indent, style)
    if gate.holder is not None and merges(gate):
        more = f" && {need}{ask}"
        return (*joined(site, more), *_left(site, style, end, more))
    return replaced(site, [f"if ({need}{ask}) "], end, indent, style)


def replaced(site: Site, head: list[Part], end: str, indent: str, style: Style) -> tuple[Edit, ...]:
    """The wait's statements replaced by one `if`, in braces where it would be too long, and all
    of it in braces where it would take the `else` of another."""
    source, span = site.file.source, site.span
    bare = _is_body(site.statement)
    outer = indent
    if bare and source.line_start(span.start) != span.start - len(indent):
        indent += style.unit
    length = len(indent) + sum(len(_text(site, part)) for part in head) + len(end)
    step = style.newline + indent
    parts = [*head, end]
    if length > WIDTH:
        parts = [*head, "{", step + style.unit, end, step, "}"]
    if bare and (length > WIDTH or takes_else(site)) and indent != outer:
        parts = ["{", step, *parts, style.newline + outer, "}"]
    elif bare and takes_else(site):
        parts = ["{ ", *parts, " }"]
    comments = "".join(f"{text}{style.newline}{indent}" for text in comments_of(site))
    return weave(source.data, span.start, span.end, [comments, *parts])


def _is_body(statement: Node) -> bool:
    """Whether a statement is the body of another one without braces."""
    parent = statement.parent
    return parent is not None and parent.type not in (
        "statement_block",
        "program",
        "switch_case",
        "switch_default",
    )


def takes_else(site: Site) -> bool:
    parent = site.statement.parent
    return (
        parent is not None
        and parent.type == "if_statement"
        and parent.child_by_field_name("alternative") is not None
    )


def _text(site: Site, part: Part) -> str:
    if isinstance(part, str):
        return part
    return site.file.source.data[part.start : part.end].decode()


def when_full(site: Site, gate: Gate) -> list[Part]:
    """The gate's test as a condition that is true when the stream is full."""
    test, value = gate.test, gate.value
    assert test is not None
    assert value is not None
    if gate.kind in ("write", "flag") and same(unwrap(test), test):
        text = "".join(site.file.source.text(test).split())
        if text.endswith("===false") or text.startswith("false==="):
            return [Kept(test.start_byte, test.end_byte)]
        last = _last(test, value)
        before = Kept(test.start_byte, last.start_byte)
        head: list[Part] = [before] if before.start != before.end else []
        return [*head, Kept(value.start_byte, value.end_byte), " === false"]
    parenthesised = needs_parentheses(test)
    kept: list[Part] = [Kept(test.start_byte, test.end_byte)]
    if not gate.means_full and site.wait.guard is not None and site.wait.guard_means:
        plain = test.type in ("identifier", "member_expression", "call_expression")
        return ["!", *kept] if plain else ["!(", *kept, ")"]
    return ["(", *kept, ")"] if parenthesised else kept


def _last(test: Node, value: Node) -> Node:
    """The operand of `test` that `value` is the heart of."""
    node = test
    while node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type != "&&":
            break
        node = unwrap(node.child_by_field_name("right") or node)
    return node


def joined(site: Site, more: str) -> tuple[Edit, ...]:
    """`more` joins the condition of the gate, which then is true when the stream is full."""
    gate, source = site.gate, site.file.source
    holder, test = gate.holder, gate.test
    assert holder is not None
    assert test is not None
    if gate.kind in ("write", "flag"):
        target, parts = test, [*when_full(site, gate), more]
    else:
        condition = holder.child_by_field_name("condition")
        assert condition is not None
        target = named(condition)[0]
        kept = Kept(target.start_byte, target.end_byte)
        wrap = bool(more) and needs_parentheses(target)
        parts = ["(", kept, ")", more] if wrap else [kept, more]
    edits = weave(source.data, target.start_byte, target.end_byte, parts)
    if holder.type == "while_statement":
        start = holder.start_byte
        edits = (*edits, Edit.replace(start, start + len("while"), "if"))
    return edits


def _left(site: Site, style: Style, end: str, more: str) -> tuple[Edit, ...]:
    """`end` in place of the wait: in braces where the line of its `if` would be too long."""
    source, span, holder = site.file.source, site.span, site.gate.holder
    assert holder is not None
    indent = source.indent(site.statement.start_byte)
    comments = "".join(f"{text}{style.newline}{indent}" for text in comments_of(site))
    line = source.line_start(span.start)
    if is_bare(site) and line <= holder.start_byte + len("while ("):
        grown = len(more) + len(" === false")
        if span.start - line + grown + len(end) > WIDTH:
            end = f"{{{style.newline}{indent}{style.unit}{end}{style.newline}{indent}}}"
    return weave(source.data, span.start, span.end, [comments + end])


def is_bare(site: Site) -> bool:
    """Whether the wait is the body of its `if` without braces."""
    parent = site.statement.parent
    return parent is not None and site.gate.holder is not None and same(parent, site.gate.holder)


def comments_of(site: Site) -> Iterator[str]:
    """The comments that a rewrite of several statements would lose."""
    if len(site.wait.nodes) > 1:
        span = site.span
        for node in walk(site.file.source.root):
            if node.type == "comment" and span.start <= node.start_byte < span.end:
                yield site.file.source.text(node)
