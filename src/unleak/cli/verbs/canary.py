"""`unleak canary FILE#EXPORT`: write a test that sees whether a producer heeds backpressure."""

from pathlib import Path
from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.entry import complain

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def canary(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="FILE#EXPORT",
            help="The producer: a function that writes to a stream, or returns one.",
            show_default=False,
        ),
    ],
    output: Annotated[
        str | None,
        options.option(
            "-o",
            "--output-file",
            help="Where to; `-` is stdout. FILE-EXPORT.canary.test.mjs beside FILE if not said.",
            panel=options.SHOWING,
            metavar="PATH",
        ),
    ] = None,
    call: Annotated[
        str | None,
        options.option(
            "--call",
            help="How it is called, as 'producer(sink, { limit: 50 })'. It writes to `sink` or "
            "returns a readable, and may read from `items`, whose use is counted.",
            panel=options.SHOWING,
            metavar="EXPRESSION",
        ),
    ] = None,
    slack: Annotated[
        int,
        options.option(
            "--slack",
            help="How many items it may write, or push, at a time. One if not said.",
            panel=options.SHOWING,
            metavar="N",
        ),
    ] = 1,
    force: Annotated[
        bool,
        options.option("--force", help="Replace the file that is there.", panel=options.WRITING),
    ] = False,
) -> int:
    """Write a test that sees whether a producer heeds backpressure.

    Nothing of FILE is run until you run the test: `node --test PATH`.
    """
    from unleak.canary.subject import subject_of
    from unleak.canary.text import canary_text
    from unleak.errors import RefusedError

    if slack < 1:
        raise typer.BadParameter("at least 1", param_hint="--slack")
    name, _, export = subject.rpartition("#")
    if not name or not export:
        raise typer.BadParameter(
            f"{subject}: name the export too, as {subject.rstrip('#')}#default",
            param_hint="FILE#EXPORT",
        )
    path = Path(name)
    stem = f"{path.stem}-{export.replace('.', '-')}"
    place = path.with_name(f"{stem}.canary.test.mjs") if output is None else Path(output)
    folder = Path() if output == "-" else place.parent
    try:
        found = subject_of(path, export, call)
        text = canary_text(found, path, folder, slack=slack)
    except RefusedError as error:
        complain(f"error: {error}")
        return 2
    if output == "-":
        print(text, end="")
        return 0
    return _written(place, text.encode(), force=force)


def _written(place: Path, data: bytes, *, force: bool) -> int:
    from unleak.workspace.problem import Problem
    from unleak.workspace.read import Contents, read_file
    from unleak.workspace.write import create_file, write_file

    # Where it goes is what the caller says: nothing else bounds it.
    root = Path(place.anchor or place.resolve().anchor)
    old = read_file(place)
    if isinstance(old, Contents):
        if not force:
            complain(f"error: {place}: there is a file of that name; --force replaces it")
            return 2
        done = write_file(place, data, expect_sha256=old.sha256, root=root)
    else:
        done = create_file(place, data, root=root)
    if isinstance(done, Problem):
        complain(f"error: {place}: {done.message}")
        return 3
    complain(f"{place}: written. It needs no library: node --test {place}")
    return 0
