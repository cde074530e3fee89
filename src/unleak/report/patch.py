"""The patch that is the plan: what git applies, with what a reviewer decides on before it.

Before each file's `diff --git` stands one `# unleak: ` line of JSON for every finding the diff
cures, which git and patch read over.
"""

import json
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from unleak.report.terminal import Style, visible
from unleak.run import FileResult, Outcome, sha256
from unleak.workspace.git import ask
from unleak_engine.edit import Edit
from unleak_engine.finding import Finding
from unleak_engine.patch import PREAMBLE, blob_id, file_diff, preamble_line

SHORT = 8
"""Hex digits of a fingerprint in a hunk heading."""

ID = 12
"""Hex digits of a blob id: `git apply --3way` must find the one blob that starts with them."""

_ENDS = ("text", "eol", "crlf")
"""Attributes that make git change line endings, and nothing in a text without carriage returns."""

_FILTERS = ("filter", "ident", "working-tree-encoding")


def render(outcome: Outcome) -> Iterator[bytes]:
    """The patch, a file's part at a time, paths relative to the root of the run."""
    changed = [result for result in outcome.results if result.changed]
    plain = unfiltered(outcome.root, changed)
    for result in changed:
        yield section(result, index=result.path in plain)


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
    ids = (blob_id(result.before)[:ID], blob_id(result.after)[:ID]) if index else None
    if result.new:
        return file_diff(b"", result.edits, path=result.path, new_file=True)
    digest = sha256(result.before)
    preamble = b"".join(preamble_line(_line(f, digest)) for f in result.applied)
    return preamble + file_diff(
        result.before,
        result.edits,
        path=result.path,
        mode=_mode(result.file),
        index=ids,
        headings=lambda edits: heading(result.applied, edits),
    )


def entry(finding: Finding, digest: str) -> dict[str, Any]:
    """A finding as a reviewer decides on it. `digest` is the sha256 of the bytes it is for."""
    return {
        "fingerprint": finding.fingerprint,
        "codemod": finding.codemod,
        "safety": finding.safety.value,
        "decision": "accept",
        "message": finding.message,
        "edits": [
            {"start": edit.start, "end": edit.end, "text": edit.text.decode(errors="replace")}
            for edit in finding.edits
        ],
        "sha256": digest,
    }


def _line(finding: Finding, digest: str) -> str:
    return json.dumps(entry(finding, digest), separators=(", ", ": "))


def heading(findings: Sequence[Finding], edits: Sequence[Edit]) -> str:
    """The findings that a hunk with `edits` belongs to, each by codemod and short fingerprint."""
    mine = [
        f"{finding.codemod} {finding.fingerprint[:SHORT]}"
        for finding in findings
        if any(_touch(one, other) for one in finding.edits for other in edits)
    ]
    return ", ".join(mine)


def _touch(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end


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
