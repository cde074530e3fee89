"""What the commands that write have in common: the journal, and what is said of a run."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from unleak.changes import Made
from unleak.cli.screen import Screen
from unleak.journal import OPEN, Journal, Run
from unleak.report.terminal import visible

ADVICE = {
    "disk-full": "make room and run again",
    "read-only": "make it writable and run again",
}
"""What to do about a file that was not written, by code."""


def own_command() -> str:
    """The command line as the user typed it."""
    return shlex.join(["unleak", *sys.argv[1:]])


@contextmanager
def journal_of(root: str, screen: Screen) -> Iterator[Journal]:
    """The tree's journal; says when an earlier run was stopped. Raises JournalError."""
    with Journal(root) as journal:
        for run in journal.runs():
            if run.state == OPEN:
                screen.warn(
                    f"note: run {run.id} ({visible(run.command)}, {run.started}) was stopped before"
                    " its end; `unleak apply --resume` finishes it,"
                    f" `unleak undo {run.id}` takes it back"
                )
        yield journal


def tell(made: Made, screen: Screen, word: str) -> None:
    """Say what was not done, and how much was."""
    said = screen.talk("yellow", "problem")
    for problem in made.problems:
        at = visible(str(problem.path))
        advice = ADVICE.get(problem.code, "")
        text = f"{visible(problem.message)}{advice and f'; {advice}'}"
        screen.warn(f"{said}: {at}: {text} [{problem.code}]")
    if made.stopped:
        screen.warn(f"{said}: {visible(made.stopped)} [stopped]")
    for path, note in made.notes:
        screen.say(f"{screen.talk('dim', 'note')}: {visible(path)}: {visible(note)}")
    told = counted(len(made.written), "file") + f" {word}"
    if made.already:
        told += f", {len(made.already)} already"
    if made.problems:
        told += f", {len(made.problems)} not"
    screen.say(told)


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def title(run: Run) -> str:
    """A run on one line."""
    files = counted(run.files, "file")
    return f"{run.id:>4}  {run.started}  {run.state:<6}  {files:>9}  {visible(run.command)}"
