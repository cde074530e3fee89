"""`unleak apply`: write what was reviewed, exactly that, or say why not."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def apply(
    patch: Annotated[
        str | None,
        typer.Argument(metavar="PATCH", help="What `unleak diff` wrote.", show_default=False),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether it applies; write nothing.")
    ] = False,
    three_way: Annotated[
        bool, typer.Option("--3way", help="Let git merge it into files that have changed since.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish the last run that was stopped; needs no PATCH.")
    ] = False,
    allow_dirty: options.AllowDirty = False,
    verify: options.Verify = None,
    setup: options.Setup = None,
    allow_red: options.AllowRed = False,
    verify_timeout: options.VerifyTimeout = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Write the accepted findings of PATCH, exactly as they were reviewed.

    Names count from the top of the git work tree, or outside git from the working directory. A
    file that is not the one that was reviewed, or that has uncommitted changes, is left as it is,
    and named.
    """
    from unleak.cli.applying import Wanted, perform
    from unleak.cli.guarding import Guard

    guard = Guard(None, allow_dirty, verify, setup, allow_red, verify_timeout)
    return perform(Wanted(patch, check, three_way, resume, guard), color=color, quiet=quiet)
