"""`unleak rules`: which codemods there are."""

import textwrap
from typing import Annotated

import typer

from unleak import registry
from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.screen import Screen
from unleak.report.terminal import visible

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def rules(
    output_format: Annotated[
        str,
        options.option(
            "--output-format", help="full or json.", panel=options.SHOWING, metavar="FORMAT"
        ),
    ] = "full",
    codemods: options.Codemods = None,
    color: options.Color = "auto",
) -> int:
    """List the codemods, those of installed packs among them.

    For each its name, how far its fixes may go unread, and what it does.
    """
    from unleak.cli.session import pack_problems
    from unleak.packs import loading

    screen = Screen(color=color)
    registry.begin(codemods, ["."])
    loading.load_installed()
    for problem in pack_problems():
        at = f"{visible(problem.path)}: " if problem.path else ""
        screen.warn(f"{screen.talk('yellow', 'problem')}: {at}{visible(problem.message)}")
    if output_format == "json":
        screen.data([_json()])
    elif output_format == "full":
        screen.data(_table(screen))
    else:
        raise typer.BadParameter("there are full and json", param_hint="--output-format")
    return 2 if pack_problems() else 0


def _json() -> str:
    from unleak.report.json import dumps

    codemods = [
        {
            "name": entry.name,
            "safety": entry.safety,
            "optIn": entry.opt_in,
            "node": entry.node,
            "summary": entry.summary,
            "why": entry.why,
            "needles": [needle.decode() for needle in entry.needles],
        }
        for entry in registry.entries()
    ]
    return dumps({"version": 1, "codemods": codemods})


def _table(screen: Screen) -> list[str]:
    entries = registry.entries()
    name_width = max((len(entry.name) for entry in entries), default=0)
    looks = {"safe": "green", "unsafe": "yellow", "display": "blue"}
    lines: list[str] = []
    for entry in entries:
        indent = name_width + 11
        room = max(40, screen.out.width - indent)
        told = f"{entry.summary} (opt-in: --select)" if entry.opt_in else entry.summary
        summary = textwrap.wrap(told, room) or [""]
        name = screen.out("bold", entry.name.ljust(name_width))
        safety = screen.out(looks[entry.safety], f"{entry.safety:<7}")
        lines.append(f"{name}  {safety}  {summary[0]}\n")
        lines += (" " * indent + rest + "\n" for rest in summary[1:])
    return lines
