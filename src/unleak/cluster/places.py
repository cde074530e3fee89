"""Where a worker has the tree that an errand is about, and whether it is that one.

It is a folder that all machines share, or a checkout, in the worker's own cache, of what a remote
has.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from typing import NamedTuple

from unleak.batch import trees
from unleak.cache import store
from unleak.errors import RefusedError
from unleak.workspace.git import Answer, ask, filters_off
from unleak.workspace.places import top_of

UNUSED = 7 * 24 * 3600
"""Seconds after which a checkout that nobody has asked for is removed."""

_UNHOOKED = ("-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0")


class Meant(NamedTuple):
    """The tree that is meant: its commit, and its `identity` but for what lies in the folder
    `but`, a path from its top, "" for none."""

    commit: str
    identity: str
    but: str = ""


class Source(NamedTuple):
    """Where workers find it: in `tree`, absolute, or at the address `remote`."""

    tree: str | None = None
    remote: str | None = None


class FetchError(Exception):
    """A remote that did not answer. It may do so the next time."""


def found(source: Source, meant: Meant) -> str:
    """The folder on this machine that holds what is meant. Raises RefusedError, FetchError."""
    if source.tree is not None:
        return _shared(source.tree, meant)
    return _checked_out(source.remote or "", meant)


def holds(folder: str, meant: Meant) -> bool:
    """Whether the tree in `folder` is the one that is meant. Raises RefusedError."""
    return identity(folder, meant.but) == meant.identity


def identity(top: str, but: str) -> str:
    """What `trees.identity` says of the tree at `top`, with `but` a path in it. Raises
    RefusedError."""
    return trees.identity(top, os.path.join(top, but or ".git"))


def _shared(folder: str, meant: Meant) -> str:
    place = os.path.realpath(folder)
    if not os.path.isdir(place):
        raise RefusedError(f"{folder}: there is no such folder")
    if top_of(place) != place:
        raise RefusedError(f"{folder} is not the top of a git work tree")
    commit = trees.head(place)
    if commit != meant.commit:
        raise RefusedError(
            f"{folder} is at {commit[:12]}, and the batch is over {meant.commit[:12]}"
        )
    if not holds(place, meant):
        what = f"does not hold what the batch is over, which is {_said(meant)}"
        different = trees.changed(place, os.path.join(place, meant.but or ".git"))
        listed = ", ".join(different[:3]) + (", …" if len(different) > 3 else "")
        raise RefusedError(f"{folder} {what}; changed there: {listed or 'nothing'}")
    return place


def _said(meant: Meant) -> str:
    commit = meant.commit[:12]
    plain = meant.identity == trees.pristine(meant.commit)
    return f"the commit {commit}" if plain else f"{commit} with uncommitted changes"


def _checked_out(remote: str, meant: Meant) -> str:
    """What the remote has of the commit, in this machine's cache."""
    home = os.path.join(store.place(), "trees", hashlib.sha256(remote.encode()).hexdigest()[:16])
    repository, folder = os.path.join(home, "git"), os.path.join(home, meant.commit)
    os.makedirs(home, 0o700, exist_ok=True)
    with _alone(os.path.join(home, "lock")):
        if not os.path.isdir(folder) or not _is_whole(folder, meant):
            _clean(repository, home, but=meant.commit)
            _fetch(repository, remote, meant.commit)
            _check_out(repository, folder, meant.commit)
        _touch(f"{folder}.used")
    if not holds(folder, meant):
        raise RefusedError(f"git checks {meant.commit[:12]} out in another form here than it is")
    return folder


def _is_whole(folder: str, meant: Meant) -> bool:
    """Whether a checkout is what it was to be: whoever made it may have been stopped."""
    try:
        return top_of(folder) == folder and holds(folder, meant)
    except RefusedError:
        return False


def _fetch(repository: str, remote: str, commit: str) -> None:
    if not os.path.isdir(repository):
        _git(os.path.dirname(repository), "init", "--quiet", "--bare", repository)
    # A server may give out a commit by its name; if not, it has it on a branch.
    ways = (("--depth=1", "--", remote, commit), ("--", remote, "+refs/heads/*:refs/heads/*"))
    for words in ways:
        if _git(repository, "cat-file", "-e", f"{commit}^{{commit}}", check=False).code == 0:
            return
        told = _git(repository, "fetch", "--quiet", "--no-tags", "--force", *words, check=False)
    if _git(repository, "cat-file", "-e", f"{commit}^{{commit}}", check=False).code == 0:
        return
    if told.code:
        raise FetchError(f"{without_secrets(remote)}: {without_secrets(_complaint(told))}")
    raise RefusedError(f"{without_secrets(remote)} has no commit {commit[:12]}; push it first")


def _check_out(repository: str, folder: str, commit: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _git(repository, "worktree", "prune")
    off = filters_off(repository)
    _git(repository, *off, "worktree", "add", "--quiet", "--detach", "--force", folder, commit)


def _clean(repository: str, home: str, but: str) -> None:
    """Remove the checkouts that nobody has used for long."""
    for name in os.listdir(home):
        commit = name.removesuffix(".used")
        if commit in (name, but):
            continue
        file = os.path.join(home, name)
        if time.time() - os.stat(file).st_mtime > UNUSED:
            shutil.rmtree(os.path.join(home, commit), ignore_errors=True)
            os.unlink(file)


def _touch(file: str) -> None:
    with open(file, "ab"):
        os.utime(file)


@contextlib.contextmanager
def _alone(file: str) -> Iterator[None]:
    """With no other process of this machine at work there."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _git(folder: str, *words: str, check: bool = True) -> Answer:
    told = ask(folder, *_UNHOOKED, *words, more={"GIT_TERMINAL_PROMPT": "0"})
    if told is None:
        raise RefusedError("there is no git")
    if told.code and check:
        raise FetchError(_complaint(told))
    return told


def _complaint(told: Answer) -> str:
    return next(iter(told.complaints), "git failed").removeprefix("fatal: ")


def without_secrets(text: str) -> str:
    """`text` with no name and password in any address."""
    return re.sub(r"://[^/@\s]*@", "://", text)
