"""What must hold before anything is written: how many files, none with uncommitted changes, and a
command of the user's that passes with the changes as it does without."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from unleak.cli.screen import Screen
from unleak.errors import RefusedError
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak.workspace.problem import Problem

if TYPE_CHECKING:
    from unleak.plan import Plan
    from unleak.run import FileResult
    from unleak.verify.command import Ran
    from unleak.verify.tree import Copy
    from unleak.verify.trial import Piece


class Guard(NamedTuple):
    """What the user typed of it; `timeout` in seconds, for each run of a command."""

    max_changes: int | None = None
    allow_dirty: bool = False
    verify: str | None = None
    setup: str | None = None
    allow_red: bool = False
    timeout: float | None = None


SECONDS = 600.0
"""What a run of the command may take, where the user does not say it."""


def sensible(guard: Guard) -> None:
    """Raises typer.BadParameter for what does not go together."""
    if guard.max_changes is not None and guard.max_changes < 0:
        raise typer.BadParameter("must be at least 0", param_hint="--max-changes")
    if guard.timeout is not None and not guard.timeout > 0:
        raise typer.BadParameter("must be more than 0", param_hint="--verify-timeout")
    for name, given in (
        ("--setup", guard.setup is not None),
        ("--allow-red", guard.allow_red),
        ("--verify-timeout", guard.timeout is not None),
    ):
        if given and guard.verify is None:
            raise typer.BadParameter("goes with --verify", param_hint=name)


def with_changes(root: str, paths: Iterable[str], guard: Guard) -> dict[str, Problem]:
    """Why these files are not to be written, by path: they have changes that are not committed, and
    are not all ours. Raises JournalError."""
    if guard.allow_dirty:
        return {}
    from unleak.ours import Ours
    from unleak.workspace.dirty import dirty

    with Ours(root) as ours:
        found = dirty(root, paths, ours.are_all)
    return {
        path: Problem(Path(path), "dirty", f"{why}; --allow-dirty writes it all the same")
        for path, why in found.items()
    }


def unstaged(results: "Iterable[FileResult]") -> dict[str, Problem]:
    """Why these files are not to be written, by path: on disk they are not as they are staged."""
    from unleak.workspace.read import Contents, read_file

    found: dict[str, Problem] = {}
    for result in results:
        contents = read_file(Path(result.file))
        if not result.new and not (
            isinstance(contents, Contents) and contents.data == result.before
        ):
            why = "it has changes that are not staged; stage or stash them"
            found[result.path] = Problem(Path(result.file), "unstaged", why)
    return found


def few_enough(files: int, guard: Guard) -> None:
    """Raises RefusedError when more files would change than the user wants."""
    if guard.max_changes is not None and files > guard.max_changes:
        from unleak.cli.writing import counted

        raise RefusedError(
            f"{counted(files, 'file')} would change, more than --max-changes"
            f" {guard.max_changes}; nothing was written"
        )


def tell_refusal(error: RefusedError, screen: Screen) -> None:
    screen.warn(f"{screen.talk('bold red', 'error')}: {visible(str(error))}")
    for line in error.lines:
        screen.warn(f"  | {visible(line)}")


def verified(
    plan: "Plan", texts: Mapping[str, bytes], root: str, guard: Guard, screen: Screen
) -> "Plan":
    """`plan` without what makes the user's command fail, tried in a copy of the tree.

    `texts` are the old texts of the files that are to be written; the others of the plan are as it
    leaves them. Raises RefusedError, PlanError.
    """
    from unleak.verify.copy import copied
    from unleak.verify.tree import CopyError
    from unleak.verify.trial import pieces

    if guard.verify is None or not pieces(plan, texts):
        return plan
    try:
        with copied(root, texts, modules=guard.setup is None) as copy:
            set_up(copy, guard, screen)
            return verified_in(copy, plan, texts, guard, screen)
    except CopyError as error:
        raise RefusedError(f"no copy to verify in: {error}; nothing was written") from None


def set_up(copy: "Copy", guard: Guard, screen: Screen, folder: str | None = None) -> None:
    """Run the user's set-up in `copy`, if there is one. Raises RefusedError."""
    if guard.setup is None:
        return
    ran = _run(guard.setup, copy, folder or os.curdir, guard)
    if ran.code != 0:
        what = f"the set-up `{guard.setup}` fails ({ran.ending}); nothing was written"
        raise RefusedError(what, ran.tail)
    _say(f"set up ({ran.seconds:.1f} s)", screen)


def verified_in(
    copy: "Copy",
    plan: "Plan",
    texts: Mapping[str, bytes],
    guard: Guard,
    screen: Screen,
    folder: str | None = None,
) -> "Plan":
    """As `verified`, in a copy that is set up. The command runs where the copy has `folder`, by
    default the working directory. Raises RefusedError, PlanError, CopyError."""
    from unleak.verify.trial import pieces

    if guard.verify is None or not pieces(plan, texts):
        return plan
    return _Verifying(copy, plan, texts, guard, guard.verify, screen, folder or os.curdir).plan()


class _Verifying:
    """One verification, up to the plan that passes."""

    def __init__(
        self,
        copy: "Copy",
        plan: "Plan",
        texts: Mapping[str, bytes],
        guard: Guard,
        command: str,
        screen: Screen,
        folder: str,
    ) -> None:
        from unleak.verify.trial import pieces

        self.copy, self.whole, self.texts, self.screen = copy, plan, texts, screen
        self.guard, self.command = guard, command
        self.folder = folder
        self.pieces = pieces(plan, texts)
        self.good = {0}
        self.failures: dict[frozenset[int], Ran] = {}

    def plan(self) -> "Plan":
        from unleak.cli.writing import counted
        from unleak.verify.culprits import culprits
        from unleak.verify.trial import without

        self._baseline()
        found = culprits(len(self.pieces), self._passes)
        for culprit in found:
            piece, ran = self.pieces[culprit.number], self.failures[culprit.failing]
            self._tell_taken(piece, ran)
        left = len(self.pieces) - len(found)
        if found and left:
            self._say(f"passes with the other {counted(left, 'change')}")
        if not found:
            return self.whole
        return without(self.whole, self.texts, [self.pieces[one.number] for one in found])

    def _baseline(self) -> None:
        ran = self._run(self.command)
        if ran.code not in self.good:
            again = self._run(self.command)
            if again.code in self.good:
                self._say(f"fails without changes ({ran.ending}), and passes when run again")
            ran = again
        if ran.code in self.good:
            self._say(f"passes without changes ({ran.seconds:.1f} s)")
            return
        what = f"`{self.command}` fails before anything was changed ({ran.ending})"
        if ran.code is None or not self.guard.allow_red:
            advice = "" if ran.code is None else "; --allow-red goes on"
            raise RefusedError(f"{what}; nothing was written{advice}", ran.tail)
        self.screen.warn(f"note: {visible(what)}; to end so with the changes counts as passing")
        self.good.add(ran.code)

    def _passes(self, numbers: Collection[int]) -> bool:
        from unleak.cli.writing import counted
        from unleak.verify.trial import put

        kept = frozenset(numbers)
        taken = [piece for number, piece in enumerate(self.pieces) if number not in kept]
        try:
            put(self.copy, self.whole, self.texts, taken)
        except OSError as error:
            raise RefusedError(f"no copy to verify in: {error}; nothing was written") from None
        ran = self._run(self.command)
        passed = ran.code in self.good
        word = "passes" if passed else "fails"
        count = counted(len(self.pieces), "change")
        of = count if len(kept) == len(self.pieces) else f"{len(kept)} of {count}"
        told = f"{word} with {of} ({ran.ending})"
        if kept in self.failures:
            told += ", run again" + (": it does not always end the same" if passed else "")
        self._say(told)
        if not passed:
            self.failures[kept] = ran
        return passed

    def _run(self, command: str) -> "Ran":
        return _run(command, self.copy, self.folder, self.guard)

    def _tell_taken(self, piece: "Piece", ran: "Ran") -> None:
        entry = piece.entry
        file = shown(os.path.join(self.copy.root, piece.path), os.getcwd())
        at = f"{file}:{entry.line}:{entry.column}"
        what = self.screen.talk("yellow", "taken back")
        self.screen.warn(f"{what} {at} {visible(entry.codemod)}: it fails with it ({ran.ending})")
        for line in ran.tail:
            self.screen.warn(f"  | {visible(line)}")

    def _say(self, text: str) -> None:
        _say(text, self.screen)


def _run(command: str, copy: "Copy", folder: str, guard: Guard) -> "Ran":
    from unleak.verify.command import run_command

    seconds = SECONDS if guard.timeout is None else guard.timeout
    place = copy.counterpart(os.path.realpath(folder))
    try:
        ran = run_command(command, place, seconds, {"UNLEAK_ROOT": copy.root})
        # The copy is soon gone; what the user can open is the tree.
        tail = (line.replace(copy.folder, copy.root) for line in ran.tail)
        return ran._replace(tail=tuple(tail))
    except OSError as error:
        raise RefusedError(f"cannot run `{command}`: {error}; nothing was written") from None


def _say(text: str, screen: Screen) -> None:
    screen.say(f"{screen.talk('dim', 'verify')}: {text}")
