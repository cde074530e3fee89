"""`unleak doctor`: what is installed, what loads, and what counts for a file."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def doctor(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="Say what counts for it.", show_default=False),
    ] = None,
    codemods: options.Codemods = None,
    as_json: Annotated[
        bool, options.option("--json", help="Say it for programs.", panel=options.SHOWING)
    ] = False,
    color: options.Color = "auto",
) -> int:
    """Say what is installed, which packs load, and what counts for FILE.

    Installed packs are loaded for that, so their code runs.
    """
    from unleak.cli.examining import perform

    return perform(file, codemods, as_json=as_json, color=color)
