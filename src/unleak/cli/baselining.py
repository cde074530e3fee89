"""`unleak baseline`: a run whose findings are written down, or compared with what is."""

import os
from collections.abc import Mapping, Sequence

import typer

from unleak.baseline import Old, read, text_of
from unleak.cli.screen import Screen, write_whole
from unleak.cli.session import Request, tell_config, tell_skipped, wanted_of
from unleak.config import ConfigError
from unleak.config_homes import Homes
from unleak.report.paths import shown
from unleak.report.summary import plural
from unleak.report.terminal import visible
from unleak.run import Outcome, beside, run
from unleak.workspace.folders import Folders
from unleak.workspace.places import within
from unleak.workspace.problem import told
from unleak_engine.exemptions import CODES


def written(request: Request) -> int:
    """Write every finding down; the exit code. Raises typer.BadParameter."""
    screen = _screen(request)
    wanted = wanted_of(request._replace(baseline=None, no_baseline=True))
    try:
        outcome = run(wanted, screen.tick)
        found = _found(outcome, request)
        kept = beside(outcome, wanted, found)
        if not found:
            screen.say("no finding, so there is nothing to write down")
        return _put(request, outcome, kept, screen)
    except ConfigError as error:
        return tell_config(error, screen)


def pruned(request: Request) -> int:
    """Take out what is found no more; the exit code. Raises typer.BadParameter."""
    screen = _screen(request)
    try:
        outcome = run(wanted_of(request), screen.tick)
        gone = {(of, old) for old, of in outcome.stale}
        paths = sorted({of for of, _ in gone})
        kept = {path: [old for old in read(path) if (path, old) not in gone] for path in paths}
    except ConfigError as error:
        return tell_config(error, screen)
    if not kept:
        screen.say("nothing in the baseline is stale")
    return _put(request, outcome._replace(stale=()), kept, screen)


def _screen(request: Request) -> Screen:
    if "-" in (request.paths or []):
        raise typer.BadParameter("a baseline is about files", param_hint="PATHS")
    return Screen(color=request.color, quiet=request.quiet)


def _found(outcome: Outcome, request: Request) -> dict[str, list[Old]]:
    """What was found, by the baseline it goes to. There is one for all that was asked for."""
    homes = Homes(Folders(), outcome.root)
    asked = [
        path if os.path.isdir(path) else os.path.dirname(path) for path in request.paths or "."
    ]
    found: dict[str, list[Old]] = {}
    for folder in asked:
        found.setdefault(_place(homes, folder or ".", request), [])
    for result, finding in outcome.left:
        if finding.codemod not in CODES:
            at = _place(homes, os.path.dirname(result.file), request)
            old = Old(os.path.realpath(result.file), finding.codemod, finding.fingerprint)
            found.setdefault(at, []).append(old)
    return {path: entries for path, entries in found.items() if entries or os.path.lexists(path)}


def _place(homes: Homes, folder: str, request: Request) -> str:
    if request.baseline is not None:
        return os.path.abspath(request.baseline)
    return homes.baseline(folder)


def _put(
    request: Request, outcome: Outcome, kept: Mapping[str, Sequence[Old]], screen: Screen
) -> int:
    screen.clear()
    tell_skipped(outcome, screen, request)
    for path, entries in kept.items():
        if request.baseline is None and not within(os.path.realpath(path), outcome.root):
            where = shown(path, os.getcwd())
            screen.warn(f"error: {where} is a link that leads out of {visible(outcome.root)}")
            return 2
        before = frozenset(read(path)) if os.path.lexists(path) else frozenset()
        after = frozenset(entries)
        if before == after and os.path.lexists(path):
            screen.say(f"{shown(path, os.getcwd())} stays as it is: {_counted(after)}")
            continue
        try:
            write_whole(path, [text_of(after, path).encode("utf-8", "surrogateescape")])
        except OSError as error:
            screen.warn(f"error: cannot write {shown(path, os.getcwd())}: {told(error)}")
            return 2
        change = f"{len(after - before)} new, {len(before - after)} gone"
        screen.say(f"{shown(path, os.getcwd())} holds {_counted(after)} now ({change})")
    return outcome.exit_code(exit_zero=True)


def _counted(entries: frozenset[Old]) -> str:
    return plural(len(entries), "finding")
