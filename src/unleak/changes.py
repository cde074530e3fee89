"""Bringing changes to disk as one run that can be taken back: journalled first, then file by file.

Each file is whole at every instant, old or new. A run that was stopped is finished or taken back
by what the journal has of it.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from unleak.journal import DONE, UNDONE, Change, Journal, Run
from unleak.workspace.problem import Problem
from unleak.workspace.read import read_file, sha256
from unleak.workspace.write import create_file, remove_file, sweep, write_file


class Made(NamedTuple):
    """What became of changes: the files that now hold the new text, with what their owners may
    want to know, those that held it already, and those that were left as they are, with the reason.
    """

    run: Run | None = None
    written: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    already: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


Tick = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def make(journal: Journal, changes: Sequence[Change], command: str, tick: Tick = silent) -> Made:
    """Bring `changes` to disk. Of each file the text must be the old one. Raises JournalError."""
    if not changes:
        return Made()
    run = journal.begin(command, changes)
    made = _put(journal.root, run, changes, tick)
    if made.written:
        journal.settle(run, DONE, keep=[*made.written, *made.already])
    else:
        journal.forget(run)
    return made


def finish(journal: Journal, run: Run, tick: Tick = silent) -> Made:
    """Write what a stopped run had not come to. Raises JournalError."""
    changes = journal.changes(run)
    sweep(Path(journal.root), (change.path for change in changes), _mark(run))
    made = _put(journal.root, run, changes, tick)
    journal.settle(run, DONE, keep=[*made.written, *made.already])
    return made


def take_back(journal: Journal, run: Run, tick: Tick = silent) -> Made:
    """Give every file of `run` its old text again, those left out that have changed since.

    When some have, the run stays and can be taken back again. Raises JournalError.
    """
    changes = journal.changes(run)
    sweep(Path(journal.root), (change.path for change in changes), _mark(run))
    back = [
        Change(change.path, change.new, change.old, created=change.created) for change in changes
    ]
    made = _put(journal.root, run, back, tick, back=True)
    if made.problems:
        left = {str(problem.path) for problem in made.problems}
        journal.settle(run, run.state, keep=[c.path for c in changes if c.path in left])
    else:
        journal.settle(run, UNDONE)
    return made


def _mark(run: Run) -> str:
    """What the temporary files of a run are called by, so that a later one can sweep them."""
    return f"r{run.id}"


def _put(root: str, run: Run, changes: Sequence[Change], tick: Tick, *, back: bool = False) -> Made:
    written: list[str] = []
    already: list[str] = []
    notes: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for number, change in enumerate(changes):
        tick(number, len(changes))
        if _holds(root, change, back=back):
            already.append(change.path)
            continue
        path = Path(root, *change.path.split("/"))
        if not change.created:
            done = write_file(
                path, change.new, expect_sha256=change.old_sha256, root=Path(root), mark=_mark(run)
            )
        elif back:
            done = remove_file(path, expect_sha256=change.old_sha256, root=Path(root))
        else:
            done = create_file(path, change.new, root=Path(root), mark=_mark(run))
        if isinstance(done, Problem):
            problems.append(Problem(Path(change.path), done.code, done.message))
        else:
            written.append(change.path)
            notes += ((change.path, note) for note in done.notes)
    tick(len(changes), len(changes))
    return Made(run, tuple(written), tuple(notes), tuple(already), tuple(problems))


def _holds(root: str, change: Change, *, back: bool) -> bool:
    """Whether the file is as the change would leave it."""
    path = Path(root, *change.path.split("/"))
    if back and change.created:
        return not os.path.lexists(path)
    found = read_file(path)
    return not isinstance(found, Problem) and sha256(found.data) == change.new_sha256
