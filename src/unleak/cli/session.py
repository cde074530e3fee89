"""What `check`, `diff` and `fix` have in common: one run, told in one of three ways."""

import gc
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

from unleak import registry
from unleak.cli import entry
from unleak.cli.screen import Screen
from unleak.clock import today
from unleak.config import ConfigError
from unleak.errors import JournalError, RefusedError
from unleak.helpers import spelled
from unleak.report.concise import lines as concise_lines
from unleak.report.evidence import evidence
from unleak.report.forms import FLEETING, FORMATS, QUOTING, View, render
from unleak.report.paths import shown
from unleak.report.summary import sentences, summary
from unleak.report.terminal import visible
from unleak.run import (
    HARMLESS,
    NOTE,
    PACK,
    Outcome,
    Skipped,
    Wanted,
    as_written,
    root_of,
    run,
    write,
)
from unleak.workspace.places import within
from unleak.workspace.problem import told
from unleak_engine.edit import Safety
from unleak_engine.source import MAX_BYTES

if TYPE_CHECKING:
    from unleak.cli.guarding import Guard
    from unleak.cli.remembering import Remembering
    from unleak.packs.pack import PackProblem
    from unleak_codemods.table import Entry

Action = Literal["look", "diff", "fix", "settings"]
ADVICE = {
    "changed": "run again",
    "crashed": "it was left out; please report it",
    "disk-full": "make room and run again",
    "doubted": "nothing was changed there; please report it",
    "generated": "--no-exclude looks into it",
    "internal": "please report it, with the output of --verbose",
    "missing": "check the spelling",
    "read-only": "make it writable",
    "syntax-error": "mend it and run again",
    "timeout": "it was left out; split it if it is yours",
    "too-large": "--max-bytes raises the limit",
}
"""What to do about a file that was skipped, by code, where the message does not say it."""

COLORS = ("auto", "always", "never")


class Request(NamedTuple):
    """What the user typed, checked by `perform`."""

    action: Action
    paths: list[str] | None
    select: list[str] | None
    ignore: list[str] | None
    unsafe_fixes: bool
    node: str | None
    no_exclude: bool
    no_cache: bool
    stdin_filename: str | None
    output_file: str | None
    color: str
    quiet: bool
    verbose: bool
    exit_zero: bool
    output_format: str | None = None
    jobs: int | None = None
    max_bytes: int | None = None
    helpers: str | None = None
    guard: "Guard | None" = None
    interactive: bool = False
    mail: bool = False
    since: str | None = None
    staged: bool = False
    codemods: list[str] | None = None
    baseline: str | None = None
    no_baseline: bool = False
    statistics: bool = False
    force_exclude: bool = False


def perform(request: Request) -> int:
    """Run, tell, and return the exit code. Raises typer.BadParameter for a call that makes no
    sense."""
    try:
        os.getcwd()
    except OSError:
        raise typer.BadParameter("the working directory is no longer there") from None
    wanted = wanted_of(request)
    if request.output_format not in (None, *FORMATS):
        raise typer.BadParameter(
            f"{request.output_format!r} is no format; there are {', '.join(FORMATS)}",
            param_hint="--output-format",
        )
    if request.statistics:
        _can_count(request)
    if request.color not in COLORS:
        raise typer.BadParameter("must be auto, always or never", param_hint="--color")
    for name, number in (("-j / --jobs", request.jobs), ("--max-bytes", request.max_bytes)):
        if number is not None and number < 1:
            raise typer.BadParameter("must be at least 1", param_hint=name)
    screen = Screen(color=request.color, quiet=request.quiet, output_file=request.output_file)
    if request.action == "settings":
        from unleak.cli.settings import show

        return show(request, screen)
    if not gc.isenabled():  # the start is over, see entry.py; what is there by now stays
        gc.freeze()
        gc.enable()
    cache = _cache(request, wanted, screen)
    code = _performed(request, wanted, screen, cache)
    if cache is not None and request.verbose:
        cache.tell()
    return code


def _cache(request: Request, wanted: Wanted, screen: Screen) -> "Remembering | None":
    """What earlier runs have left, where that can be of use."""
    begun = entry.take_begun()
    if request.no_cache or wanted.stdin is not None or not all(map(os.path.isdir, wanted.paths)):
        return None
    from unleak.cli.remembering import Remembering, worthwhile

    if not worthwhile(wanted):
        return None
    form = _format(request, screen)
    to_screen = request.output_file is None and form not in FLEETING
    return Remembering(
        wanted,
        begun,
        screen,
        retellable=to_screen and not request.verbose and not request.mail,
        texts=request.action == "look" and form in QUOTING,
    )


def _performed(
    request: Request, wanted: Wanted, screen: Screen, cache: "Remembering | None"
) -> int:
    try:
        outcome = run(wanted, screen.tick, cache.memory if cache is not None else None)
    except ConfigError as error:
        return tell_config(error, screen)
    screen.clear()
    outcome = with_pack_problems(outcome)
    try:
        final = _TELL[request.action](request, wanted, outcome, screen)
    except JournalError as error:
        screen.warn(f"{screen.talk('bold red', 'error')}: {visible(str(error))}")
        return 3
    except RefusedError as error:
        from unleak.cli.guarding import tell_refusal

        tell_refusal(error, screen)
        return 2
    except OSError as error:
        return _unwritten(request, error, screen)
    code = final.exit_code(pending=request.action == "diff", exit_zero=request.exit_zero)
    if cache is not None and not registry.packs_in_use():
        cache.keep(final, code)
    return code


def _unwritten(request: Request, error: OSError, screen: Screen) -> int:
    where = "stdout" if request.output_file is None else repr(visible(request.output_file))
    screen.warn(f"error: cannot write {where}: {told(error)}")
    return 2


def tell_config(error: ConfigError, screen: Screen) -> int:
    """Say what is wrong with a configuration; the exit code."""
    at = shown(error.file, os.getcwd())
    screen.warn(f"{screen.talk('bold red', 'error')}: {at}: {visible(str(error))}")
    return 2


def _can_count(request: Request) -> None:
    from unleak.report.statistics import FORMATS as COUNTING

    if request.action == "diff":
        raise typer.BadParameter("does not go with --diff", param_hint="--statistics")
    if request.output_format not in (None, *COUNTING):
        raise typer.BadParameter(f"goes with {', '.join(COUNTING)}", param_hint="--statistics")


def selected(
    select: list[str] | None, ignore: list[str] | None, packs: list[str] | None, paths: list[str]
) -> "tuple[Entry, ...]":
    """The codemods to look for in `paths`, those of packs included. Raises typer.BadParameter."""
    registry.begin(packs, paths)
    try:
        return registry.select(select or (), ignore or ())
    except registry.UnknownNameError:
        # It may be in a pack that the tree's configuration names.
        from unleak.packs import configured

        configured.load(paths)
    try:
        return registry.select(select or (), ignore or ())
    except registry.UnknownNameError as error:
        raise typer.BadParameter(str(error), param_hint="--select / --ignore") from None


def with_pack_problems(outcome: Outcome) -> Outcome:
    """`outcome` with what is wrong with packs told in it."""
    told = tuple(Skipped(problem.path, PACK, problem.message) for problem in pack_problems())
    return outcome._replace(skipped=(*told, *outcome.skipped)) if told else outcome


def pack_problems() -> "tuple[PackProblem, ...]":
    """What is wrong with the packs of this run."""
    if "unleak.packs.loading" not in sys.modules:  # nobody has asked for any
        return ()
    from unleak.packs import loading

    return loading.problems()


def wanted_of(request: Request) -> Wanted:
    paths = list(request.paths or (".",))
    if paths == ["-"]:
        paths = [request.stdin_filename or "."]
    codemods = selected(request.select, request.ignore, request.codemods, paths)
    if not codemods:
        raise typer.BadParameter("nothing is left to look for", param_hint="--select / --ignore")
    limit = Safety.UNSAFE if request.unsafe_fixes else Safety.SAFE
    among, staged = _chosen(request)
    return Wanted(
        paths=tuple(request.paths or (".",)),
        codemods=codemods,
        rewrite=limit if request.action in ("diff", "fix") else None,
        no_exclude=request.no_exclude,
        force_exclude=request.force_exclude,
        node=node_range(request.node),
        stdin=_stdin(request),
        jobs=request.jobs,
        max_bytes=MAX_BYTES if request.max_bytes is None else request.max_bytes,
        helpers=_helpers(request),
        selected=request.select is not None,
        unwanted=registry.named(request.ignore or ()),
        baseline=_baseline(request),
        no_baseline=request.no_baseline,
        today=today(),
        among=among,
        staged=staged,
    )


def _chosen(request: Request) -> tuple[frozenset[str] | None, dict[str, bytes] | None]:
    """The files that `--since` means, and those that `--staged` means with their texts."""
    if request.since is None and not request.staged:
        return None, None
    if "-" in (request.paths or []):
        raise typer.BadParameter("names no file of a commit", param_hint="-")
    if request.since is not None and request.staged:
        raise typer.BadParameter("--since and --staged mean different files: choose one")
    from unleak.workspace.chosen import ChosenError, since, staged
    from unleak.workspace.places import top_of

    top = top_of(root_of(request.paths or (".",)))
    hint = "--staged" if request.since is None else "--since"
    if top is None:
        raise typer.BadParameter("is for a git repository, and this is none", param_hint=hint)
    try:
        if request.since is None:
            return None, staged(top)
        return since(top, request.since), None
    except ChosenError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from None


def _baseline(request: Request) -> str | None:
    if request.baseline is not None and request.no_baseline:
        raise typer.BadParameter("goes against --no-baseline", param_hint="--baseline")
    if request.baseline is not None and not os.path.isfile(request.baseline):
        raise typer.BadParameter(
            f"{request.baseline!r} is no file; `unleak baseline write` makes one",
            param_hint="--baseline",
        )
    return request.baseline


def _helpers(request: Request) -> str | None:
    if request.helpers is None:
        return None
    try:
        spelled(request.helpers, root_of(request.paths or (".",)))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--helpers") from None
    return request.helpers


def _stdin(request: Request) -> tuple[str, bytes] | None:
    paths = request.paths or []
    if "-" not in paths:
        if request.stdin_filename is not None:
            raise typer.BadParameter("goes with the path `-`", param_hint="--stdin-filename")
        return None
    if len(paths) > 1:
        raise typer.BadParameter("`-` cannot be mixed with other paths", param_hint="PATHS")
    if not request.stdin_filename:
        raise typer.BadParameter(
            "`-` needs --stdin-filename, whose suffix says the language", param_hint="PATHS"
        )
    try:
        return request.stdin_filename, sys.stdin.buffer.read()
    except OSError as error:
        raise typer.BadParameter(f"stdin: {told(error)}", param_hint="PATHS") from None


def _look(request: Request, wanted: Wanted, outcome: Outcome, screen: Screen) -> Outcome:
    _report(request, outcome, screen)
    tell_skipped(outcome, screen, request)
    hint = "`unleak fix` makes the safe ones, `unleak diff` shows how"
    screen.say(sentences(summary(outcome), screen.talk, hint=hint))
    return outcome


def _report(request: Request, outcome: Outcome, screen: Screen) -> None:
    view = View(os.getcwd(), screen.out, request.verbose)
    if request.statistics:
        from unleak.report import statistics

        as_json = request.output_format == "json"
        screen.data(
            statistics.as_json(outcome, view) if as_json else statistics.table(outcome, view.style)
        )
        return
    screen.data(render(_format(request, screen), outcome, view))


def _format(request: Request, screen: Screen) -> str:
    # Who was asked about all of it has read it.
    full = screen.to_terminal and not request.interactive
    return request.output_format or ("full" if full else "concise")


def _diff(request: Request, wanted: Wanted, outcome: Outcome, screen: Screen) -> Outcome:
    from unleak.report import patch

    pieces = _mailed(outcome, screen) if request.mail else patch.render(outcome)
    if screen.to_terminal:
        screen.data(patch.for_terminal(pieces, screen.out))
    else:
        screen.raw(pieces)
    _leftovers(outcome, screen, request)
    tell_skipped(outcome, screen, request)
    if request.verbose:
        _tell_cured(outcome, screen, request, "in the patch")
    screen.say(sentences(summary(outcome), screen.talk, done="fixed by this patch"))
    if not within(os.path.realpath(os.curdir), outcome.root):
        screen.say(f"Names in the patch count from {visible(outcome.root)}")
    return outcome


def _mailed(outcome: Outcome, screen: Screen) -> Iterator[bytes]:
    from importlib.metadata import version

    from unleak.plan import Plan
    from unleak.report.mail import mailed, sender
    from unleak.report.patch import files

    plan = Plan(tuple(files(outcome)))
    if not plan.files:
        return
    yield mailed(plan, sender(outcome.root), version("unleak")).render()
    if any(b"\r\n" in file.body for file in plan.files):
        screen.say("note: some lines end in CRLF: `git am --keep-cr` takes them")


def _fix(request: Request, wanted: Wanted, outcome: Outcome, screen: Screen) -> Outcome:
    if wanted.stdin is not None:
        # An editor takes what it gets for the text, so whatever happens it gets one.
        given = wanted.stdin[1]
        screen.raw(result.after if result.changed else given for result in outcome.results)
        _leftovers(outcome, screen, request)
        tell_skipped(outcome, screen, request)
        screen.say(sentences(summary(outcome), screen.talk, done="fixed"))
        return outcome
    from unleak.cli.writing import journal_of, own_command

    outcome = _guarded(request, _as_staged(outcome) if request.staged else outcome, screen)
    if not any(result.changed for result in outcome.results):
        written = outcome
    else:
        with journal_of(outcome.root, screen) as journal:
            written = write(outcome, journal, own_command(), screen.tick)
    _tell_cured(written, screen, request, "fixed")
    written = as_written(written, wanted)
    _report(request, written, screen)
    tell_skipped(written, screen, request)
    screen.say(sentences(summary(written), screen.talk, done="fixed"))
    return written


def _as_staged(outcome: Outcome) -> Outcome:
    """`outcome` without what would be written over changes that are not staged."""
    from unleak.cli.guarding import unstaged
    from unleak.deciding import refusing

    return refusing(outcome, unstaged(result for result in outcome.results if result.changed))


def _guarded(request: Request, outcome: Outcome, screen: Screen) -> Outcome:
    """What of `outcome` may be written. Raises RefusedError when nothing may."""
    guard = request.guard
    changed = [result.path for result in outcome.results if result.changed]
    if guard is None or not changed:
        return outcome
    from unleak.cli.guarding import few_enough, verified, with_changes

    dirty = {} if request.staged else with_changes(outcome.root, changed, guard)
    if dirty:
        from unleak.deciding import refusing

        outcome = refusing(outcome, dirty)
    if request.interactive:
        from unleak.cli.reviewing import asked

        outcome = asked(outcome, screen)
    few_enough(sum(result.changed for result in outcome.results), guard)
    if guard.verify is None:
        return outcome
    from unleak.deciding import as_decided, as_plan

    texts = {result.path: result.before for result in outcome.results if result.changed}
    passing = verified(as_plan(outcome), texts, outcome.root, guard, screen)
    return as_decided(outcome, passing)


def _tell_cured(outcome: Outcome, screen: Screen, request: Request, word: str) -> None:
    cwd = os.getcwd()
    for result, finding in outcome.applied:
        at = f"{shown(result.file, cwd)}:{finding.start.line}:{finding.start.column}"
        screen.say(f"{screen.talk('green', word)} {at} {finding.codemod}")
        if request.verbose:
            for line in evidence(finding, screen.talk):
                screen.say(line)


def _leftovers(outcome: Outcome, screen: Screen, request: Request) -> None:
    view = View(os.getcwd(), screen.talk, request.verbose)
    for line in concise_lines(outcome.left, view):
        screen.say(line)


def tell_stale(outcome: Outcome, screen: Screen) -> None:
    cwd = os.getcwd()
    for old, of in outcome.stale:
        word, at = screen.talk("yellow", "stale"), shown(old.file, cwd)
        codemod = visible(old.codemod)
        screen.warn(f"{word}: {at}: {codemod} stands in {shown(of, cwd)} and is found no more")
    if outcome.stale:
        screen.warn("`unleak baseline prune` takes out of a baseline what is found no more")


def tell_skipped(outcome: Outcome, screen: Screen, request: Request) -> None:
    tell_stale(outcome, screen)
    cwd = os.getcwd()
    for one in outcome.skipped:
        advice = ADVICE.get(one.code, "")
        text = f"{shown(one.path, cwd)}: {visible(one.message)}{advice and f'; {advice}'}"
        if one.code in HARMLESS:
            word = "note" if one.code == NOTE else "skipped"
            screen.say(f"{screen.talk('dim', word)}: {text} [{one.code}]")
        else:
            screen.warn(f"{screen.talk('yellow', 'problem')}: {text} [{one.code}]")
        if request.verbose and one.detail:
            screen.warn(one.detail)


_TELL = {"look": _look, "diff": _diff, "fix": _fix}


def node_range(text: str | None) -> str | None:
    from unleak.workspace.semver import node_floor

    if text is not None and text != "*" and node_floor(text) is None:
        raise typer.BadParameter(f"{text!r} names no Node.js version", param_hint="--node")
    return text
