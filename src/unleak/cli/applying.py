"""From a reviewed patch to the files it names."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import typer

from unleak.applying import Planned, plan_changes
from unleak.changes import finish, make
from unleak.cli.guarding import Guard, sensible, tell_refusal, verified, with_changes
from unleak.cli.screen import Screen
from unleak.cli.writing import counted, journal_of, own_command, tell
from unleak.errors import JournalError, RefusedError
from unleak.journal import OPEN, Journal
from unleak.plan import Plan, PlanError, read_plan, settled
from unleak.report.terminal import visible
from unleak.run import root_of
from unleak.workspace.problem import Problem, told


class Wanted(NamedTuple):
    """What the user typed."""

    patch: str | None
    check: bool
    three_way: bool
    resume: bool
    guard: Guard = Guard()


def perform(wanted: Wanted, *, color: str, quiet: bool) -> int:
    """Apply, tell, and return the exit code."""
    screen = Screen(color=color, quiet=quiet)
    root = root_of([os.curdir])
    try:
        if wanted.resume:
            if wanted[:3] != (None, False, False) or wanted.guard != Guard():
                raise typer.BadParameter("goes with nothing else", param_hint="--resume")
            return resume(root, screen)
        if wanted.patch is None:
            raise typer.BadParameter("which patch?", param_hint="PATCH")
        sensible(wanted.guard)
        plan = read_patch(wanted.patch)
        planned = plan_changes(plan, root)
        if wanted.three_way:
            if wanted.guard.verify is not None:
                raise typer.BadParameter("does not go with --3way", param_hint="--verify")
            return _three_way(plan, planned, root, screen, check=wanted.check)
        guarded, problems, taken = _guarded(plan, planned, root, wanted.guard, screen)
        if wanted.check:
            screen.say(f"{counted(len(guarded.changes), 'file')} can be written")
            return _code(problems, taken)
        with journal_of(root, screen) as journal:
            made = make(journal, guarded.changes, own_command(), screen.tick)
        already = (*made.already, *guarded.already)
        tell(made._replace(already=already), screen, "written")
        return _code((*problems, *made.problems), taken, made.stopped)
    except RefusedError as error:
        tell_refusal(error, screen)
        return 2
    except (JournalError, PlanError) as error:
        path = getattr(error, "path", "")
        where = f"{visible(path)}: " if path else ""
        screen.warn(f"{screen.talk('bold red', 'error')}: {where}{visible(str(error))}")
        return 3 if isinstance(error, JournalError) else 2


def _guarded(
    plan: Plan, planned: Planned, root: str, guard: Guard, screen: Screen
) -> tuple[Planned, tuple[Problem, ...], bool]:
    """What is to be written, what is not, which is told, and whether anything was taken back."""
    dirty = with_changes(root, [change.path for change in planned.changes], guard)
    problems = (*planned.problems, *dirty.values())
    _tell_problems(problems, screen)
    refused = {str(problem.path) for problem in problems}
    if refused:
        files = (file for file in plan.files if file.path not in refused)
        plan = settled(replace(plan, files=tuple(files)))
        planned = plan_changes(plan, root)
    if guard.verify is None:
        return planned, problems, False
    texts = {change.path: change.old for change in planned.changes}
    passing = verified(plan, texts, root, guard, screen)
    planned = plan_changes(passing, root)
    _tell_problems(planned.problems, screen)  # of what has changed meanwhile
    return planned, (*problems, *planned.problems), passing != plan


def _code(problems: Sequence[Problem], taken: bool, stopped: str = "") -> int:
    return 3 if problems or stopped else int(taken)


def read_patch(name: str) -> Plan:
    """The plan in a file. Raises PlanError."""
    try:
        with open(name, "rb") as file:
            return read_plan(file.read())
    except OSError as error:
        raise PlanError(told(error), name) from None


def resume(root: str, screen: Screen) -> int:
    """Finish the last run that was stopped."""
    with Journal(root) as journal:
        stopped = next((run for run in journal.runs() if run.state == OPEN), None)
        if stopped is None:
            screen.say("no run was stopped: there is nothing to finish")
            return 0
        screen.say(f"run {stopped.id}: {visible(stopped.command)}")
        made = finish(journal, stopped, screen.tick)
        tell(made, screen, "written")
        return _code(made.problems, False, made.stopped)


def _tell_problems(problems: tuple[Problem, ...], screen: Screen) -> None:
    for problem in problems:
        at = visible(str(problem.path))
        screen.warn(
            f"{screen.talk('yellow', 'problem')}: {at}: {visible(problem.message)} [{problem.code}]"
        )


def _three_way(plan: Plan, planned: Planned, root: str, screen: Screen, *, check: bool) -> int:
    """Hand to git what is not there yet, when all that is wrong is that files have changed."""
    wrong = tuple(problem for problem in planned.problems if problem.code != "changed")
    _tell_problems(wrong, screen)
    if wrong:
        return 3
    # git takes a whole patch or none of it, and trips over what a run before this one wrote.
    text = b"".join(file.body for file in plan.files if file.path not in planned.already)
    if not text:
        already = f"{counted(len(planned.already), 'file')} written already"
        screen.say(already if planned.already else "nothing in the patch is accepted")
        return 0
    # What was written and taken back is the same text at another time, which apply would refuse.
    refresh = ["git", "update-index", "-q", "--refresh"]
    subprocess.run(refresh, cwd=root, capture_output=True, check=False)
    words = ["git", "apply", "--3way", *(["--check"] if check else []), "-"]
    done = subprocess.run(words, cwd=root, input=text, capture_output=True, check=False)
    for line in done.stderr.decode(errors="replace").splitlines():
        screen.say(visible(line))
    if done.returncode == 0 and not check:
        screen.say("git has merged it: `git diff HEAD` shows how, `git checkout` takes it back")
    return 3 if done.returncode else 0
