"""Deciding on a plan, finding by finding, each decision kept as soon as it is made."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import NamedTuple

from unleak.applying import reviewed_text
from unleak.plan import ACCEPT, REJECT, Entry, FilePlan, Plan, settled
from unleak.workspace.problem import Problem

Key = tuple[str, str]
"""The path and the fingerprint of a finding."""


class Item(NamedTuple):
    """What is decided on at once: a finding, and those that come and go with it. `old` is the text
    of its file."""

    path: str
    entry: Entry
    others: tuple[Entry, ...]
    old: bytes

    @property
    def key(self) -> Key:
        return self.path, self.entry.fingerprint


class Counts(NamedTuple):
    """Numbers of items; `open` are those that nobody has looked at."""

    accepted: int
    rejected: int
    open: int

    @property
    def total(self) -> int:
        return sum(self)


class Review:
    """A plan that is being decided on, and the files below `root` that it is for.

    `keep` is called with the new plan after every decision. `keys` are what can be decided on, in
    the plan's order. What belongs to a file that is not as the plan has it cannot: `problems` says
    why, by path. Nor can modules of helpers, they follow the findings that they are for.
    """

    def __init__(self, plan: Plan, root: str, keep: Callable[[Plan], None]) -> None:
        self.root, self._keep = root, keep
        self._hold(plan)
        self.problems: dict[str, Problem] = {}
        self._texts: dict[str, bytes] = {}
        for file in plan.files:
            self._read(file)
        self.keys = tuple(
            (file.path, entry.fingerprint)
            for file, entry in plan.findings()
            if file.path in self._texts and not file.created and not entry.with_
        )

    def item(self, key: Key) -> Item:
        """What `key` stands for, as it is decided by now."""
        path, name = key
        entries = self._files[path].entries
        entry = next(entry for entry in entries if entry.fingerprint == name)
        others = tuple(other for other in entries if other.with_ == name)
        return Item(path, entry, others, self._texts[path])

    def items(self) -> Iterator[Item]:
        """All of `keys` whose files are as the plan has them by now."""
        return (self.item(key) for key in self.keys if key[0] in self._texts)

    def decide(self, keys: Collection[Key], decision: str) -> None:
        """Accept or reject all of `keys`. Raises PlanError, and what `keep` raises."""

        def decided(path: str) -> Callable[[Entry], Entry]:
            def decide(entry: Entry) -> Entry:
                wanted = (path, entry.with_ or entry.fingerprint) in keys
                return entry.decided(decision) if wanted else entry

            return decide

        self._change({path: decided(path) for path, _ in keys})

    def annotate(self, key: Key, note: str) -> None:
        """Give the finding a note, "" for none. Raises PlanError, and what `keep` raises."""

        def annotated(entry: Entry) -> Entry:
            if entry.fingerprint != key[1]:
                return entry
            decision = ACCEPT if entry.accepted else REJECT
            return entry.decided(decision, note=note, reviewed=entry.reviewed)

        self._change({key[0]: annotated})

    def is_changed(self, path: str) -> bool:
        """Look at a file again: whether it is no longer as the plan has it."""
        if path in self._texts:
            self._read(self._files[path])
        return path not in self._texts

    def counts(self) -> Counts:
        items = [item.entry for item in self.items()]
        seen = [entry.accepted for entry in items if entry.reviewed]
        return Counts(seen.count(True), seen.count(False), len(items) - len(seen))

    def _hold(self, plan: Plan) -> None:
        self.plan = plan
        self._files = {file.path: file for file in plan.files}

    def _read(self, file: FilePlan) -> None:
        found = reviewed_text(file, self.root)
        if isinstance(found, Problem):
            self.problems[file.path] = found
            self._texts.pop(file.path, None)
        else:
            self._texts[file.path] = found

    def _change(self, changes: dict[str, Callable[[Entry], Entry]]) -> None:
        files = dict(self._files)
        for path, change in changes.items():
            files[path] = files[path].decided(self._texts[path], change)
        plan = settled(replace(self.plan, files=tuple(files.values())))
        self._keep(plan)
        self._hold(plan)


def of_codemods(review: Review, names: Collection[str], decision: str) -> set[Key]:
    """The items that a decision on whole codemods is about: to be rejected those with a finding of
    theirs, to be accepted those with no other."""
    some_or_all = any if decision == REJECT else all
    return {
        item.key
        for item in review.items()
        if some_or_all(entry.codemod in names for entry in (item.entry, *item.others))
    }
