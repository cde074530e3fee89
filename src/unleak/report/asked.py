"""A finding of a patch as its reviewer sees it, and where a review is."""

import os
from collections.abc import Iterator
from typing import Any

from unleak.plan import Entry
from unleak.report.forms import View
from unleak.report.full import block, paragraph
from unleak.report.paths import shown
from unleak.report.terminal import Style, visible
from unleak.reviewing import Counts, Item, Review
from unleak.run import FileResult
from unleak_engine.codemod import Grounds, Span
from unleak_engine.edit import Safety
from unleak_engine.finding import Finding
from unleak_engine.source import Position

WORDS = {True: "accepted", False: "rejected"}
LOOKS = {"accepted": "green", "rejected": "red", "open": "yellow"}


def question(item: Item, root: str, view: View, *, explain: bool) -> Iterator[str]:
    """The lines about one item. `explain` says why such a thing leaks."""
    style = view.style
    found = _finding(item.entry, item.path, item.old)
    result = FileResult(os.path.join(root, item.path), item.path, item.old)
    read = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe: read it"}.get(found.safety, "")
    yield from block(
        result, found, view._replace(verbose=True), explain=explain, target=False, promise=read
    )
    for other in item.others:
        at = f"{shown(result.file, view.cwd)}:{other.line}:{other.column}"
        yield from paragraph("with it", f"{at} {other.codemod} {other.message}", "magenta", style)
        for note in _texts(other.said.get("notes")):
            yield from paragraph("note", note, "magenta", style)
    yield from paragraph("yours", item.entry.note, "cyan", style)


def state(entry: Entry) -> str:
    """accepted, rejected, or open for one that nobody has looked at."""
    return WORDS[entry.accepted] if entry.reviewed else "open"


def whereabouts(number: int, of: int, counts: Counts, skipped: int) -> str:
    """`12/40, 3 rejected, 1 skipped`; numbers count from 1."""
    shares = ((counts.rejected, "rejected"), (skipped, "skipped"))
    return ", ".join([f"{number}/{of}", *(f"{count} {word}" for count, word in shares if count)])


def told(counts: Counts) -> str:
    """`40 findings: 30 accepted, 3 rejected, 7 open`"""
    total = counts.total
    shares = ", ".join(
        f"{number} {word}"
        for word, number in zip(LOOKS, counts, strict=True)
        if number or word != "open"
    )
    return f"{total} finding{'' if total == 1 else 's'}: {shares}"


def rows(review: Review, cwd: str, style: Style) -> Iterator[str]:
    """The table of decisions, a line for all that is decided on at once."""
    for file, entry in review.plan.findings():
        if file.created or entry.with_:
            continue
        word = state(entry)
        at = f"{shown(os.path.join(review.root, file.path), cwd)}:{entry.line}:{entry.column}"
        others = sum(other.with_ == entry.fingerprint for other in file.entries)
        lost = review.problems.get(file.path)
        line = f"{style(LOOKS[word], f'{word:<8}')}  {at}  {visible(entry.codemod)}"
        line += f" [{visible(entry.safety)}]"
        line += f" and {others} with it" if others else ""
        line += style("yellow", f" ({lost.code})") if lost else ""
        yield line + (f"  {style('cyan', visible(entry.note))}" if entry.note else "") + "\n"


def _finding(entry: Entry, path: str, old: bytes) -> Finding:
    """`entry` as what it was when it was found. What a patch says wrongly is left out."""
    anchor = _anchor(old, entry.line, entry.column)
    start, end = (_number(entry.said.get(name), anchor, len(old)) for name in ("start", "end"))
    at = Position(entry.line, entry.column)
    return Finding(
        codemod=visible(entry.codemod),
        path=path,
        span=Span(min(start, anchor), max(end, anchor)),
        anchor=anchor,
        start=at,
        end=at,
        message=entry.message,
        status="fixable",
        safety=Safety(entry.safety) if entry.safety in set(Safety) else Safety.UNSAFE,
        reason=None,
        why="",
        recipe="",
        evidence=tuple(_grounds(entry.said.get("evidence"))),
        notes=tuple(_texts(entry.said.get("notes"))),
        edits=entry.edits,
        fingerprint=entry.fingerprint,
    )


def _anchor(old: bytes, line: int, column: int) -> int:
    """The byte a reader looks at; 1-based line and column, in characters."""
    start = 0
    for _ in range(line - 1):
        start = old.find(b"\n", start) + 1
        if not start:
            return 0
    text = old[start:].partition(b"\n")[0].decode(errors="replace")
    begun = len(text) - len(text.removeprefix("\ufeff")) if start == 0 else 0
    return start + len(text[: begun + max(column, 1) - 1].encode())


def _number(value: Any, instead: int, limit: int) -> int:
    return value if isinstance(value, int) and 0 <= value <= limit else instead


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _grounds(value: Any) -> Iterator[Grounds]:
    for one in value if isinstance(value, list) else []:
        match one:
            case {"text": str(text), "level": str(level), "reasons": list(reasons)}:
                yield Grounds(text, visible(level), tuple(_texts(reasons)))
