"""What the forms for other tools tell alike: which findings, in what words, at which places.

Paths in them count from the top of the work tree or from the working directory (`Told.path`). What
is not printable in a name is written out, as `\\n` or `\\xff`: none of these forms can hold it.
"""

import hashlib
import os
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from unleak.report.json import everything
from unleak.report.terminal import visible
from unleak.run import FATAL, HARMLESS, NOTE, FileResult, Outcome, Skipped, named
from unleak_engine.edit import Safety
from unleak_engine.exemptions import BASELINED, SUPPRESSED
from unleak_engine.finding import Finding
from unleak_engine.source import BOM, Position

ACCEPTED = {SUPPRESSED: "inSource", BASELINED: "external"}
"""The statuses of what a user has accepted, and what SARIF calls them."""

STALE = "stale-baseline"
"""The code of what a baseline holds and was found no more."""


class Told(NamedTuple):
    """A finding and the file it is in. `path` counts from the top, as the system spells it."""

    result: FileResult
    finding: Finding
    path: str

    @property
    def name(self) -> str:
        return visible(self.path)

    @property
    def state(self) -> str:
        """What can be done about it: safe, unsafe, display, declined:code, suppressed, …"""
        finding = self.finding
        return finding.safety.value if finding.fixable else finding.status


class Lost(NamedTuple):
    """What was not judged, or what a baseline holds for nothing. `path` as in `Told`; `level` is
    "error", "warning" or "note"; `known` is the fingerprint, if it has one already."""

    path: str
    code: str
    message: str
    level: str
    known: str = ""

    @property
    def name(self) -> str:
        return visible(self.path)

    @property
    def title(self) -> str:
        return f"skipped:{self.code}" if self.code != STALE else self.code

    @property
    def sentence(self) -> str:
        return f"not judged: {self.message}" if self.code != STALE else self.message

    @property
    def fingerprint(self) -> str:
        """Stable for a file and a reason. 64 hex digits."""
        parts = ("skipped", self.code, self.name)
        return self.known or hashlib.sha256("\0".join(parts).encode()).hexdigest()


def found(outcome: Outcome) -> Iterator[Told]:
    """All findings in the order of the paths, with those that a user has accepted."""
    for result, finding in everything(outcome):
        yield Told(result, finding, result.path)


def open_ones(outcome: Outcome) -> Iterator[Told]:
    """The findings that nobody has accepted."""
    return (told for told in found(outcome) if told.finding.status not in ACCEPTED)


def lost(outcome: Outcome, *, harmless: bool = False) -> Iterator[Lost]:
    """What was not judged; with `harmless` also what nobody asked for, as generated files."""
    for one in outcome.skipped:
        if one.code != NOTE and (harmless or one.code not in HARMLESS):
            path = named(one.path, outcome.root)
            yield Lost(path, one.code, visible(one.message), _level(one))


def stale(outcome: Outcome) -> Iterator[Lost]:
    """What baselines hold and was found no more, which is for their keeper to take out."""
    for old, of in outcome.stale:
        baseline = visible(named(of, outcome.root))
        message = f"{visible(old.codemod)} stands in {baseline} and is found no more"
        path = named(old.file, outcome.root)
        yield Lost(path, STALE, message, "warning", old.fingerprint)


def _level(one: Skipped) -> str:
    if one.code in HARMLESS:
        return "note"
    return "error" if one.code in FATAL else "warning"


def headline(finding: Finding) -> str:
    """One line, without the place and the codemod."""
    return visible(finding.message)


def remarks(finding: Finding) -> Iterator[str]:
    """What else is to be said, a line each: what can be done, and what a reader must know."""
    if finding.status in ACCEPTED:
        yield f"Accepted: {visible(finding.why)}" if finding.why else "Accepted."
    elif finding.fixable and finding.safety is Safety.SAFE:
        yield "`unleak fix` makes this fix; it is safe."
    elif finding.fixable:
        yield "`unleak fix --unsafe-fixes` makes this fix; read it first."
    elif finding.why:
        yield visible(finding.why)
    for note in finding.notes:
        yield f"Note: {visible(note)}"


def uri(path: str) -> str:
    """`path` as a relative reference; bytes that are not UTF-8 stay what they are."""
    reference = quote(os.fsencode(path), safe="/-._~!$&'()*+,;=@")
    # What stands before a colon would be a scheme, and is quoted; two slashes would be a host.
    return f".{reference}" if reference.startswith("//") else reference


class Places:
    """Where the bytes of one text stand. Lines and columns are 1-based."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0]
        at = data.find(b"\n")
        while at != -1:
            self._starts.append(at + 1)
            at = data.find(b"\n", at + 1)

    def position(self, offset: int) -> Position:
        """Columns in characters; a byte order mark is none."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if start == 0 and self._data.startswith(BOM):
            start = len(BOM)
        return Position(line, len(self._data[start:offset].decode(errors="replace")) + 1)

    def in_bytes(self, offset: int) -> Position:
        """Columns in bytes; a byte order mark is three."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)
