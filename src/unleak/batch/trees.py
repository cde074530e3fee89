"""The work tree that a batch is over: whose commit it is, and whether it is still the same."""

import hashlib
import os
from pathlib import Path

from unleak.errors import RefusedError
from unleak.workspace.git import ask, filters_off
from unleak.workspace.places import top_of, within
from unleak.workspace.read import Contents, read_file


def top(folder: str) -> str:
    """The top of the work tree that `folder` lies in. Raises RefusedError where there is none."""
    found = top_of(os.path.realpath(folder))
    if found is None:
        raise RefusedError("a batch needs a git work tree, and this lies in none")
    return found


def head(root: str) -> str:
    """The commit that is checked out. Raises RefusedError."""
    told = ask(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if told is None or told.code:
        raise RefusedError("a batch needs a commit to start from, and there is none yet")
    return told.out.decode().strip()


def branch(root: str) -> str:
    """The branch that is checked out, "" for none."""
    told = ask(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    return os.fsdecode(told.out).strip() if told is not None and not told.code else ""


def identity(root: str, but: str) -> str:
    """What tells one state of the tree from another: its commit, and each text that is not in it
    and does not lie in the folder `but`. Raises RefusedError.
    """
    entries = _status(root)
    whole = hashlib.sha256(head(root).encode())
    for entry in entries:
        if within(os.path.join(root, entry[3:]), but):
            continue
        whole.update(os.fsencode(entry) + b"\0")
        contents = read_file(Path(root, entry[3:]))
        if isinstance(contents, Contents):
            whole.update(hashlib.sha256(contents.data).digest())
    return whole.hexdigest()


def pristine(commit: str) -> str:
    """The `identity` of a tree that holds `commit` and nothing else."""
    return hashlib.sha256(commit.encode()).hexdigest()


def changed(root: str, but: str) -> list[str]:
    """The files that are not as the commit has them, by their paths from `root`, but those in the
    folder `but`. Raises RefusedError."""
    names = (entry[3:] for entry in _status(root))
    return [name for name in names if not within(os.path.join(root, name), but)]


def _status(root: str) -> list[str]:
    words = ("--porcelain", "-z", "--untracked-files=all", "--ignore-submodules=all")
    told = ask(root, *filters_off(root), "status", *words, "--no-renames")
    if told is None or told.code:
        said = " ".join(told.complaints) if told else "there is no git"
        raise RefusedError(f"git cannot say what has changed: {said}")
    return told.names


def reset(folder: str) -> None:
    """Give a work tree that nobody else uses its commit again, less what git ignores."""
    # Were it no work tree any more, git would take the next one above for it.
    no_other = {"GIT_CEILING_DIRECTORIES": os.path.dirname(folder)}
    words = ("-c", f"core.hooksPath={os.devnull}", *filters_off(folder))
    ask(folder, *words, "reset", "--hard", "--quiet", more=no_other)
    ask(folder, *words, "clean", "-ffdq", "-e", "node_modules", more=no_other)
