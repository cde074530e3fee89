"""The report a person reads: where, what, the code, the cure, and what to know before merging."""

import textwrap
from collections.abc import Iterator

from unleak import registry
from unleak.report import evidence
from unleak.report.evidence import INDENT, MARGIN
from unleak.report.forms import View
from unleak.report.frame import frame
from unleak.report.paths import shown
from unleak.report.terminal import Style, folded, visible, visible_lines, window
from unleak.run import FileResult, Outcome
from unleak_codemods.table import Entry
from unleak_engine.edit import Edit, Safety
from unleak_engine.finding import Finding
from unleak_engine.grammars import NODE, language_of

ROWS = 4
"""Rows that a changed line may be folded into before it is cut."""

ENDLESS = 1_000
"""Bytes of a line from which on it is not code that a person reads."""


def render(outcome: Outcome, view: View) -> Iterator[str]:
    explained: set[str] = set()
    before: FileResult | None = None
    for result, finding in outcome.left:
        new = finding.codemod not in explained
        lines = block(result, finding, view, explain=new, target=result is not before)
        explained.add(finding.codemod)
        before = result
        yield "\n".join(lines) + "\n\n"


def block(
    result: FileResult,
    finding: Finding,
    view: View,
    *,
    explain: bool = True,
    target: bool = True,
    promise: str = "",
) -> Iterator[str]:
    """The lines about one finding. `explain` says why such a thing leaks; `target`, where much is
    to be told, which Node the file runs on. `promise` says what the fix waits for, if not what
    it does anywhere else."""
    style = view.style
    at = finding.start
    yield (
        f"{style('bold', shown(result.file, view.cwd))}:{at.line}:{at.column}"
        f" {style('bold red', finding.codemod)} {visible(finding.message)}"
    )
    yield from frame(result.before, finding.span, finding.anchor, at.line, style)
    entry = _entry(finding.codemod)
    if entry is not None and explain:
        yield from paragraph("why", entry.why, "blue", style)
    if finding.fixable:
        promised = promise or _PROMISES[finding.safety]
        yield INDENT + style("green", f"fix ({promised}):")
        yield from changes(result.before, finding.edits, style)
    else:
        code = f"({finding.reason}) " if finding.reason else ""
        word = "shown" if finding.status == "display" else "declined"
        yield from paragraph(word, code + finding.why, "yellow", style)
        if finding.recipe:
            yield INDENT + style("yellow", "by hand:")
            yield from _recipe(finding.recipe, style)
    for note in finding.notes:
        yield from paragraph("note", note, "magenta", style)
    if view.verbose:
        yield from evidence.evidence(finding, style)
        if target and language_of(result.path) == NODE:
            yield from evidence.target(result.target, style)


def _entry(name: str) -> Entry | None:
    try:
        return registry.entry(name)
    except registry.UnknownNameError:
        return None


_PROMISES = {
    Safety.SAFE: "safe",
    Safety.UNSAFE: "unsafe: read it, then use --unsafe-fixes",
    Safety.DISPLAY: "shown only",
}
"""What a fix waits for."""


def paragraph(label: str, text: str, look: str, style: Style) -> Iterator[str]:
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


def _recipe(recipe: str, style: Style) -> Iterator[str]:
    """A recipe as it is written. A line that is too long is wrapped, with all of them in prose."""
    lines = visible_lines(textwrap.dedent(recipe).strip("\n")).split("\n")
    indent = INDENT * 2
    width = max(40, style.width)
    if max(map(len, lines)) > width - len(indent) and _is_prose(lines):
        lines = [" ".join(lines)]
    for line in lines:
        hang = indent + " " * (len(line) - len(line.lstrip()))
        yield from textwrap.wrap(
            line.strip(),
            width,
            initial_indent=hang,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def _is_prose(lines: list[str]) -> bool:
    """Whether the line ends mean nothing, as they do in code."""
    return not any(line.startswith(" ") or line.endswith((";", "{")) for line in lines)


def changes(data: bytes, edits: tuple[Edit, ...], style: Style) -> Iterator[str]:
    """The edits as the lines they remove and add, a line of context around each.

    The numbers are those of the text as it stands, so that added lines have none.
    """
    from unleak_engine.patch import file_diff, hunks

    section = file_diff(data, edits, path="x", context=1)
    found = hunks(section) if section else []
    margin = max((len(str(hunk.old_start + hunk.old_count)) for hunk in found), default=1)
    room = max(20, style.width - margin - len(INDENT) * 2 - 3)
    for index, hunk in enumerate(found):
        if index:
            yield INDENT * 2 + style("dim", " " * (margin - 1) + "…")
        number = hunk.old_start
        start = _start(hunk.lines)
        for line in hunk.lines:
            sign = line[:1].decode()
            label = "" if sign == "+" else str(number)
            number += sign != "+"
            look = {"-": "red", "+": "green"}.get(sign, "dim")
            for row in _rows(line[1:], start, room, 1 if sign == " " else ROWS):
                code = f"{label:>{margin}} {sign} {row}".rstrip()
                yield INDENT * 2 + style(look, code)
                label = ""


def _rows(line: bytes, start: int, room: int, limit: int) -> list[str]:
    """A line's text folded to `room` columns, at most `limit` rows of it.

    The rows after the first begin with …; of an endless line only what begins at byte `start` is
    shown.
    """
    line = line.rstrip(b"\n").removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
    cut = start if len(line) > ENDLESS else 0
    text = ("…" if cut else "") + line[cut : cut + ENDLESS].decode(errors="replace")
    if limit > 1:
        indent = len(text) - len(text.lstrip(" "))
        hang = " " * (min(indent, room // 3) + 2) + "… "
        rows = folded(text, room, len(hang))
        if len(rows) <= limit:
            return [rows[0], *(hang + row.lstrip() for row in rows[1:])]
    return [window(text, 0, room)]


def _start(lines: tuple[bytes, ...]) -> int:
    """A little before the byte from which on the hunk's first changed line differs."""
    removed = next((line[1:] for line in lines if line[:1] == b"-"), b"")
    added = next((line[1:] for line in lines if line[:1] == b"+"), b"")
    pairs = zip(removed, added, strict=False)
    same = next((at for at, (old, new) in enumerate(pairs) if old != new), 0)
    return max(0, same - 20)
