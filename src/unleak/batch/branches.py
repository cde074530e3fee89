"""A commit for each shard, on a branch of its own, made from objects alone: nobody's checkout,
index, HEAD or stash is touched, and no hook runs.

The same plan on the same commit gives the same bytes, and so the same commit, however often it is
made: its dates are those of the commit it stands on.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from unleak.journal import Change, folder_of
from unleak.workspace.git import Answer, ask, filters_off


class BranchError(Exception):
    """A branch that cannot be made; the message says why."""


class Base(NamedTuple):
    """What branches stand on: `commit`, checked out in `tree`; `root` is the user's own."""

    root: str
    tree: str
    commit: str


def check_name(root: str, name: str) -> None:
    """Raises BranchError for what git takes for no branch."""
    told = ask(root, "check-ref-format", "--branch", name)
    if told is None or told.code:
        raise BranchError(f"git takes no branch {name!r}")


def check_identity(root: str) -> None:
    """Raises BranchError when git does not know who commits."""
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        told = ask(root, "var", who)
        if told is None or told.code:
            raise BranchError("git does not know who you are: set user.name and user.email")


def make_commit(base: Base, changes: Sequence[Change], message: str) -> str:
    """The id of a new commit on `base` with `changes`. Raises BranchError."""
    off = filters_off(base.root)
    lines = [_entry(base, change, off) for change in changes]
    file = folder_of(base.root) / "batch.index"  # nobody else is at work there
    index = {"GIT_INDEX_FILE": str(file)}
    try:
        for left in (file, file.with_name(f"{file.name}.lock")):
            left.unlink(missing_ok=True)
        _git(base.root, "read-tree", base.commit, more=index)
        _git(base.root, "update-index", "-z", "--index-info", stdin=b"".join(lines), more=index)
        tree = _word(_git(base.root, "write-tree", more=index))
    finally:
        file.unlink(missing_ok=True)
    date = _word(_git(base.root, "show", "-s", "--format=%cI", base.commit))
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    words = ("commit-tree", "--no-gpg-sign", "-p", base.commit, tree)
    return _word(
        _git(base.root, *words, stdin=message.encode("utf-8", "backslashreplace"), more=dates)
    )


def _entry(base: Base, change: Change, off: Sequence[str]) -> bytes:
    """The line for the index that gives a file its new text."""
    mode, old = "100644", None
    listed = _git(base.root, "ls-tree", "-z", "--full-tree", base.commit, "--", change.path)
    if listed.out:
        mode, _, old = listed.out.partition(b"\t")[0].decode().split(" ")
    if (old is None) != change.created:
        raise BranchError(f"{change.path} is not in the commit as it was looked at")
    if old is not None and _blob(base, change.path, change.old, *off) != old:
        raise BranchError(f"git keeps {change.path} in another form than it checks it out")
    new = _blob(base, change.path, change.new, *off, write=True)
    return f"{mode} {new} 0\t".encode() + os.fsencode(change.path) + b"\0"


def _blob(base: Base, path: str, data: bytes, *off: str, write: bool = False) -> str:
    # As git would add it there: it may change the ends of lines, and no filter is run.
    more = (*off, "hash-object", *(["-w"] if write else []), "--path", path, "--stdin")
    return _word(_git(base.tree, *more, stdin=data))


def commit_of(root: str, name: str) -> str | None:
    """What the branch `name` is at; None where there is none."""
    told = ask(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
    return _word(told) if told is not None and not told.code else None


def put_branch(root: str, name: str, commit: str, ours: str | None) -> bool:
    """Let the branch `name` be at `commit`; whether it was not there already.

    `ours` is the commit that we have put it at before: a branch that is at any other is somebody
    else's by now. Raises BranchError.
    """
    ref = f"refs/heads/{name}"
    now = commit_of(root, name)
    if now == commit:
        return False
    if now is not None and now != ours:
        raise BranchError(f"there is a branch {name} with commits that are not of this migration")
    if now is not None and name in _checked_out(root):
        raise BranchError(f"the branch {name} is checked out, and would have to change")
    _git(root, "update-ref", "-m", "unleak batch", ref, commit, now or "")
    return True


def _checked_out(root: str) -> set[str]:
    listed = _git(root, "worktree", "list", "--porcelain")
    start = b"branch refs/heads/"
    lines = listed.out.split(b"\n")
    return {os.fsdecode(line.removeprefix(start)) for line in lines if line.startswith(start)}


def _git(
    folder: str, *words: str, stdin: bytes = b"", more: Mapping[str, str] | None = None
) -> Answer:
    told = ask(folder, "-c", f"core.hooksPath={os.devnull}", *words, stdin=stdin, more=more)
    if told is None:
        raise BranchError("there is no git")
    if told.code:
        said = next(iter(told.complaints), f"git {words[0]} failed").removeprefix("fatal: ")
        raise BranchError(said)
    return told


def _word(told: Answer) -> str:
    return os.fsdecode(told.out).strip()
