"""Files whose text, on disk or staged, is not that of the last commit.

git is asked about all files of a repository at once. To see whether a file has changed it would run
the filters that a repository is set up with, so each of them is switched off: what they change
counts as changed.
"""

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from unleak.workspace.git import ask, filters_off
from unleak.workspace.places import top_of

UNCOMMITTED = "it has uncommitted changes"


class Stored(NamedTuple):
    """The ids of the texts that git has of a changed file."""

    committed: str
    staged: str


def dirty(
    root: str, paths: Iterable[str], excused: Callable[[str, Stored], bool] = lambda *_: False
) -> dict[str, str]:
    """Those of `paths`, which count from `root`, that have uncommitted changes, or may have some
    because git cannot say, each with that as a sentence.

    A file that git does not know has none, nor has any outside of git. `excused` is asked about a
    changed file, by its path, when no more than its text has changed.
    """
    tops: dict[str, str | None] = {}
    by_top: dict[str, dict[str, str]] = {}
    for path in paths:
        file = os.path.join(root, path)
        folder = os.path.dirname(file)
        if folder not in tops:
            tops[folder] = top_of(folder)
        top = tops[folder]
        if top is not None:
            by_top.setdefault(top, {})[os.path.relpath(file, top)] = path
    found: dict[str, str] = {}
    for top, names in by_top.items():
        changed = _changed(top)
        if isinstance(changed, str):
            why = f"git cannot say whether it has uncommitted changes ({changed})"
            found |= dict.fromkeys(names.values(), why)
            continue
        for name, stored in changed.items():
            path = names.get(name, "")
            if path and (stored is None or not excused(path, stored)):
                found[path] = UNCOMMITTED
    return found


def _changed(top: str) -> dict[str, Stored | None] | str:
    """All files that differ from the commit, by their paths from `top`, or git's complaint. Those
    of which more than the text has changed have None."""
    words = ("--untracked-files=no", "--ignore-submodules=all", "--no-renames")
    found = ask(top, *filters_off(top), "status", "--porcelain=v2", "-z", *words)
    if found is None:
        return {}
    if found.code:
        said = " ".join(found.complaints)
        return {} if "not a git repository" in said else said
    return dict(map(_entry, found.names))


def _entry(line: str) -> tuple[str, Stored | None]:
    """An entry of porcelain v2: `1 XY sub mH mI mW hH hI path`, or `u` with conflicts."""
    if not line.startswith("1 "):
        return line.split(" ", 10)[-1], None
    _, _, _, head_mode, index_mode, mode, head, index, name = line.split(" ", 8)
    same = head_mode == index_mode == mode
    return name, Stored(head, index) if same else None
