"""What of a plan can be taken back one by one, and a copy of the tree with some of it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

from unleak.plan import REJECT, Entry, Plan, settled
from unleak.verify.tree import Copy
from unleak_engine.edit import apply_edits


class Piece(NamedTuple):
    """A finding that is accepted, with those that are decided on with it."""

    path: str
    entry: Entry

    @property
    def key(self) -> tuple[str, str]:
        return self.path, self.entry.fingerprint


def pieces(plan: Plan, paths: Collection[str]) -> tuple[Piece, ...]:
    """All that is accepted in the files at `paths`, in the plan's order. Helper modules go with the
    findings they are for."""
    return tuple(
        Piece(file.path, entry)
        for file, entry in plan.findings()
        if entry.accepted and not entry.with_ and not file.created and file.path in paths
    )


def without(plan: Plan, texts: Mapping[str, bytes], taken: Collection[Piece]) -> Plan:
    """`plan` with `taken` rejected. `texts` are the old texts of their files. Raises PlanError."""
    decided = _rejecting(plan, taken)
    touched = {piece.path for piece in taken}
    files = (
        file.drawn(texts[file.path]) if file.path in touched else file for file in decided.files
    )
    return replace(decided, files=tuple(files))


def put(copy: Copy, plan: Plan, texts: Mapping[str, bytes], taken: Collection[Piece]) -> None:
    """Give the files of `texts` in `copy` the new texts they would have with `taken` rejected,
    whatever they hold there. Raises CopyError, PlanError, OSError."""
    for file in _rejecting(plan, taken).files:
        if file.path not in texts:
            continue
        place = copy.place(file.path)
        if file.created and not file.accepted:
            place.unlink(missing_ok=True)
            continue
        new = apply_edits(texts[file.path], file.edits)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != new:
            place.write_bytes(new)


def _rejecting(plan: Plan, taken: Collection[Piece]) -> Plan:
    keys = {piece.key for piece in taken}

    def decided(path: str, entry: Entry) -> Entry:
        gone = (path, entry.with_ or entry.fingerprint) in keys
        return entry.decided(REJECT, reviewed=entry.reviewed) if gone else entry

    files = (
        replace(file, entries=tuple(decided(file.path, entry) for entry in file.entries))
        for file in plan.files
    )
    return settled(replace(plan, files=tuple(files)))
