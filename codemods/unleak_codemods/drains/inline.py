"""How a wait reads without a helper: a race of 'drain' and 'close' under one signal."""

from unleak_codemods.drains.gates import merges
from unleak_codemods.drains.sites import Site
from unleak_codemods.drains.statements import Style, comments_of, is_bare, joined, when_full
from unleak_codemods.streams.pipelines import WIDTH
from unleak_engine.edit import Edit, Part, weave


def inline_edits(site: Site, style: Style, once: str, leave: str) -> tuple[Edit, ...]:
    """A race of 'drain' and 'close' under one signal, then a look at the stream."""
    gate, wait, source, span = site.gate, site.wait, site.file.source, site.span
    indent = source.indent(site.statement.start_byte)
    if wait.guard is not None:
        body = race(site, style, once, leave, indent)
        parts: list[Part] = ["if (", *when_full(site, gate), ") ", body]
        return weave(source.data, span.start, span.end, parts)
    if gate.holder is None or not merges(gate):
        body = race(site, style, once, leave, indent)
        return weave(source.data, span.start, span.end, [body])
    if is_bare(site):
        # The body may stand on a line of its own; the brace belongs to the line of the `if`.
        indent = source.indent(gate.holder.start_byte)
        condition = gate.holder.child_by_field_name("condition")
        assert condition is not None
        body = " " + race(site, style, once, leave, indent)
        return (*joined(site, ""), *weave(source.data, condition.end_byte, span.end, [body]))
    indent = indent.removesuffix(style.unit)
    lines = race(site, style, once, leave, indent).split(style.newline)[1:-1]
    body = style.newline.join(lines).lstrip()
    return (*joined(site, ""), *weave(source.data, span.start, span.end, [body]))


def race(site: Site, style: Style, once: str, leave: str, indent: str) -> str:
    """The block that waits, without the indentation of its first line."""
    stream, q, end = site.stream, style.quote, style.semicolon
    name = site.file.bindings.fresh_name("waiting", site.statement)
    gone = f"{stream}.destroyed || {stream}.writableEnded"
    alive = f"!{stream}.destroyed && !{stream}.writableEnded"
    alive += f" && {stream}.writableNeedDrain" if site.gate.missed else ""
    lines = [
        (0, "{"),
        *((1, comment) for comment in comments_of(site)),
        (1, f"const {name} = new AbortController(){end}"),
        (1, "try {"),
        (2, f"if ({alive}) {{"),
        (3, "await Promise.race(["),
        (4, f"{once}({stream}, {q}drain{q}, {{ signal: {name}.signal }}),"),
        (4, f"{once}({stream}, {q}close{q}, {{ signal: {name}.signal }}),"),
        (3, f"]){end}"),
        (2, "}"),
        (1, "} finally {"),
        (2, f"{name}.abort(){end}"),
        (1, "}"),
        *_last_lines(gone, leave + end, indent, style),
        (0, "}"),
    ]
    return (style.newline + indent).join(style.unit * depth + text for depth, text in lines)


def _last_lines(gone: str, leave: str, indent: str, style: Style) -> list[tuple[int, str]]:
    if len(indent + style.unit) + len(f"if ({gone}) {leave}") <= WIDTH:
        return [(1, f"if ({gone}) {leave}")]
    return [(1, f"if ({gone}) {{"), (2, leave), (1, "}")]
