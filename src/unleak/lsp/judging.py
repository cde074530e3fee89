"""What an open document gives: its findings, its cures, and the comment that accepts one.

Each is what the command line would say of a file with that text in that place.
"""

import os
from typing import NamedTuple

from unleak.clock import today
from unleak.run import FileResult, Skipped, Wanted, run
from unleak_engine.edit import Edit, Safety, apply_edits
from unleak_engine.finding import Finding
from unleak_engine.grammars import PYTHON, language_of


class Document(NamedTuple):
    """An open file, and the text it has in the editor."""

    path: str
    data: bytes


class Cure(NamedTuple):
    """One thing to do about a document: findings that go by it, what it changes, and whether it
    does what the code did before; else the `notes` say what to look at."""

    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    safety: Safety
    notes: tuple[str, ...] = ()


class Judged(NamedTuple):
    """What is found in a document, and what could not be judged of it. `trouble` tells why, when
    nothing could, as of a configuration that cannot be read."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    trouble: str = ""


def judged(wanted: Wanted, document: Document) -> Judged:
    """The findings of a document. Raises ConfigError."""
    result, skipped = _run(wanted, document, None)
    return Judged(() if result is None else result.left, skipped)


def cures(wanted: Wanted, document: Document) -> list[Cure]:
    """What can be done about a document, one by one. Raises ConfigError.

    Every one was tried on the text, as `unleak fix` does. What needs a new file is left out: that
    is for the command line, which can undo it.
    """
    result, _ = _run(wanted, document, Safety.UNSAFE)
    if result is None:
        return []
    by_name = {finding.fingerprint: finding for finding in result.applied}
    found: list[Cure] = []
    for unit in result.units:
        findings = tuple(by_name[name] for name in unit.findings if name in by_name)
        if not findings or not unit.edits:
            continue
        safety = max((finding.safety for finding in findings), key=lambda one: one.rank)
        notes = dict.fromkeys(note for finding in findings for note in finding.notes)
        found.append(Cure(findings, unit.edits, safety, tuple(notes)))
    return found


def all_safe(wanted: Wanted, document: Document) -> Cure | None:
    """All that is safe at once. Raises ConfigError."""
    result, _ = _run(wanted, document, Safety.SAFE)
    if result is None or not result.edits:
        return None
    return Cure(result.applied, result.edits, Safety.SAFE)


def acceptance(wanted: Wanted, document: Document, finding: Finding) -> Edit | None:
    """The comment that accepts a finding, on a line of its own above it; None where a comment
    there accepts nothing, as inside of a template or of JSX. Raises ConfigError."""
    data = document.data
    start = data.rfind(b"\n", 0, finding.anchor) + 1
    line = data[start : finding.anchor]
    indent = line[: len(line) - len(line.lstrip(b" \t"))]
    mark = "#" if language_of(document.path) == PYTHON else "//"
    newline = "\r\n" if data[:start].endswith(b"\r\n") or b"\r\n" in data[start:] else "\n"
    said = f"{mark} unleak-disable-next-line {finding.codemod} -- accepted in the editor{newline}"
    edit = Edit.insert(start + len(indent), said + indent.decode())
    # Tried, since only the parser knows what is a comment there.
    before, _ = _run(wanted, document, None)
    after, _ = _run(wanted, document._replace(data=apply_edits(data, (edit,))), None)
    if before is None or after is None or len(after.skipped) > len(before.skipped):
        return None
    gone = [*map(_shape, before.left)]
    for one in map(_shape, after.left):
        if one not in gone:
            return None
        gone.remove(one)
    return edit if _shape(finding) in gone else None


def _shape(finding: Finding) -> tuple[str, str, str]:
    return finding.codemod, finding.message, finding.fingerprint


def _run(
    wanted: Wanted, document: Document, rewrite: Safety | None
) -> tuple[FileResult | None, tuple[Skipped, ...]]:
    asked = wanted._replace(
        paths=(os.path.dirname(document.path),),
        stdin=(document.path, document.data),
        rewrite=rewrite,
        jobs=1,
        today=today(),
    )
    done = run(asked)
    own = next((one for one in done.results if one.file == document.path and not one.new), None)
    return own, done.skipped
