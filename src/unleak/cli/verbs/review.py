"""`unleak review`: decide on a patch, finding by finding."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_SCRIPTS = "Without questions"
_PAGE = "In the browser"


@app.command(cls=Verb)
def review(
    patch: Annotated[
        str,
        typer.Argument(metavar="PATCH", help="What `unleak diff` wrote.", show_default=False),
    ],
    again: Annotated[
        bool, typer.Option("--again", help="Ask about what was decided on, too.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        options.option(
            "--accept",
            help="Accept the findings of a codemod or of a path, which has a /, . or *.",
            panel=_SCRIPTS,
            metavar="NAME",
        ),
    ] = None,
    reject: Annotated[
        list[str] | None,
        options.option(
            "--reject",
            help="Reject them instead; goes before --accept.",
            panel=_SCRIPTS,
            metavar="NAME",
        ),
    ] = None,
    status: Annotated[
        bool,
        options.option("--status", help="Print what was decided.", panel=_SCRIPTS),
    ] = False,
    web: Annotated[
        bool,
        options.option("--web", help="Ask in the browser, on a page of this machine.", panel=_PAGE),
    ] = False,
    port: Annotated[
        int | None,
        options.option("--port", help="Where the page listens.", panel=_PAGE, metavar="NUMBER"),
    ] = None,
    no_browser: Annotated[
        bool,
        options.option("--no-browser", help="Print its address and open nothing.", panel=_PAGE),
    ] = False,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Accept or reject the findings of PATCH one by one.

    Each decision is written into PATCH as it is made, so you can stop at any time and go on later.
    On a terminal a key is enough, `?` lists them; elsewhere answers are read as lines.
    """
    from unleak.cli.reviewing import Page, Wanted, perform

    if not web and (port is not None or no_browser):
        raise typer.BadParameter("goes with --web only", param_hint="--port, --no-browser")
    page = Page(port or 0, not no_browser) if web else None
    wanted = Wanted(patch, accept or (), reject or (), again, status, page)
    return perform(wanted, color=color, quiet=quiet)
