"""The patch that is the plan: what git applies, with what a reviewer decides on before it.

Before each file's `diff --git` stands one `# unleak: ` line of JSON for every finding the diff
cures, which git and patch read over.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from unleak.plan import ACCEPT, Entry, FilePlan, edits_as_json
from unleak.report.terminal import Style, visible
from unleak.run import FileResult, Outcome, sha256
from unleak.workspace.git import ask
from unleak_engine.finding import Finding
from unleak_engine.patch import PREAMBLE
from unleak_engine.units import Unit

_ENDS = ("text", "eol", "crlf")
"""Attributes that make git change line endings, and nothing in a text without carriage returns."""

_FILTERS = ("filter", "ident", "working-tree-encoding")


def render(outcome: Outcome) -> Iterator[bytes]:
    """The patch, a file's part at a time, paths relative to the root of the run."""
    return (file.render() for file in files(outcome))


def files(outcome: Outcome) -> Iterator[FilePlan]:
    """The parts of the patch."""
    changed = [result for result in outcome.results if result.changed]
    plain = unfiltered(outcome.root, changed)
    return (planned(result, index=result.path in plain) for result in changed)


def for_terminal(pieces: Iterable[bytes], style: Style) -> Iterator[str]:
    """The patch as a person may look at it. What is shown so cannot be applied."""
    looks = {"-": "red", "+": "green", "@": "cyan"}
    marker = PREAMBLE.decode()
    for piece in pieces:
        for line in piece.decode("utf-8", "replace").removesuffix("\n").split("\n"):
            if line.startswith(marker):  # what a program reads
                continue
            text = visible(line.removesuffix("\r").expandtabs(4))
            head = line.startswith(("diff --git", "index ", "--- ", "+++ "))
            look = "bold" if head else looks.get(line[:1])
            yield (style(look, text) if look else text) + "\n"


def section(result: FileResult, *, index: bool) -> bytes:
    """One file's part. `index` asks for the line with blob ids that `git apply --3way` wants."""
    return planned(result, index=index).render()


def planned(result: FileResult, *, index: bool) -> FilePlan:
    """One file's part as it is reviewed."""
    digest = sha256(result.before)
    if result.new:
        made = tuple(_created(result, unit, digest) for unit in result.units)
        return FilePlan(result.path, made, b"", created=True).drawn(b"")
    by_name = {finding.fingerprint: finding for finding in result.applied}
    mode = _mode(result.file)
    entries: list[Entry] = []
    alone = tuple(Unit((finding.fingerprint,), finding.edits) for finding in result.applied)
    for unit in result.units or alone:
        for name in unit.findings:
            leads = name == unit.findings[0]
            said = _said(by_name[name], result.path, unit, leads=leads)
            said |= {"sha256": digest, "mode": mode, "index": index}
            entries.append(Entry(said, unit.edits if leads else ()))
    plan = FilePlan(result.path, tuple(entries), b"", mode=mode, indexed=index)
    return plan.drawn(result.before)


def _said(finding: Finding, path: str, unit: Unit, *, leads: bool) -> dict[str, Any]:
    """A finding as a reviewer decides on it."""
    said: dict[str, Any] = {
        "fingerprint": finding.fingerprint,
        "codemod": finding.codemod,
        "safety": finding.safety.value,
        "decision": ACCEPT,
        "message": finding.message,
        "path": path,
        "line": finding.start.line,
        "column": finding.start.column,
        "start": finding.span.start,
        "end": finding.span.end,
        "edits": edits_as_json(unit.edits if leads else ()),
    }
    if not leads:
        said["with"] = unit.findings[0]
    if finding.notes:
        said["notes"] = list(finding.notes)
    grounds = [one for one in finding.evidence if one.reasons]
    if grounds:
        said["evidence"] = [
            {"text": one.text, "level": one.level, "reasons": list(one.reasons)} for one in grounds
        ]
    return said


def _created(result: FileResult, unit: Unit, digest: str) -> Entry:
    said = {
        "fingerprint": sha256(result.path.encode("utf-8", "surrogateescape")),
        "decision": ACCEPT,
        "message": "a module of helper functions that the findings it is for import",
        "path": result.path,
        "creates": True,
        "for": list(unit.findings),
        "edits": edits_as_json(unit.edits),
        "sha256": digest,
    }
    return Entry(said, unit.edits)


def _mode(file: str) -> str:
    try:
        executable = os.stat(file).st_mode & stat.S_IXUSR
    except OSError:  # a text from stdin has no mode
        return "100644"
    return "100755" if executable else "100644"


def unfiltered(root: str, results: Sequence[FileResult]) -> set[str]:
    """The paths whose bytes git stores as they are, so that a blob id can be told without git.

    Nothing of the repository is run to find out: a path that git would filter is left out.
    """
    if not results or not os.path.lexists(os.path.join(root, ".git")):
        return set()
    ends = ask(root, "config", "--get", "core.autocrlf")
    names = b"".join(os.fsencode(result.path) + b"\0" for result in results)
    told = ask(root, "check-attr", "-z", "--stdin", *_ENDS, *_FILTERS, stdin=names)
    if ends is None or told is None or ends.code > 1 or told.code:  # 1: it is not set
        return set()
    fields = os.fsdecode(told.out).split("\0")[:-1]
    set_here = {
        (path, attribute)
        for path, attribute, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=True)
        if value not in ("unspecified", "unset")
    }
    ends_filtered = ends.out.strip() not in (b"", b"false")
    return {
        result.path
        for result in results
        if not any((result.path, attribute) in set_here for attribute in _FILTERS)
        and (
            b"\r" not in result.before + result.after
            or not (ends_filtered or any((result.path, end) in set_here for end in _ENDS))
        )
    }
