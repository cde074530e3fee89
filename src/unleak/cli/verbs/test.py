"""`unleak test`: whether codemods of one's own do what their goldens and proofs say."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Only these codemods, or ones of unleak's own.",
            show_default=False,
        ),
    ] = None,
    codemods: Annotated[
        list[str] | None,
        options.option(
            "--codemods",
            help="The packs: folders, modules or installed ones; ./codemods if none is named.",
            panel=options.FINDING,
            metavar="PATH",
        ),
    ] = None,
    update: Annotated[
        bool,
        options.option(
            "--update", help="Expect what is found now; read the diff.", panel=options.WRITING
        ),
    ] = False,
    fix: Annotated[
        bool,
        options.option(
            "--fix", help="Mend what is mechanical in the modules.", panel=options.WRITING
        ),
    ] = False,
    no_proofs: Annotated[
        bool,
        options.option("--no-proofs", help="Run no proofs.", panel=options.FINDING),
    ] = False,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Test codemods of your own.

    Reads each module for what is missing, and runs its golden cases and, on Node or by this
    Python, its proofs. The code of the packs runs.
    """
    from unleak.cli.testing import Request, perform

    return perform(Request(names or [], codemods or [], update, fix, not no_proofs, color, quiet))
