"""`unleak init`: a configuration to begin with."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.screen import Screen

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def init(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="[FOLDER]", help="Where to write it; the working directory if not said."
        ),
    ] = ".",
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Write an unleak.toml that fits the repository, with a comment on each line.

    What is there already is never written over.
    """
    from unleak.cli.beginning import begun

    return begun(folder, Screen(color=color, quiet=quiet))
