"""`unleak new NAME`: begin a codemod of one's own."""

import re
from pathlib import Path
from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.screen import Screen
from unleak.report.terminal import visible

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What it is called, after the fault.", show_default=False
        ),
    ],
    pack: Annotated[
        str,
        options.option(
            "--pack",
            help="The folder to put it in; `codemods` if none is named.",
            panel=options.FINDING,
            metavar="DIR",
        ),
    ] = "codemods",
    python: Annotated[
        bool,
        options.option(
            "--python", help="For Python; for Node.js if not said.", panel=options.FINDING
        ),
    ] = False,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Begin a codemod of your own.

    Writes a module that works, an example, two refusals, and a proof that fails until it is
    written; `unleak test` says what is missing.
    """
    from unleak.packs import template, template_python
    from unleak_codemods.table import TABLE

    screen = Screen(color=color, quiet=quiet)
    kebab = name.strip().replace("_", "-")
    if not re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", kebab):
        raise typer.BadParameter(
            "must be small letters, digits and single hyphens", param_hint="NAME"
        )
    if kebab in TABLE:
        raise typer.BadParameter(f"unleak has a codemod called {kebab}", param_hint="NAME")
    stem = kebab.replace("-", "_")
    files = (template_python if python else template).files(stem)
    wanted = {Path(pack, path): text for path, text in files.items()}
    there = [path for path in wanted if path.exists()]
    if there:
        raise typer.BadParameter(f"{there[0]} is there already", param_hint="NAME")
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(text.encode())
        screen.say(f"{screen.talk('green', 'wrote')} {visible(str(path))}")
    where = "" if pack == "codemods" else f" --codemods {_as_path(pack)}"
    screen.say(f"`unleak test {kebab}{where}` says what is left to do")
    return 0


def _as_path(pack: str) -> str:
    return pack if "/" in pack else f"./{pack}"
