"""Who races: unleak, ast-grep over the whole tree, and ripgrep in front of ast-grep; and over a
smaller tree the tools that teams rewrite with, ESLint, jscodeshift and semgrep.

Each does the same job, to report the calls of every `.pipe()` chain in JavaScript and TypeScript
as JSON, or to show what it would write. The peers are given no less than what is known to make
them fast.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from race import Arm

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
TOOLS = HERE.parent / ".tools" / "bench"
RULES = HERE / "rules"
PACKAGES = HERE / "peers"
MODULES = TOOLS / "peers"
SCAN, PICKED = "ast-grep scan", "rg, then ast-grep scan"
PATTERN = "$A.pipe($$$B)"

IGNORING = ("hidden", "dot", "exclude", "global", "parent", "vcs")
"""All that ast-grep would respect; not to respect any is unleak's `--no-exclude`."""

NOT_SOURCE = tuple(
    f"!*.{end}" for end in ("min.js", "min.mjs", "min.cjs", "d.ts", "d.mts", "d.cts")
)
"""What unleak leaves out by itself, as globs for the others."""

UNLEAK_DONE = frozenset({0, 1, 3})
"""3 says that some files could not be judged, which in real trees there are."""


def tool(name: str) -> str:
    """A peer's command."""
    return str(TOOLS / "bin" / name)


def ensure() -> None:
    """Install the pinned peers, unless they are there."""
    stamp = TOOLS / ".locked"
    pinned = [REQUIREMENTS, *sorted(path for path in PACKAGES.iterdir() if path.is_file())]
    locked = hashlib.sha256(b"".join(path.read_bytes() for path in pinned)).hexdigest()
    if stamp.exists() and stamp.read_text() == locked:
        return
    print("Installing what unleak is measured against", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(TOOLS)], check=True)
    pip = [tool("python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(REQUIREMENTS)], check=True)
    shutil.copytree(PACKAGES, MODULES, ignore=shutil.ignore_patterns("node_modules"))
    npm = [str(HERE.parent / ".tools" / "bin" / "npm"), "ci", "--ignore-scripts"]
    subprocess.run([*npm, "--loglevel=error"], cwd=MODULES, check=True, stdout=sys.stderr)
    stamp.write_text(locked)


def unleak() -> tuple[str, ...]:
    """The command of the unleak that stands beside the Python we run on."""
    return (str(Path(sys.executable).with_name("unleak")),)


def over_tree(
    tree: Path, *, everything: bool, also: dict[str, tuple[str, ...]] | None = None
) -> list[Arm]:
    """The arms for the job over a tree: on all that is in it, or on what each takes by default.

    `also` names further commands that stand for unleak.
    """
    options: tuple[str, ...] = (
        "--select",
        "pipe-without-pipeline",
        "--output-format",
        "json",
        "--no-cache",
    )
    if everything:
        options += ("--no-exclude",)
    commands = {"unleak": unleak(), **(also or {})}
    ours = [
        Arm(name, ((*command, "check", str(tree), *options),), UNLEAK_DONE)
        for name, command in commands.items()
    ]
    scan: tuple[str, ...] = (
        tool("ast-grep"),
        "scan",
        "--rule",
        str(RULES / "pipe.yml"),
        "--json=stream",
    )
    grep: tuple[str, ...] = (tool("rg"), "-lwF0", "-t", "js", "-t", "ts")
    if everything:
        scan += tuple(word for kind in IGNORING for word in ("--no-ignore", kind))
        grep += ("-uu",)
        whole = scan
    else:
        whole = (*scan, *(word for glob in NOT_SOURCE for word in ("--globs", glob)))
        grep += tuple(word for glob in NOT_SOURCE for word in ("-g", glob))
    return [
        *ours,
        Arm(SCAN, ((*whole, str(tree)),), frozenset({0})),
        Arm(
            PICKED,
            ((*grep, "-e", "pipe", str(tree)), ("xargs", "-0", "-r", *scan)),
            frozenset({0}),
        ),
    ]


def node(script: str, *words: str) -> tuple[str, ...]:
    """A command of a peer that comes from npm."""
    return (str(HERE.parent / ".tools" / "bin" / "node"), str(MODULES / script), *words)


def finders() -> list[Arm]:
    """The arms of the linters that teams have: one rule each, all else switched off."""
    words = ("--select", "pipe-without-pipeline", "--no-cache", "--no-exclude")
    return [
        Arm("unleak", ((*unleak(), "check", *words, "--output-format", "json"),), UNLEAK_DONE),
        Arm("ESLint", (_eslint(),), frozenset({0, 1})),
        Arm("semgrep", (_semgrep("pipe-semgrep.yml"),), frozenset({0})),
    ]


def rewriters(tree: Path) -> list[Arm]:
    """The arms that show what they would write. The peers turn each chain of two that is a
    statement into a pipeline, whatever it is; unleak asks first."""
    words = ("--select", "pipe-without-pipeline", "--no-cache", "--no-exclude", "--unsafe-fixes")
    fix = ("scan", "--rule", str(RULES / "pipe-fix.yml"), "--json=stream")
    every = tuple(word for kind in IGNORING for word in ("--no-ignore", kind))
    jscodeshift = ("-t", str(MODULES / "transform.cjs"), "-d", "-p", "-s", "-c", str(_cores()))
    return [
        Arm("unleak diff", ((*unleak(), "diff", *words),), UNLEAK_DONE),
        Arm("ast-grep scan", ((tool("ast-grep"), *fix, *every),), frozenset({0})),
        Arm(
            "jscodeshift",
            (
                node(
                    "node_modules/jscodeshift/bin/jscodeshift.js",
                    *(*jscodeshift, "--parser", "ts", "--extensions", "js,mjs,cjs,jsx,ts,mts,cts"),
                    *("--ignore-pattern", "**/.git/**", str(tree)),
                ),
            ),
            frozenset({0}),
        ),
        Arm("ESLint", (_eslint("--fix-dry-run"),), frozenset({0, 1})),
        Arm(
            "semgrep", (_semgrep("pipe-fix-semgrep.yml", "--autofix", "--dryrun"),), frozenset({0})
        ),
    ]


def _eslint(*words: str) -> tuple[str, ...]:
    config = ("-c", str(MODULES / "eslint.config.mjs"), "-f", "json")
    return node("node_modules/eslint/bin/eslint.js", *config, *words, ".")


def _semgrep(rules: str, *words: str) -> tuple[str, ...]:
    quiet = ("--metrics=off", "--disable-version-check", "--no-git-ignore", "--json", "-q")
    jobs = ("-j", str(_cores()))
    return (tool("semgrep"), "scan", "--config", str(RULES / rules), *quiet, *jobs, *words, ".")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def over_file(file: Path, *, also: dict[str, tuple[str, ...]] | None = None) -> list[Arm]:
    """The arms for one file: what a start costs, and nothing but Python's own."""
    commands = {"unleak": unleak(), **(also or {})}
    return [
        *(
            Arm(f"{name} check", ((*command, "check", str(file)),), UNLEAK_DONE)
            for name, command in commands.items()
        ),
        Arm("unleak --version", ((*unleak(), "--version"),), frozenset({0})),
        Arm("python -c ''", ((sys.executable, "-c", ""),), frozenset({0})),
        Arm("ast-grep run", ((tool("ast-grep"), "run", "-p", PATTERN, str(file)),), frozenset({0})),
    ]
