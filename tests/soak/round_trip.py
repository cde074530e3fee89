"""There and back over a tree of real code: `diff`, `apply`, `undo`, `fix`, `git apply` and `patch`.

    python -m tests.soak.round_trip TREE

Works in a copy. `undo` must leave no trace in any file, whatever there is besides those that are
changed, and all the others must write the bytes that `fix` writes. Unsafe fixes are made too.
"""

import argparse
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path


class TraceError(Exception):
    """Something is left, or differs; the argument says after what, and names a few files."""


def run(source: Path) -> str:
    """What was done, on a line. Raises TraceError."""
    with tempfile.TemporaryDirectory(prefix="unleak-round-") as folder:
        tree, patch = Path(folder).resolve() / "tree", Path(folder) / "all.patch"
        shutil.copytree(source, tree, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        git = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn"]
        before = state(tree)
        _command(tree, "unleak", "diff", "-q", "--unsafe-fixes", "--no-exclude", "-o", str(patch))
        _same("diff", state(tree), before)
        _command(tree, "unleak", "fix", "-q", "--unsafe-fixes", "--no-exclude")
        fixed = state(tree)
        changed = sum(before[name] != fixed[name] for name in before)
        for back in (
            ["unleak", "undo", "-q"],
            ["unleak", "apply", "-q", str(patch)],
            ["unleak", "undo", "-q"],
            [*git, str(patch)],
            [*git, "-R", str(patch)],
            ["patch", "-p1", "--binary", "--batch", "--silent", "-i", str(patch)],
        ):
            if back[0] == "patch" and shutil.which("patch") is None:
                continue
            _command(tree, *back)
            there = {"undo", "-R"}.isdisjoint(back)
            modes = back[0] == "unleak"  # git has two of them, and makes files anew
            _same(" ".join(back), state(tree, modes=modes), fixed if there else before, modes=modes)
        return f"{changed} of {len(before)} files changed, by 4 programs, and back"


def _command(tree: Path, *words: str) -> None:
    """Run it; `unleak diff` and `fix` may have something to tell (1, 3)."""
    command = [sys.executable, "-m", *words] if words[0] == "unleak" else list(words)
    done = subprocess.run(command, cwd=tree, capture_output=True, check=False)
    good = (0, 1, 3) if {"diff", "fix"} & {*words[1:2]} else (0,)
    if done.returncode not in good or b"Traceback" in done.stderr:
        raise TraceError(f"{' '.join(words)}: {done.returncode}\n{done.stderr.decode()[-2000:]}")


def _same(after: str, now: dict[str, str], then: dict[str, str], *, modes: bool = True) -> None:
    if not modes:
        then = {name: told.split()[-1] for name, told in then.items()}
    wrong = sorted(name for name in now | then if now.get(name) != then.get(name))
    if wrong:
        raise TraceError(f"after {after}, {len(wrong)} files differ: {wrong[:5]}")


def state(tree: Path, *, modes: bool = True) -> dict[str, str]:
    """Every file's mode, if asked for, and hash, and every link's target."""
    found: dict[str, str] = {}
    for folder, _, names in os.walk(tree):
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                told = f"link {os.readlink(path)!r}"
            else:
                with open(path, "rb") as file:
                    told = hashlib.file_digest(file, "sha256").hexdigest()
                told = f"{stat.S_IMODE(status.st_mode):o} {told}" if modes else told
            found[os.path.relpath(path, tree)] = told if modes else told.split()[-1]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tree", type=Path)
    try:
        print(run(parser.parse_args().tree))
    except TraceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
