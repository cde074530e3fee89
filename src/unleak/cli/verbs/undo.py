"""`unleak undo`: take a run back."""

import os
from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.screen import Screen
from unleak.cli.writing import tell, title
from unleak.errors import JournalError
from unleak.report.terminal import visible

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def undo(
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="[RUN]",
            help="A run's number; if none is named, the last.",
            show_default=False,
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the runs instead.")] = False,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Take the changes of one run back, byte for byte.

    A file that has changed since the run is left as it is, and named. Nothing else in the tree is
    touched.
    """
    from unleak.changes import take_back
    from unleak.journal import UNDONE, Journal
    from unleak.run import root_of

    screen = Screen(color=color, quiet=quiet)
    try:
        with Journal(root_of([os.curdir])) as journal:
            runs = journal.runs()
            if listed:
                screen.data(f"{title(run)}\n" for run in runs)
                return 0
            if number is None:
                chosen = next((run for run in runs if run.state != UNDONE), None)
            else:
                chosen = next((run for run in runs if run.id == number), None)
            if chosen is None:
                what = "nothing to take back" if number is None else f"there is no run {number}"
                screen.warn(f"error: {what}; `unleak undo --list` lists the runs")
                return 2
            if chosen.state == UNDONE:
                screen.warn(f"error: run {chosen.id} was taken back already")
                return 2
            made = take_back(journal, chosen, screen.tick)
            screen.say(f"run {chosen.id}: {visible(chosen.command)}")
            tell(made, screen, "taken back")
            return 3 if made.problems or made.stopped else 0
    except JournalError as error:
        screen.warn(f"error: {visible(str(error))}")
        return 3
