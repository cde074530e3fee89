"""Who races: unleak, ast-grep over the whole tree, and ripgrep in front of ast-grep.

Each does the same job, to report the calls of every `.pipe()` chain in JavaScript and TypeScript
as JSON. The peers are given no less than what is known to make them fast.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

from race import Arm

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
TOOLS = HERE.parent / ".tools" / "bench"
RULES = HERE / "rules" / "pipe.yml"
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
    locked = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == locked:
        return
    print("Installing what unleak is measured against", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(TOOLS)], check=True)
    pip = [tool("python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(REQUIREMENTS)], check=True)
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
    scan: tuple[str, ...] = (tool("ast-grep"), "scan", "--rule", str(RULES), "--json=stream")
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
