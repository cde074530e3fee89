"""Bringing changes to disk as one run that can be taken back: journalled first, then file by file.

Each file is whole at every instant, old or new. A run that was stopped is finished or taken back
by what the journal has of it.
"""

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from unleak.errors import JournalError
from unleak.journal import DONE, UNDONE, Change, Journal, Run
from unleak.workspace.problem import Problem
from unleak.workspace.read import read_file, sha256
from unleak.workspace.write import create_file, remove_file, sweep, write_file


class Made(NamedTuple):
    """What became of changes: the files that now hold the new text, with what their owners may
    want to know, those that held it already, and those that were left as they are, with the reason.

    `stopped` says what to do about a run that has not come to its end, "" when it has.
    """

    run: Run | None = None
    written: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    already: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    stopped: str = ""


_IN_TROUBLE = {"disk-full", "unwritable"}
"""Problems of the disk and not of a file: a run that has met one counts as stopped."""

Tick = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def make(journal: Journal, changes: Sequence[Change], command: str, tick: Tick = silent) -> Made:
    """Bring `changes` to disk. Of each file the text must be the old one. Raises JournalError, and
    then nothing was written."""
    if not changes:
        return Made()
    run = journal.begin(command, changes)
    made = _put(journal.root, run, changes, tick)
    if made.written and _in_trouble(made):
        return made._replace(stopped=_to_finish(run))
    return _ended(journal, made, run, {*made.written, *made.already} if made.written else ())


def finish(journal: Journal, run: Run, tick: Tick = silent) -> Made:
    """Write what a stopped run had not come to. Raises JournalError, and then nothing was
    written."""
    changes = journal.changes(run)
    sweep(Path(journal.root), (change.path for change in changes), _mark(run))
    made = _put(journal.root, run, changes, tick)
    if _in_trouble(made):
        return made._replace(stopped=_to_finish(run))
    # What has changed since, or cannot be read, may hold what was written before the stop.
    kept = {change.path for change in changes if not _holds(journal.root, _turned(change), True)}
    return _ended(journal, made, run, kept)


def take_back(journal: Journal, run: Run, tick: Tick = silent) -> Made:
    """Give every file of `run` its old text again, those left out that have changed since.

    When some have, the run stays and can be taken back again. Raises JournalError, and then nothing
    was written.
    """
    changes = journal.changes(run)
    sweep(Path(journal.root), (change.path for change in changes), _mark(run))
    back = [_turned(change) for change in changes]
    made = _put(journal.root, run, back, tick, True)
    left = {str(problem.path) for problem in made.problems}
    try:
        journal.settle(run, run.state if left else UNDONE, left or None)
    except JournalError as error:
        again = f"run {run.id} does not count as taken back: say `unleak undo {run.id}` again"
        return made._replace(stopped=f"{again} ({error})")
    return made


def _turned(change: Change) -> Change:
    return Change(change.path, change.new, change.old, created=change.created)


def _in_trouble(made: Made) -> bool:
    return any(problem.code in _IN_TROUBLE for problem in made.problems)


def _to_finish(run: Run) -> str:
    return (
        f"run {run.id} was stopped before its end: `unleak apply --resume` finishes it,"
        f" `unleak undo {run.id}` takes it back"
    )


def _ended(journal: Journal, made: Made, run: Run, kept: Collection[str]) -> Made:
    """`made` with the run's end written down: only the paths that are `kept` belong to it, and when
    none are it is forgotten."""
    try:
        if kept:
            journal.settle(run, DONE, kept)
        else:
            journal.forget(run)
    except JournalError as error:
        return made._replace(stopped=f"{_to_finish(run)} ({error})")
    return made


def _mark(run: Run) -> str:
    """What the temporary files of a run are called by, so that a later one can sweep them."""
    return f"r{run.id}"


def _put(root: str, run: Run, changes: Sequence[Change], tick: Tick, back: bool = False) -> Made:
    written: list[str] = []
    already: list[str] = []
    notes: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for number, change in enumerate(changes):
        tick(number, len(changes))
        if _holds(root, change, back):
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
        if isinstance(done, Problem) and _holds(root, change, back):
            # Somebody else was faster, or what failed came after the new text had its name.
            if done.code in ("changed", "unreadable"):
                already.append(change.path)
                continue
            written.append(change.path)
            notes.append((change.path, f"it is there, though the system said: {done.message}"))
        elif isinstance(done, Problem):
            problems.append(Problem(Path(change.path), done.code, done.message))
        else:
            written.append(change.path)
            notes += ((change.path, note) for note in done.notes)
    tick(len(changes), len(changes))
    return Made(run, tuple(written), tuple(notes), tuple(already), tuple(problems))


def _holds(root: str, change: Change, back: bool) -> bool:
    """Whether the file is as the change would leave it."""
    path = Path(root, *change.path.split("/"))
    if back and change.created:
        return not os.path.lexists(path)
    found = read_file(path)
    return not isinstance(found, Problem) and sha256(found.data) == change.new_sha256
