"""Show unleak at work: leaks counted on real Node, a patch made, read, applied, counted again.

Copies `examples/leaky-service` into a temporary git repository and works there only. Exits 0 when
every fault that the patch claims to cure left something behind before and nothing after, 1 when
that does not hold, 2 when the machine lacks something.

    python scripts/demo.py [--keep]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "leaky-service"
NOT_COPIED = shutil.ignore_patterns("node_modules", "var")
STEP_SECONDS = 120
CLIENTS = 10

GIT = (
    "git",
    *("-c", "user.name=unleak demo", "-c", "user.email=demo@localhost"),
    *("-c", "commit.gpgsign=false", "-c", "core.autocrlf=false", "-c", "core.hooksPath="),
)


class DemoError(Exception):
    """Something the demo promises does not hold; the text says what."""


class MissingError(Exception):
    """The machine lacks something the demo needs; the text says what."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What one injected fault left behind: counts, and the file whose code was run."""

    name: str
    file: str
    calls: int
    open_files: int
    pending: int
    crashed: bool

    @property
    def left(self) -> int:
        """All that should be 0; a crash counts as one."""
        return self.open_files + self.pending + int(self.crashed)

    def __str__(self) -> str:
        if self.crashed:
            return "process crashed"
        return spoken((self.open_files, "files open"), (self.pending, "promises pending"))


@dataclass(frozen=True, slots=True)
class Phase:
    """What clients of one kind left behind in the running service."""

    name: str
    open_files: int
    live_requests: int
    timers: int

    def __str__(self) -> str:
        return spoken(
            (self.open_files, "files open"),
            (self.live_requests, "live requests"),
            (self.timers, "timers"),
        )


def spoken(*counts: tuple[int, str]) -> str:
    """`5 files open, 5 promises pending`: the counts that are not 0, or `nothing`."""
    return ", ".join(f"{number} {what}" for number, what in counts if number) or "nothing"


# --- talking -------------------------------------------------------------------------------------


def _colours() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if _colours() else text


def heading(text: str) -> None:
    print(f"\n{paint(text, '1')}\n")


def say(text: str = "") -> None:
    print(text, flush=True)


def show_command(*words: str) -> None:
    say(paint(f"$ {' '.join(words)}", "36"))


def show_patch(patch: str) -> None:
    """Prints the part of a patch that people read; the plan in its preamble is for `apply`."""
    hues = {"+": "32", "-": "31", "@": "36"}
    for line in patch.splitlines():
        if not line.startswith("#"):
            say(paint(line, hues.get(line[:1], "0")))


# --- doing ---------------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """This process's environment without what would point git at another repository."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env["PATH"] = os.pathsep.join([str(ROOT / ".tools" / "bin"), env.get("PATH", os.defpath)])
    return env


def run(
    words: Sequence[str], cwd: Path, *, accept: Sequence[int] = (0,), shown: bool = False
) -> str:
    """Runs a command and gives its stdout; with `shown`, both its outputs go to the screen."""
    env = environment()
    program = shutil.which(words[0], path=env["PATH"])
    if program is None:
        raise MissingError(f"{words[0]} is not on this machine")
    sys.stdout.flush()
    try:
        done = subprocess.run(
            [program, *words[1:]],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            timeout=STEP_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"`{' '.join(words[:4])}` took over {STEP_SECONDS} s") from error
    if done.returncode not in accept:
        said = "" if shown else f"\n{done.stdout}{done.stderr}"
        raise DemoError(f"`{' '.join(words[:4])}` exited with {done.returncode}{said}")
    return done.stdout or ""


def git(repo: Path, *words: str) -> str:
    return run([*GIT, *words], repo)


def unleak(repo: Path, *words: str) -> None:
    """Runs this tree's unleak where people can see it; findings (1) are what we came for."""
    show_command("unleak", *words)
    run([sys.executable, "-m", "unleak", *words], repo, accept=(0, 1), shown=True)


def faults(repo: Path) -> list[Drill]:
    return [
        Drill(
            name=row["name"],
            file=row["file"],
            calls=row["calls"],
            open_files=row["openFiles"],
            pending=row["pending"],
            crashed=bool(row["crashed"]),
        )
        for row in json.loads(run(["node", "scripts/faults.mjs", "--json"], repo))
    ]


def load(repo: Path) -> list[Phase]:
    words = ["node", "scripts/load.mjs", "--json", "--clients", str(CLIENTS)]
    return [
        Phase(row["name"], row["openFiles"], row["liveRequests"], row["timers"])
        for row in json.loads(run(words, repo))["phases"]
    ]


def node_version(repo: Path) -> str:
    version = run(["node", "--version"], repo).strip()
    major, minor, *_ = (int(part) for part in version.removeprefix("v").split("."))
    if (major, minor) < (22, 18):
        raise MissingError(f"Node {version} does not run TypeScript files; 22.18 and newer do")
    return version


def changed_files(repo: Path) -> set[str]:
    return set(git(repo, "diff", "--name-only", "-z").split("\0")) - {""}


@contextmanager
def example_repository(keep: bool) -> Iterator[Path]:
    """A temporary git repository that holds the example, committed, with its packages installed."""
    top = Path(tempfile.mkdtemp(prefix="unleak-demo-")).resolve()
    repo = top / "leaky-service"
    try:
        shutil.copytree(EXAMPLE, repo, ignore=NOT_COPIED)
        git(repo, "init", "--quiet", "--initial-branch=main")
        git(repo, "add", "--all")
        git(repo, "commit", "--quiet", "--message=The service as it is")
        try:
            run(["npm", "ci", "--loglevel=error", "--ignore-scripts"], repo)
        except DemoError as error:
            raise MissingError(f"the example's packages cannot be installed: {error}") from error
        yield repo
    finally:
        if keep:
            say(f"\nThe repository stays at {repo}")
        else:
            shutil.rmtree(top, ignore_errors=True)


def patch_and_apply(repo: Path, name: str, *flags: str) -> set[str]:
    """Makes a patch outside the repository's history, shows it, applies it; gives changed files."""
    before = changed_files(repo)
    if before:
        raise DemoError(f"the repository is not clean: {', '.join(sorted(before))}")
    unleak(repo, "diff", *flags, "-o", name)
    patch = repo / name
    text = patch.read_text(encoding="utf-8") if patch.exists() else ""
    if "diff --git " not in text:
        raise DemoError("unleak diff found nothing to change")
    say()
    show_patch(text)
    say()
    show_command("git", "apply", name)
    git(repo, "apply", name)
    patch.unlink()
    changed = changed_files(repo)
    if not changed:
        raise DemoError("git apply changed no byte")
    say(f"changed: {', '.join(sorted(changed))}")
    return changed


# --- the acts ------------------------------------------------------------------------------------


def row(name: str, was: object, now: object, hue: str = "0") -> None:
    say(f"  {name:<32} {was!s:<34} {paint(str(now), hue)}")


def hue(cured: bool) -> str:
    return "32" if cured else "33"


def compare_drills(before: Sequence[Drill], after: Sequence[Drill], changed: set[str]) -> None:
    """Prints what each fault left before and after. Raises DemoError if a changed file leaks."""
    row(f"one fault, {before[0].calls} calls each", "before", "after")
    for was, now in zip(before, after, strict=True):
        note = "" if was.file in changed else "  (not patched)"
        row(was.name, was, f"{now}{note}", hue(now.left == 0))
    for now in after:
        if now.file in changed and now.left:
            raise DemoError(f"{now.name}: {now} after the patch")


def compare_load(before: Sequence[Phase], after: Sequence[Phase]) -> None:
    """Prints what each kind of client left. Raises DemoError if one leaves more than before."""
    row(f"{CLIENTS} clients each", "before", "after")
    for was, now in zip(before, after, strict=True):
        row(was.name, was, now, hue(now.open_files == 0))
    for was, now in zip(before, after, strict=True):
        if now.open_files > was.open_files:
            raise DemoError(f"{now.name}: {now} after the patches, {was} before")


def files_open(phases: Sequence[Phase]) -> int:
    return sum(phase.open_files for phase in phases)


def demonstrate(repo: Path) -> None:
    heading(f"1. What the service leaves behind, counted on Node {node_version(repo)}")
    drills = faults(repo)
    phases = load(repo)
    for drill in drills:
        say(f"  {drill.name:<32} {drill}")
    say()
    for phase in phases:
        say(f"  {phase.name:<32} {phase}")
    for drill in drills:
        if drill.left == 0:
            raise DemoError(f"{drill.name}: nothing leaked before, so nothing can be shown")

    heading("2. Where it leaks")
    unleak(repo, "check", "--output-format", "concise")

    heading("3. The patch that a maintainer may merge unread")
    safe = patch_and_apply(repo, "leaky.patch")
    say()
    after_safe = faults(repo)
    compare_drills(drills, after_safe, safe)
    if len({drill.file for drill in drills} & safe) < 2:
        raise DemoError("the patch touches fewer than two of the functions under test")
    run(["npm", "test"], repo)
    say("\n  The service's own tests pass.")
    git(repo, "commit", "--all", "--quiet", "--message=Cure the leaks that unleak calls safe")

    heading("4. The patch that wants a reader, and the clients who hang up")
    reviewed = patch_and_apply(repo, "review.patch", "--unsafe-fixes")
    say()
    compare_drills(drills, faults(repo), safe | reviewed)
    say()
    phases_after = load(repo)
    compare_load(phases, phases_after)
    if files_open(phases_after) >= files_open(phases):
        raise DemoError("clients who hang up leave as many files open as before")
    run(["npm", "test"], repo)
    say("\n  The service's own tests pass.")

    heading("Result")
    leaks = sum(drill.left for drill in drills if drill.file in safe)
    left = sum(drill.left for drill in after_safe if drill.file in safe)
    say(f"  the safe patch: {leaks} leaks before, {left} after")
    say(
        f"  both patches: {files_open(phases)} files kept open before, "
        f"{files_open(phases_after)} after"
    )
    if files_open(phases_after):
        say("  What is left, unleak reports but does not write: `unleak check` says why.")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keep", action="store_true", help="leave the temporary repository")
    options = parser.parse_args(argv)
    try:
        with example_repository(options.keep) as repo:
            demonstrate(repo)
    except MissingError as error:
        print(f"\nThe demo cannot run: {error}", file=sys.stderr)
        return 2
    except DemoError as error:
        sys.stdout.flush()
        print(f"\nThe demo does not hold: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
