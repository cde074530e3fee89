"""`review`: a patch and its decisions, asked for on the terminal or told by a script."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import typer

from unleak import registry
from unleak.cli.screen import Screen, write_whole
from unleak.cli.writing import counted
from unleak.plan import ACCEPT, REJECT, Plan, PlanError, read_plan, settled
from unleak.report.asked import rows, told
from unleak.report.paths import relative, shown
from unleak.report.terminal import visible
from unleak.reviewing import Key, Review, of_codemods
from unleak.run import Outcome, root_of
from unleak.workspace.globs import matcher
from unleak.workspace.problem import told as told_by_system


class Page(NamedTuple):
    """How the page in the browser is to be served; port 0 is any."""

    port: int
    open: bool


class Wanted(NamedTuple):
    """What the user typed."""

    patch: str
    accept: Sequence[str]
    reject: Sequence[str]
    again: bool
    status: bool
    page: Page | None = None


def perform(wanted: Wanted, *, color: str, quiet: bool) -> int:
    """Review, tell, and return the exit code."""
    screen = Screen(color=color, quiet=quiet)
    told_what = bool(wanted.accept or wanted.reject)
    if wanted.again and (told_what or wanted.status or wanted.page):
        raise typer.BadParameter("goes with the questions only", param_hint="--again")
    if wanted.page and (told_what or wanted.status):
        raise typer.BadParameter("asks about all that others decide", param_hint="--web")
    try:
        patch = Patch(wanted.patch)
        root = root_of([os.curdir])
        review = Review(patch.plan, root, patch.keep)
        _tell_problems(review, screen)
        if told_what:
            _decide(review, wanted, screen)
        if wanted.status:
            screen.data(rows(review, os.getcwd(), screen.out))
        if wanted.page:
            _serve(review, wanted, wanted.page, screen)
        elif not (told_what or wanted.status):
            _ask(review, wanted, screen)
        return _end(review, screen, wanted, asked=wanted.status or not told_what)
    except PlanError as error:
        where = f"{visible(error.path)}: " if error.path else ""
        screen.warn(f"{screen.talk('bold red', 'error')}: {where}{visible(str(error))}")
        return 2


def asked(outcome: Outcome, screen: Screen) -> Outcome:
    """`outcome` with the changes that the user accepts; nothing is written. Raises PlanError."""
    from unleak.cli.asking import FIXING, Dialogue
    from unleak.cli.keys import Keys
    from unleak.deciding import as_decided, as_plan, refusing

    review = Review(as_plan(outcome), outcome.root, lambda plan: None)
    if not Dialogue(review, screen, Keys(), FIXING).run():
        screen.say("the others are left as they are")
    left = {item.key for item in review.items() if not item.entry.reviewed}
    review.decide(left, REJECT)
    files = (file for file in review.plan.files if file.path not in review.problems)
    plan = settled(replace(review.plan, files=tuple(files)))
    return as_decided(refusing(outcome, review.problems), plan)


class Patch:
    """A patch in a file, with the plan in it. Raises PlanError."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._data = self._read()
        self.plan = read_plan(self._data)

    def keep(self, plan: Plan) -> None:
        """Put `plan` in place of what is in the file, unless somebody else has put something
        there. Raises PlanError."""
        if self._read() != self._data:
            raise PlanError("somebody else has changed the patch meanwhile; review it again")
        plan = self._refreshed(plan)
        data = plan.render()
        try:
            write_whole(self.name, [data])
        except OSError as error:
            raise PlanError(f"cannot be written: {told_by_system(error)}", self.name) from None
        self._data, self.plan = data, plan

    def _refreshed(self, plan: Plan) -> Plan:
        if not plan.head:
            return plan
        from unleak.report.mail import refreshed

        return refreshed(self.plan, replace(plan, head=self.plan.head))

    def _read(self) -> bytes:
        if os.path.exists(self.name) and not os.path.isfile(self.name):
            raise PlanError("is no file, so that no decision can be kept in it", self.name)
        try:
            with open(self.name, "rb") as file:
                return file.read()
        except OSError as error:
            raise PlanError(told_by_system(error), self.name) from None


def _ask(review: Review, wanted: Wanted, screen: Screen) -> None:
    from unleak.cli.asking import REVIEWING, Dialogue
    from unleak.cli.keys import Keys

    try:
        Dialogue(review, screen, Keys(), REVIEWING, again=wanted.again).run()
    except KeyboardInterrupt:
        screen.warn(f"\nstopped; what was decided is kept in {visible(wanted.patch)}")
        raise


def _serve(review: Review, wanted: Wanted, page: Page, screen: Screen) -> None:
    from unleak.review_page.server import PageServer

    try:
        server = PageServer(review, os.path.basename(wanted.patch), port=page.port)
    except OSError as error:
        raise PlanError(f"the page cannot be served: {told_by_system(error)}") from None
    # Without a hint of where it is there would be nothing to do: this is said however quiet.
    screen.warn(f"{server.url}\n  this is where the review is; Ctrl-C or Done ends it")
    if page.open:
        _open_browser(server.url)
    try:
        server.run()
    except KeyboardInterrupt:
        screen.warn(f"stopped; what was decided is kept in {visible(wanted.patch)}")


def _open_browser(url: str) -> None:
    """Open the page where there are windows. A browser on the terminal could not show it."""
    import sys
    import webbrowser

    windows = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}.intersection(os.environ)
    if windows or sys.platform in ("darwin", "win32"):
        webbrowser.open(url)


def _decide(review: Review, wanted: Wanted, screen: Screen) -> None:
    """Do as a script says; what is to be rejected is not accepted. Raises PlanError."""
    accepted = _chosen(review, wanted.accept, ACCEPT)
    rejected = _chosen(review, wanted.reject, REJECT)
    if accepted - rejected:
        review.decide(accepted - rejected, ACCEPT)
    if rejected:
        review.decide(rejected, REJECT)
    screen.say(f"accepted {counted(len(accepted - rejected), 'finding')}, rejected {len(rejected)}")


def _chosen(review: Review, texts: Sequence[str], decision: str) -> set[Key]:
    """What values of an option name: codemods, or else paths from the working directory."""
    cwd, chosen = os.getcwd(), set[Key]()
    names: set[str] = set()
    for text in texts:
        if not {"/", ".", "*"}.intersection(text):
            # That of a pack is known by its findings: its code is not needed to decide on them.
            there = {item.entry.codemod for item in review.items()}
            if text in there:
                names.add(text)
                continue
            try:
                names |= {entry.name for entry in registry.select([text], ())}
            except registry.UnknownNameError as error:
                raise typer.BadParameter(str(error), param_hint=f"--{decision}") from None
            continue
        fits = matcher([text])
        found = {
            item.key
            for item in review.items()
            if fits(relative(os.path.join(review.root, item.path), cwd))
        }
        if not found:  # or what was misspelled would be written
            raise typer.BadParameter(
                f"no finding that can be decided on is in {text!r}", param_hint=f"--{decision}"
            )
        chosen |= found
    return chosen | of_codemods(review, names, decision)


def _tell_problems(review: Review, screen: Screen) -> None:
    for path, problem in review.problems.items():
        at = shown(os.path.join(review.root, path), os.getcwd())
        screen.warn(
            f"{screen.talk('yellow', 'problem')}: {at}: {visible(problem.message)};"
            f" its findings cannot be decided on [{problem.code}]"
        )


def _end(review: Review, screen: Screen, wanted: Wanted, *, asked: bool) -> int:
    """Say how it stands; what is open is a failure for whoever has `asked` about all of it."""
    counts = review.counts()
    screen.say(screen.talk("bold", told(counts)))
    name = visible(wanted.patch)
    if counts.open:
        screen.say(
            f"  `unleak review {name}` goes on; until then those that are open count as the patch"
            " has them"
        )
    else:
        screen.say(f"  `unleak apply {name}` writes what is accepted")
    if review.problems:
        return 3
    return 1 if counts.open and asked else 0
