"""`unleak batch`: a monorepo, shard by shard."""

import json
import os
from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)

CUTTING = "How it is cut"
OUTCOME = "What becomes of a shard"
GOING_ON = "How far it is"


@app.command(cls=Verb)
def batch(
    root: Annotated[
        str | None,
        typer.Argument(
            metavar="[ROOT]",
            help="The folder to migrate; the working directory if none is named.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        options.option(
            "--by",
            help="package (by default), owner, codemod, or dir: each folder in ROOT.",
            panel=CUTTING,
            metavar="WHAT",
        ),
    ] = None,
    max_files: Annotated[
        int | None,
        options.option(
            "--max-files", help="Split what changes more files.", panel=CUTTING, metavar="N"
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        options.option(
            "--only", help="Only these packages or folders.", panel=CUTTING, metavar="GLOB"
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        options.option("--skip", help="Not these.", panel=CUTTING, metavar="GLOB"),
    ] = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    unsafe_fixes: options.UnsafeFixes = False,
    node: options.Node = None,
    helpers: options.Helpers = None,
    no_exclude: options.NoExclude = False,
    max_bytes: options.MaxBytes = None,
    jobs: options.Jobs = None,
    patches: Annotated[
        str | None,
        options.option(
            "--patches",
            help="Put a patch and a text for its readers there; unleak-batch by default.",
            panel=OUTCOME,
            metavar="DIR",
        ),
    ] = None,
    branches: Annotated[
        str | None,
        options.option(
            "--branches",
            help="Make a branch with one commit as well, PREFIX before its name.",
            panel=OUTCOME,
            metavar="PREFIX",
        ),
    ] = None,
    write: Annotated[
        bool, options.option("--write", help="Write the files as well.", panel=OUTCOME)
    ] = False,
    allow_dirty: options.AllowDirty = False,
    verify: options.Verify = None,
    setup: options.Setup = None,
    allow_red: options.AllowRed = False,
    verify_timeout: options.VerifyTimeout = None,
    max_failures: Annotated[
        int | None,
        options.option(
            "--max-failures", help="Stop after so many shards.", panel=GOING_ON, metavar="N"
        ),
    ] = None,
    dry_run: Annotated[
        bool, options.option("--dry-run", help="List the shards, do nothing.", panel=GOING_ON)
    ] = False,
    resume: Annotated[
        bool, options.option("--resume", help="Go on with what was stopped.", panel=GOING_ON)
    ] = False,
    failed: Annotated[
        bool, options.option("--failed", help="Repeat the shards that failed.", panel=GOING_ON)
    ] = False,
    fresh: Annotated[
        bool, options.option("--fresh", help="Begin anew, whatever was done.", panel=GOING_ON)
    ] = False,
    status: Annotated[
        bool, options.option("--status", help="Say how far it is.", panel=GOING_ON)
    ] = False,
    as_json: Annotated[
        bool, options.option("--json", help="Say it for programs.", panel=GOING_ON)
    ] = False,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Migrate a monorepo shard by shard, each a patch or a branch with a text for its readers.

    A batch that was stopped, however that was, goes on with `--resume`.
    """
    from unleak.batch import trees
    from unleak.batch.analysing import Options
    from unleak.batch.handing import FOLDER
    from unleak.batch.planning import all_codemods
    from unleak.batch.shards import BY
    from unleak.batch.wanted import Wanted
    from unleak.cli.batching import How, perform
    from unleak.cli.guarding import Guard, sensible, tell_refusal
    from unleak.cli.screen import Screen
    from unleak.cli.session import node_range
    from unleak.errors import JournalError, RefusedError
    from unleak.helpers import spelled
    from unleak.registry import UnknownNameError
    from unleak.report.terminal import visible
    from unleak_engine.source import MAX_BYTES

    screen = Screen(color=color, quiet=quiet)
    guard = Guard(None, allow_dirty, verify, setup, allow_red, verify_timeout)
    sensible(guard)
    place = os.path.realpath(root or os.curdir)
    if not os.path.isdir(place):
        raise typer.BadParameter("is no folder", param_hint="ROOT")
    for name, number in (
        ("--max-files", max_files),
        ("--max-failures", max_failures),
        ("-j / --jobs", jobs),
        ("--max-bytes", max_bytes),
    ):
        if number is not None and number < 1:
            raise typer.BadParameter("must be at least 1", param_hint=name)
    if by not in (None, *BY):
        raise typer.BadParameter(f"must be one of {', '.join(BY)}", param_hint="--by")
    if write and branches is not None:
        raise typer.BadParameter("does not go with --write", param_hint="--branches")
    if branches == "":
        raise typer.BadParameter("must not be empty", param_hint="--branches")
    if sum((resume, failed, fresh, dry_run, status)) > 1:
        raise typer.BadParameter(
            "only one of --resume, --failed, --fresh, --dry-run and --status at a time",
            param_hint=GOING_ON,
        )
    if as_json and not status:
        raise typer.BadParameter("goes with --status", param_hint="--json")
    going_on = resume or failed or status
    asked = (by, max_files, only, skip, select, ignore, node, helpers, max_bytes, patches, branches)
    if going_on and (
        any(one is not None for one in asked)
        or any((unsafe_fixes, no_exclude, write))
        or guard != Guard()
    ):
        raise typer.BadParameter(
            "goes on as the batch was begun, so nothing else of it can be said",
            param_hint="--status" if status else "--resume" if resume else "--failed",
        )
    try:
        top = trees.top(place)
        if status:
            return _status(top, screen, as_json=as_json)
        codemods = all_codemods(select or (), ignore or ())
        if not codemods:
            raise typer.BadParameter(
                "nothing is left to look for", param_hint="--select / --ignore"
            )
        wanted = Wanted(
            root="" if place == top else os.path.relpath(place, top).replace(os.sep, "/"),
            options=Options(
                codemods,
                unsafe_fixes,
                no_exclude,
                node_range(node),
                None if helpers is None else spelled(helpers, top),
                MAX_BYTES if max_bytes is None else max_bytes,
                select is not None,
            ),
            by=by or BY[0],
            most=max_files,
            only=tuple(only or ()),
            skip=tuple(skip or ()),
            folder=os.path.realpath(patches or os.path.join(top, FOLDER)),
            prefix=branches,
            write=write,
            verify=verify,
            setup=setup,
            allow_red=allow_red,
            timeout=verify_timeout,
            allow_dirty=allow_dirty,
        )
        how = How(resume, failed, fresh, dry_run, max_failures, jobs)
        return perform(top, None if going_on else wanted, how, screen)
    except UnknownNameError as error:
        raise typer.BadParameter(str(error), param_hint="--select / --ignore") from None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--helpers") from None
    except RefusedError as error:
        tell_refusal(error, screen)
    except JournalError as error:
        screen.warn(f"error: {visible(str(error))}")
    return 2


def _status(top: str, screen: "object", *, as_json: bool) -> int:
    from unleak.batch import status
    from unleak.batch.state import State
    from unleak.cli.screen import Screen

    assert isinstance(screen, Screen)
    with State(top) as state:
        run = state.last()
        if as_json:
            screen.data([json.dumps(status.as_json(state, run), indent=2) + "\n"])
            return 0
        if run is None:
            screen.say("no batch was begun here")
            return 0
        screen.data([f"{run.state}, begun {run.started}\n"])
        screen.data(f"{line}\n" for line in status.columns(state.rows(run), screen.out))
        screen.data(f"{line}\n" for line in status.burn_down(state, screen.out))
    return 0
