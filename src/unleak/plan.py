"""The patch as the plan: read, decided on finding by finding, and written again.

A patch is lines that git applies, and before each file's part one `# unleak: ` line of JSON for
every finding. The hunks are always those of the findings that are accepted; a file of which all are
rejected keeps its lines and has no hunks.
"""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unleak.workspace.read import sha256
from unleak_engine.edit import Edit, OverlapError, apply_edits, ordered
from unleak_engine.patch import (
    PREAMBLE,
    Heading,
    PatchError,
    Section,
    apply_diff,
    blob_id,
    file_diff,
    preamble_entries,
    preamble_line,
    split_lines,
    split_sections,
)

ACCEPT, REJECT = "accept", "reject"

SHORT = 8
"""Hex digits of a fingerprint in a hunk heading."""

ID = 12
"""Hex digits of a blob id: `git apply --3way` must find the one blob that starts with them."""


class PlanError(ValueError):
    """A patch that is no plan of ours, or was damaged on the way. `path` is the file it is about,
    "" for the patch as a whole."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as it stands in a patch. `edits` are made for the bytes that hash to `sha256`;
    those of a finding that is decided on `with_` another stand there. `said` is all of its line.
    """

    said: Mapping[str, Any]
    edits: tuple[Edit, ...]

    @property
    def fingerprint(self) -> str:
        return str(self.said.get("fingerprint", ""))

    @property
    def codemod(self) -> str:
        return str(self.said.get("codemod", ""))

    @property
    def safety(self) -> str:
        return str(self.said.get("safety", ""))

    @property
    def message(self) -> str:
        return str(self.said.get("message", ""))

    @property
    def accepted(self) -> bool:
        return self.said.get("decision") == ACCEPT

    @property
    def reviewed(self) -> bool:
        return bool(self.said.get("reviewed"))

    @property
    def with_(self) -> str:
        """The fingerprint of the finding it is decided on with, "" for one that stands alone."""
        return str(self.said.get("with", ""))

    @property
    def needed_by(self) -> tuple[str, ...]:
        """Of a module that is to be made: the fingerprints of the findings that import it."""
        names = self.said.get("for")
        return tuple(map(str, names)) if isinstance(names, list) else ()

    @property
    def line(self) -> int:
        found = self.said.get("line", 0)
        return found if isinstance(found, int) else 0

    @property
    def column(self) -> int:
        found = self.said.get("column", 0)
        return found if isinstance(found, int) else 0

    @property
    def note(self) -> str:
        return str(self.said.get("note", ""))

    @property
    def sha256(self) -> str:
        return str(self.said.get("sha256", ""))

    def text(self) -> str:
        return json.dumps(dict(self.said), separators=(", ", ": "))

    def decided(self, decision: str, *, note: str | None = None, reviewed: bool = True) -> "Entry":
        """The entry with that decision, and with `note` if one is given; "" takes it out."""
        said = dict(self.said) | {"decision": decision}
        if reviewed:
            said["reviewed"] = True
        else:
            said.pop("reviewed", None)
        if note is not None:
            said |= {"note": note}
        if note == "":
            del said["note"]
        return replace(self, said=said)


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file's part. `body` is its diff, b"" when nothing in it is accepted; `created` tells a
    file that is not there yet, `mode` and `indexed` what the diff's head says."""

    path: str
    entries: tuple[Entry, ...]
    body: bytes
    created: bool = False
    mode: str = "100644"
    indexed: bool = False

    @property
    def sha256(self) -> str:
        """Of the bytes the entries are for."""
        return self.entries[0].sha256 if self.entries else ""

    @property
    def accepted(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.accepted)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All that is accepted, in order. Raises PlanError."""
        try:
            return ordered({edit for entry in self.accepted for edit in entry.edits})
        except OverlapError as error:
            raise PlanError(f"its findings contradict each other: {error}", self.path) from None

    def after(self, old: bytes) -> bytes:
        """What the accepted findings make of `old`, which must be what they were made for.

        Raises PlanError when it is not, or when edits and hunks do not say the same.
        """
        if sha256(old) != self.sha256:
            raise PlanError("it has changed since the patch was made", self.path)
        try:
            new = apply_edits(old, self.edits)
            shown = apply_diff(old, self.body) if self.body else old
            new.decode("utf-8", "strict")
        except (PatchError, ValueError) as error:
            raise PlanError(f"the patch is damaged: {error}", self.path) from None
        if new != shown:
            raise PlanError("its hunks are not what its findings say", self.path)
        return new

    def decided(self, old: bytes, decide: Callable[[Entry], Entry]) -> "FilePlan":
        """The plan with `decide` asked about every entry, its hunks made anew for `old`."""
        if sha256(old) != self.sha256:
            raise PlanError("it has changed since the patch was made", self.path)
        return replace(self, entries=tuple(map(decide, self.entries))).drawn(old)

    def drawn(self, old: bytes) -> "FilePlan":
        """The plan with the hunks that its accepted findings make in `old`. Raises PlanError."""
        edits = self.edits
        if not edits:
            return replace(self, body=b"")
        try:
            new = apply_edits(old, edits)
        except ValueError as error:
            raise PlanError(f"the patch is damaged: {error}", self.path) from None
        ids = (blob_id(old)[:ID], blob_id(new)[:ID]) if self.indexed else None
        if self.created:
            body = file_diff(b"", edits, path=self.path, new_file=True, mode=self.mode)
        else:
            body = file_diff(
                old,
                edits,
                path=self.path,
                mode=self.mode,
                index=ids,
                headings=headings(self.accepted),
            )
        return replace(self, body=body)

    def render(self) -> bytes:
        return b"".join(preamble_line(entry.text()) for entry in self.entries) + self.body


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole patch. `head` and `tail` are what stands around it, a mail's, say."""

    files: tuple[FilePlan, ...]
    head: bytes = b""
    tail: bytes = b""

    def render(self) -> bytes:
        return self.head + b"".join(file.render() for file in self.files) + self.tail

    def findings(self) -> Iterator[tuple[FilePlan, Entry]]:
        return ((file, entry) for file in self.files for entry in file.entries)

    def replaced(self, changed: FilePlan) -> "Plan":
        files = (changed if file.path == changed.path else file for file in self.files)
        return replace(self, files=tuple(files))


def settled(plan: Plan) -> Plan:
    """`plan` with each module of helpers accepted exactly if a finding that it is for is.

    To be asked for after decisions. Raises PlanError.
    """
    wanted = {entry.fingerprint for _, entry in plan.findings() if entry.accepted}

    def decide(entry: Entry) -> Entry:
        decision = ACCEPT if wanted.intersection(entry.needed_by) else REJECT
        same = not entry.needed_by or entry.accepted == (decision == ACCEPT)
        return entry if same else entry.decided(decision, reviewed=entry.reviewed)

    files = (file.decided(b"", decide) if file.created else file for file in plan.files)
    return replace(plan, files=tuple(files))


def headings(entries: Iterable[Entry]) -> Heading:
    """What a hunk is headed with: the findings it belongs to, by codemod and short fingerprint."""
    known = tuple(entries)

    def heading(edits: Sequence[Edit]) -> str:
        mine = (
            f"{entry.codemod} {entry.fingerprint[:SHORT]}"
            for entry in known
            if entry.codemod and any(_touch(one, two) for one in entry.edits for two in edits)
        )
        return ", ".join(mine)

    return heading


def _touch(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end


def edits_as_json(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    return [
        {"start": edit.start, "end": edit.end, "text": edit.text.decode(errors="replace")}
        for edit in edits
    ]


# Reading.

_OURS = {"path", "sha256", "decision", "edits"}
_FORBIDDEN = (b"old mode ", b"new mode ", b"deleted file mode ", b"rename ", b"copy ", b"Binary ")
_BETWEEN = "there are lines between its files that do not belong there"
_HEX = frozenset("0123456789abcdef")


def read_plan(data: bytes) -> Plan:
    """The plan that `data` is. Raises PlanError."""
    try:
        sections = split_sections(data)
    except PatchError as error:
        raise PlanError(f"the patch is damaged: {error}") from None
    files: list[FilePlan] = []
    head, tail = b"", b""
    if not sections:  # all of it is rejected
        sections = [Section(data, b"")]
    for number, section in enumerate(sections):
        before, after = _around(section.preamble)
        if (before and number) or (after and section.body):
            raise PlanError(_BETWEEN)
        head, tail = head or before, after
        files += _files(section)
        if section.trailer:
            before, after = _around(section.trailer)
            rejected = list(_files(Section(section.trailer, b"")))
            if before and rejected:
                raise PlanError(_BETWEEN)
            files += rejected
            tail = before + after
    if not files:
        raise PlanError("this is no patch of `unleak diff`: `git apply` may take it")
    paths = [file.path for file in files]
    for path in paths:
        if paths.count(path) > 1:
            raise PlanError("the patch has two parts for it", path)
    return Plan(tuple(files), head, tail)


def _around(preamble: bytes) -> tuple[bytes, bytes]:
    """What stands before our lines, which is all where there are none, and what stands behind."""
    lines = split_lines(preamble)
    ours = [at for at, line in enumerate(lines) if line.startswith(PREAMBLE)]
    if not ours:
        return preamble, b""
    first, last = ours[0], ours[-1]
    if len(ours) <= last - first:
        raise PlanError(_BETWEEN)
    return b"".join(lines[:first]), b"".join(lines[last + 1 :])


def _files(section: Section) -> Iterator[FilePlan]:
    """The parts a section holds: those rejected as a whole stand before its own."""
    path = _path(section) if section.body else None
    by_path: dict[str, list[Entry]] = {}
    for text in _entries(section.preamble):
        entry = _entry(text)
        by_path.setdefault(str(entry.said["path"]), []).append(entry)
    if path is not None and path not in by_path:
        raise PlanError("the patch does not say which findings its changes are for", path)
    for name, entries in by_path.items():
        body = section.body if name == path else b""
        yield _file(name, tuple(entries), body)
    if path is not None and list(by_path)[-1] != path:
        raise PlanError("its findings do not stand before its changes", path)


def _entries(preamble: bytes) -> list[str]:
    try:
        return preamble_entries(preamble)
    except UnicodeDecodeError:
        raise PlanError("a line of findings is not UTF-8") from None


def _path(section: Section) -> str:
    try:
        old, new = section.old_path, section.new_path
    except (PatchError, UnicodeDecodeError) as error:
        raise PlanError(f"the patch is damaged: {error}") from None
    if old != new:
        raise PlanError(f"the patch would rename it to {new}", old)
    return new


def _file(path: str, entries: tuple[Entry, ...], body: bytes) -> FilePlan:
    head = split_lines(body.partition(b"\n@@ ")[0] + b"\n") if body else ()
    for line in head:
        if line.startswith(_FORBIDDEN):
            said = line.split(b" ")[0].decode()
            raise PlanError(f"the patch would do more than change its text ({said})", path)
    if body and not any(entry.accepted for entry in entries):
        raise PlanError("nothing in it is accepted, and it has changes", path)
    if len({entry.sha256 for entry in entries}) > 1:
        raise PlanError("its findings were made for different texts", path)
    if len({entry.fingerprint for entry in entries}) < len(entries):
        raise PlanError("a finding stands there twice", path)
    _follow_their_leaders(path, entries)
    created = any(entry.said.get("creates") for entry in entries)
    mode = "100755" if entries[0].said.get("mode") == "100755" else "100644"
    if any(line.startswith(b"new file mode ") for line in head) and not created:
        raise PlanError("the patch would create it, and does not say so", path)
    indexed = entries[0].said.get("index") is True
    return FilePlan(path, entries, body, created, mode, indexed)


def _follow_their_leaders(path: str, entries: Sequence[Entry]) -> None:
    by_name = {entry.fingerprint: entry for entry in entries}
    for entry in entries:
        leader = by_name.get(entry.with_) if entry.with_ else entry
        if leader is None or leader.with_:
            raise PlanError("a finding belongs to one that is not there", path)
        if leader.accepted != entry.accepted:
            raise PlanError("two findings that belong together were decided differently", path)


def _entry(text: str) -> Entry:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise PlanError("a line of findings is damaged") from None
    if not isinstance(said, dict) or not said.keys() >= _OURS:
        raise PlanError("a line of findings does not say all it must")
    path, digest = said["path"], said["sha256"]
    if not isinstance(path, str) or not path:
        raise PlanError("a line of findings names no file")
    if not isinstance(digest, str) or len(digest) != 64 or not set(digest) <= _HEX:
        raise PlanError("a line of findings has no sha256", path)
    if said["decision"] not in (ACCEPT, REJECT):
        raise PlanError("a finding is neither accepted nor rejected", path)
    return Entry(said, _edits(path, said["edits"]))


def _edits(path: str, given: object) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for one in given if isinstance(given, list) else [None]:
        match one:
            case {"start": int(start), "end": int(end), "text": str(text)}:
                with contextlib.suppress(ValueError):  # a UnicodeEncodeError is one
                    edits.append(Edit(start, end, text.encode()))
                    continue
        raise PlanError("a finding's edits are damaged", path)
    return tuple(edits)
