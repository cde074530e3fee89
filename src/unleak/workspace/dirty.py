"""Files whose text, on disk or staged, is not that of the last commit.

git is asked about all files of a repository at once. To see whether a file has changed it would run
the filters that a repository is set up with, so each of them is switched off: what they change
counts as changed.
"""

import os
from collections.abc import Iterable

from unleak.workspace.git import ask
from unleak.workspace.places import top_of

UNCOMMITTED = "it has uncommitted changes"


def dirty(root: str, paths: Iterable[str]) -> dict[str, str]:
    """Those of `paths`, which count from `root`, that have uncommitted changes, or may have some
    because git cannot say, each with that as a sentence.

    A file that git does not know has none, nor has any outside of git.
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
        else:
            found |= {names[name]: UNCOMMITTED for name in changed & names.keys()}
    return found


def _changed(top: str) -> set[str] | str:
    """All files that differ from the commit, by their paths from `top`, or git's complaint."""
    told = ask(top, "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process)$")
    filters = told.names if told is not None else []
    off = [word for name in filters for word in ("-c", f"{name}=")]
    off += [word for name in filters for word in ("-c", f"{name.rpartition('.')[0]}.required=no")]
    words = ("--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames")
    found = ask(top, *off, "status", *words)
    if found is None:
        return set()
    if found.code:
        said = " ".join(found.complaints)
        return set() if "not a git repository" in said else said
    return {entry[3:] for entry in found.names}  # two letters and a blank
