"""The report a person reads: where, what, the code, the cure, and what to know before merging."""

import textwrap
from collections.abc import Iterator

from unleak import registry
from unleak.report import View
from unleak.report.frame import frame
from unleak.report.paths import shown
from unleak.report.terminal import Style, visible, visible_lines, window
from unleak.run import FileResult, Outcome
from unleak_codemods.table import Entry
from unleak_engine.edit import Edit, Safety
from unleak_engine.finding import Finding

INDENT = "  "
MARGIN = 10
"""Columns that the labels take."""


def render(outcome: Outcome, view: View) -> Iterator[str]:
    for result, finding in outcome.left:
        yield "\n".join(block(result, finding, view)) + "\n\n"


def block(result: FileResult, finding: Finding, view: View) -> Iterator[str]:
    """The lines about one finding."""
    style = view.style
    at = finding.start
    yield (
        f"{style('bold', shown(result.file, view.cwd))}:{at.line}:{at.column}"
        f" {style('bold red', finding.codemod)} {visible(finding.message)}"
    )
    yield from frame(result.before, finding.span, finding.anchor, at.line, style)
    entry = _entry(finding.codemod)
    if entry is not None:
        yield from _told("why", entry.why, "blue", style)
    if finding.fixable:
        summary = entry.summary if entry is not None else ""
        yield from _told("fix", f"{_promise(finding)} {summary}".strip(), "green", style)
        yield from changes(result.before, finding.edits, style)
    else:
        code = f"({finding.reason}) " if finding.reason else ""
        word = "shown" if finding.status == "display" else "declined"
        yield from _told(word, code + finding.why, "yellow", style)
        if finding.recipe:
            yield INDENT + style("yellow", "by hand:")
            recipe = visible_lines(textwrap.dedent(finding.recipe).strip("\n"))
            yield from (f"{INDENT * 2}{line}".rstrip() for line in recipe.split("\n"))
    for note in finding.notes:
        yield from _told("note", note, "magenta", style)
    if view.verbose:
        for reason in finding.evidence:
            yield from _told("since", reason, "dim", style)


def _entry(name: str) -> Entry | None:
    try:
        return registry.entry(name)
    except registry.UnknownNameError:
        return None


def _promise(finding: Finding) -> str:
    if finding.safety is Safety.SAFE:
        return "(safe)"
    if finding.safety is Safety.UNSAFE:
        return "(unsafe: read it, then use --unsafe-fixes)"
    return "(shown only)"


def _told(label: str, text: str, look: str, style: Style) -> Iterator[str]:
    """A labelled paragraph, wrapped, its lines standing under one another."""
    if not text:
        return
    width = max(40, style.width)
    head = f"{label}:".ljust(MARGIN)
    lines = textwrap.wrap(
        visible(text), width - len(INDENT) - MARGIN, break_long_words=False, break_on_hyphens=False
    )
    yield INDENT + style(look, head) + lines[0]
    yield from (INDENT + " " * MARGIN + line for line in lines[1:])


def changes(data: bytes, edits: tuple[Edit, ...], style: Style) -> Iterator[str]:
    """The edits as the lines they remove and add, numbered, a line of context around each."""
    from unleak_engine.patch import file_diff, hunks

    section = file_diff(data, edits, path="x", context=1)
    found = hunks(section) if section else []
    margin = max((len(str(hunk.new_start + hunk.new_count)) for hunk in found), default=1)
    room = max(20, style.width - margin - len(INDENT) * 2 - 3)
    for index, hunk in enumerate(found):
        if index:
            yield INDENT * 2 + style("dim", " " * (margin - 1) + "…")
        old, new = hunk.old_start, hunk.new_start
        left = _left(hunk.lines, room)
        for line in hunk.lines:
            sign = line[:1].decode()
            number = old if sign == "-" else new
            old += sign != "+"
            new += sign != "-"
            code = f"{number:>{margin}} {sign} {window(_text(line[1:]), left, room)}".rstrip()
            yield INDENT * 2 + style({"-": "red", "+": "green"}.get(sign, "dim"), code)


def _text(line: bytes) -> str:
    # A display of an endless line needs no more than what can fit around its change.
    line = line.rstrip(b"\n").removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
    return line.decode(errors="replace")


def _left(lines: tuple[bytes, ...], room: int) -> int:
    """The column to show a hunk from, so that a change far to the right is seen."""
    if all(len(line) <= room for line in lines):
        return 0
    removed = next((line[1:] for line in lines if line[:1] == b"-"), b"")
    added = next((line[1:] for line in lines if line[:1] == b"+"), b"")
    same = 0
    while same < min(len(removed), len(added)) and removed[same] == added[same]:
        same += 1
    return max(0, same - room // 3) if same > room // 2 else 0
