"""What the user of `unleak batch` typed, made sense of."""

import json
import os
from typing import TYPE_CHECKING, NamedTuple

import typer

from unleak import registry
from unleak.batch import status, trees
from unleak.batch.analysing import Options
from unleak.batch.handing import FOLDER
from unleak.batch.shards import BY
from unleak.batch.state import State
from unleak.batch.wanted import Wanted
from unleak.cli.guarding import Guard, sensible, tell_refusal
from unleak.cli.migrating import How, migrate
from unleak.cli.screen import Screen
from unleak.cli.session import node_range, pack_problems, selected
from unleak.errors import JournalError, RefusedError
from unleak.helpers import spelled
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak_engine.source import MAX_BYTES

if TYPE_CHECKING:
    from unleak.cluster.client import Cluster

ENGINES = ("local", "dask")


class Request(NamedTuple):
    """What the user typed, checked by `perform`."""

    root: str | None
    by: str | None
    max_files: int | None
    only: list[str] | None
    skip: list[str] | None
    select: list[str] | None
    ignore: list[str] | None
    unsafe_fixes: bool
    node: str | None
    helpers: str | None
    no_exclude: bool
    no_baseline: bool
    max_bytes: int | None
    jobs: int | None
    patches: str | None
    branches: str | None
    write: bool
    guard: Guard
    max_failures: int | None
    dry_run: bool
    resume: bool
    failed: bool
    fresh: bool
    status: bool
    as_json: bool
    codemods: list[str] | None
    engine: str | None
    scheduler: str | None
    tree: str | None
    remote: str | None
    color: str
    quiet: bool

    @property
    def goes_on(self) -> bool:
        """Whether it is about a batch that was begun before."""
        return self.resume or self.failed or self.status

    @property
    def says_how(self) -> bool:
        """Whether anything is said of what a batch is to do."""
        where = (self.by, self.max_files, self.only, self.skip, self.patches, self.branches)
        what = (self.select, self.ignore, self.node, self.helpers, self.max_bytes)
        given = any(one is not None for one in (*where, *what))
        return (
            given
            or self.unsafe_fixes
            or self.no_exclude
            or self.no_baseline
            or self.write
            or self.guard != Guard()
        )


def perform(request: Request) -> int:
    """Do it, tell, and return the exit code. Raises typer.BadParameter for a call that makes no
    sense."""
    screen = Screen(color=request.color, quiet=request.quiet)
    place = os.path.realpath(request.root or os.curdir)
    if not os.path.isdir(place):
        raise typer.BadParameter("is no folder", param_hint="ROOT")
    _check(request)
    try:
        top = trees.top(place)
        if request.status:
            return _status(top, screen, as_json=request.as_json)
        # What is kept of a batch lies in the tree, so it says no more than which codemods it needs.
        registry.begin(request.codemods, [top])
        wanted = None if request.goes_on else _wanted(request, place, top)
        cluster = _cluster(request, screen)
    except RefusedError as error:
        tell_refusal(error, screen)
        return 2
    except JournalError as error:
        screen.warn(f"{screen.talk('bold red', 'error')}: {visible(str(error))}")
        return 3
    how = How(request.resume, request.failed, request.fresh, request.dry_run)
    how = how._replace(most_failures=request.max_failures, jobs=request.jobs, cluster=cluster)
    problems = pack_problems()
    for problem in problems:
        at = shown(problem.path, os.getcwd())
        screen.warn(f"{screen.talk('yellow', 'problem')}: {at}: {visible(problem.message)}")
    code = migrate(top, wanted, how, screen)
    return 2 if problems else code


def _check(request: Request) -> None:
    sensible(request.guard)
    for name, number in (
        ("--max-files", request.max_files),
        ("--max-failures", request.max_failures),
        ("-j / --jobs", request.jobs),
        ("--max-bytes", request.max_bytes),
    ):
        if number is not None and number < 1:
            raise typer.BadParameter("must be at least 1", param_hint=name)
    if request.by not in (None, *BY):
        raise typer.BadParameter(f"must be one of {', '.join(BY)}", param_hint="--by")
    if request.branches == "":
        raise typer.BadParameter("must not be empty", param_hint="--branches")
    if request.write and request.branches is not None:
        raise typer.BadParameter("does not go with --write", param_hint="--branches")
    ways = {
        "--resume": request.resume,
        "--failed": request.failed,
        "--status": request.status,
        "--fresh": request.fresh,
        "--dry-run": request.dry_run,
    }
    named = [name for name, given in ways.items() if given]
    if len(named) > 1:
        raise typer.BadParameter(f"does not go with {named[1]}", param_hint=named[0])
    _check_engine(request)
    if request.as_json and not request.status:
        raise typer.BadParameter("goes with --status", param_hint="--json")
    if request.goes_on and request.says_how:
        why = "is about the batch as it was begun; nothing else of it can be said"
        raise typer.BadParameter(why, param_hint=named[0])


def _check_engine(request: Request) -> None:
    given = {
        "--scheduler": request.scheduler,
        "--tree": request.tree,
        "--remote": request.remote,
    }
    if request.engine not in (None, *ENGINES):
        raise typer.BadParameter(f"must be one of {', '.join(ENGINES)}", param_hint="--engine")
    if request.engine != "dask":
        for name, value in given.items():
            if value is not None:
                raise typer.BadParameter("goes with --engine dask", param_hint=name)
        return
    if request.status:
        raise typer.BadParameter("does not go with --status", param_hint="--engine")
    if not (request.scheduler or "").startswith(("tcp://", "tls://")):
        raise typer.BadParameter("must be tls://HOST:PORT or tcp://…", param_hint="--scheduler")
    if (request.tree is None) == (request.remote is None):
        why = "one of them must say where workers find the tree"
        raise typer.BadParameter(why, param_hint="--tree / --remote")
    if request.tree is not None and not os.path.isabs(request.tree):
        raise typer.BadParameter("must be absolute, as workers see it", param_hint="--tree")
    remote = request.remote
    if remote is not None and (remote.startswith("-") or not (":" in remote or remote[:1] == "/")):
        raise typer.BadParameter("must be an address that workers know", param_hint="--remote")


def _cluster(request: Request, screen: Screen) -> "Cluster | None":
    """The cluster that was asked for. Raises RefusedError."""
    if request.engine != "dask" or request.scheduler is None:
        return None
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise RefusedError("--engine dask needs dask's scheduler: pip install 'unleak[dask]'")
    from unleak.cluster.client import Cluster
    from unleak.cluster.places import Source

    if request.scheduler.startswith("tcp://"):
        screen.say(
            "note: tcp:// is not encrypted, and asks nobody who they are; whoever reaches the"
            " cluster can run code on it, and here (docs/clusters.md)"
        )
    return Cluster(request.scheduler, Source(request.tree, request.remote))


def _wanted(request: Request, place: str, top: str) -> Wanted:
    codemods = selected(request.select, request.ignore, request.codemods, [place])
    if not codemods:
        raise typer.BadParameter("nothing is left to look for", param_hint="--select / --ignore")
    try:
        helpers = None if request.helpers is None else spelled(request.helpers, top)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--helpers") from None
    options = Options(
        codemods=tuple(entry.name for entry in codemods),
        unsafe=request.unsafe_fixes,
        no_exclude=request.no_exclude,
        no_baseline=request.no_baseline,
        node=node_range(request.node),
        helpers=helpers,
        max_bytes=MAX_BYTES if request.max_bytes is None else request.max_bytes,
        selected=request.select is not None,
        unwanted=registry.named(request.ignore or ()),
    )
    guard = request.guard
    return Wanted(
        root="" if place == top else os.path.relpath(place, top).replace(os.sep, "/"),
        options=options,
        by=request.by or BY[0],
        most=request.max_files,
        only=tuple(request.only or ()),
        skip=tuple(request.skip or ()),
        folder=os.path.realpath(request.patches or os.path.join(top, FOLDER)),
        prefix=request.branches,
        write=request.write,
        verify=guard.verify,
        setup=guard.setup,
        allow_red=guard.allow_red,
        timeout=guard.timeout,
        allow_dirty=guard.allow_dirty,
    )


def _status(top: str, screen: Screen, *, as_json: bool) -> int:
    with State(top) as state:
        run = state.last()
        if as_json:
            screen.data([json.dumps(status.as_json(state, run), indent=2) + "\n"])
        elif run is None:
            screen.say("no batch was begun here")
        else:
            screen.data([f"{run.state}, begun {run.started}\n"])
            screen.data(f"{line}\n" for line in status.columns(state.rows(run), screen.out))
            screen.data(f"{line}\n" for line in status.burn_down(state, screen.out))
    return 0
