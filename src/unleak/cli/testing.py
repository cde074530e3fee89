"""What the user of `unleak test` asked for, done and told."""

import os
import platform
from collections.abc import Sequence
from typing import NamedTuple

import typer

from unleak import registry
from unleak.cli.screen import Screen
from unleak.cli.writing import counted
from unleak.packs import loading, proving, testing
from unleak.packs.cases import Failure, cases_in
from unleak.packs.pack import PackProblem
from unleak.packs.testing import Subject
from unleak.proofs.cases import ProofCase, ProofError
from unleak.report.paths import shown
from unleak.report.terminal import visible

DEFAULT = "./codemods"


class Request(NamedTuple):
    """What the user typed, checked by `perform`."""

    names: list[str]
    packs: list[str]
    update: bool
    fix: bool
    proofs: bool
    color: str
    quiet: bool


def perform(request: Request) -> int:
    """Do it, tell, and return the exit code. Raises typer.BadParameter for a call that makes no
    sense."""
    screen = Screen(color=request.color, quiet=request.quiet)
    return _Test(request, screen).run()


class _Test:
    def __init__(self, request: Request, screen: Screen) -> None:
        self._request = request
        self._screen = screen
        self._failures = 0

    def run(self) -> int:
        packs = self._request.packs or ([DEFAULT] if os.path.isdir(DEFAULT) else [])
        _load(packs)
        chosen = self._chosen()
        flaws, mended = testing.read(chosen, fix=self._request.fix)
        if mended:
            self._screen.say(f"mended {counted(mended, 'flaw')}")
            _load(packs)
        broken = loading.problems()
        for problem in broken:
            self._tell(problem.path, problem.message)
        for flaw in flaws:
            where = f"{flaw.path}:{flaw.line}" if flaw.line else flaw.path
            fixable = " (--fix mends it)" if flaw.edits else ""
            self._tell(where, f"{flaw.message}{fixable} [{flaw.code}]")
        for one in chosen:
            for failure in testing.goldens(one, update=self._request.update):
                self._fail(failure)
        unproved = self._prove(chosen) if self._request.proofs else False
        cases = sum(len(cases_in(one.golden)) for one in chosen)
        said = f"{counted(len(chosen), 'codemod')}, {counted(cases, 'case')}"
        if self._failures:
            self._screen.warn(f"{said}: {counted(self._failures, 'failure')}")
        else:
            self._screen.say(f"{said}: {self._screen.talk('green', 'all is well')}")
        if any(_is_no_codemod(problem) for problem in broken):
            return 2
        return 3 if unproved else 1 if self._failures else 0

    def _chosen(self) -> list[Subject]:
        try:
            own = testing.subjects(loading.packs())
        except OSError as error:
            raise typer.BadParameter(str(error), param_hint="--codemods") from None
        if not self._request.names:
            if not own and not loading.problems():
                why = f"there are no codemods in {DEFAULT}; --codemods says where they are"
                raise typer.BadParameter(why)
            return own
        chosen: list[Subject] = []
        for name in self._request.names:
            kebab = name.replace("_", "-")
            found = [one for one in own if one.name == kebab]
            ours = testing.built_in(kebab)
            if not found and ours is None:
                known = ", ".join(one.name for one in own) or "none"
                why = f"no codemod is named {name!r}; the packs have {known}"
                raise typer.BadParameter(why, param_hint="NAME")
            chosen += found or ([ours] if ours else [])
        return chosen

    def _prove(self, chosen: Sequence[Subject]) -> bool:
        """Run the proofs; whether there was no Node to run them on."""
        found = list(proving.cases(chosen))
        for one in found:
            if isinstance(one, Failure):
                self._fail(one)
        cases = [one for one in found if not isinstance(one, Failure)]
        python = [case for case in cases if proving.of_python(case)]
        if python:
            for failure in proving.prove_python(python):
                self._fail(failure)
            said = f"{counted(len(python), 'proof')} run on Python {platform.python_version()}"
            self._screen.say(said)
        return self._prove_on_node([case for case in cases if not proving.of_python(case)])

    def _prove_on_node(self, cases: Sequence[ProofCase]) -> bool:
        if not cases:
            return False
        try:
            nodes = proving.nodes()
        except ProofError as error:
            self._screen.warn(f"problem: {error}")
            return True
        if not nodes:
            self._screen.warn(
                "problem: no Node is found, so nothing is proved; put one on PATH, or name one in "
                "UNLEAK_NODE; --no-proofs goes without"
            )
            return True
        count = 0
        for case in cases:
            ran, failures = proving.prove(case, list(nodes.values()))
            count += ran
            for failure in failures:
                self._fail(failure)
        self._screen.say(f"{counted(count, 'scenario')} run on Node {', '.join(nodes)}")
        return False

    def _fail(self, failure: Failure) -> None:
        self._tell(failure.path, failure.message)
        looks = {"-": "red", "+": "green", "@": "cyan"}
        for line in failure.shown:
            self._screen.warn("    " + self._screen.talk(looks.get(line[:1], "dim"), visible(line)))

    def _tell(self, where: str, message: str) -> None:
        self._failures += 1
        at = shown(where, os.getcwd()) if where else "packs"
        self._screen.warn(f"{self._screen.talk('red', 'fails')} {visible(at)}: {visible(message)}")


def _load(packs: Sequence[str]) -> None:
    """Load what is to be tested and nothing else. No tree is looked into, so none is distrusted."""
    registry.begin((), ())
    loading.begin(packs, (), users=False)


def _is_no_codemod(problem: PackProblem) -> bool:
    """Whether a pack could not even be looked for."""
    return not problem.path.endswith(".py")
