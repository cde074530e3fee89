"""A copy of the tree in which a command can be run: a temporary git worktree, with every file as
the user has it, committed or not. Of what git ignores only `node_modules` are there, as links; see
`modules`. Outside of git, all is copied.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from unleak.verify.modules import MODULES, link_modules, put_package
from unleak.verify.tree import Copy, CopyError, is_folder, put
from unleak.workspace.git import ask, filters_off
from unleak.workspace.problem import told

_UNHOOKED = ("-c", f"core.hooksPath={os.devnull}")
"""Nobody has asked for hooks."""

MOST_FILES = 200_000
MOST_BYTES = 4 << 30
"""Above these a folder outside of git is no project, but a home or a disk."""


@contextlib.contextmanager
def copied(
    root: str,
    wanted: Collection[str] = (),
    *,
    modules: bool = True,
    commit: str | None = None,
    above: str | None = None,
) -> Iterator[Copy]:
    """A copy of the tree below `root` for as long as the context lasts.

    The files at `wanted`, paths from the root, are in it whether or not git ignores them. Without
    `modules` no `node_modules` is. With a `commit` the copy is of that, and of nothing that is not
    in it. It lies in `above`, a folder for it alone, which is made if need be, and is removed with
    it. Raises CopyError.
    """
    root = os.path.realpath(root)
    with _ended_in_order():
        if above is None:
            above = tempfile.mkdtemp(prefix="unleak-verify-")
        else:
            os.makedirs(above, 0o700, exist_ok=True)
        above = os.path.realpath(above)
        made = Copy(root, os.path.join(above, os.path.basename(root) or "tree"))
        try:
            try:
                if commit is None:
                    _fill(made, wanted, modules=modules)
                else:
                    _check_out(made, commit, modules=modules)
            except OSError as error:
                raise CopyError(f"{error.filename}: {told(error)}") from None
            yield made
        finally:
            with _undisturbed():
                _remove(above)
                _forget(made)


def forget_copy(root: str, above: str) -> None:
    """Remove what a run that was killed has left of its copy in `above`."""
    root = os.path.realpath(root)
    _remove(above)
    _forget(Copy(root, os.path.join(above, os.path.basename(root) or "tree")))


def _check_out(copy: Copy, commit: str, *, modules: bool) -> None:
    words = ("worktree", "add", "--detach", "--force", copy.folder, commit)
    added = ask(copy.root, *_UNHOOKED, *filters_off(copy.root), *words)
    if added is None or added.code:
        raise CopyError(" ".join(added.complaints[-1:]) if added else "there is no git")
    if modules:
        listed = ask(copy.folder, "ls-files", "-z")
        _link(copy, listed.names if listed else ())


def _fill(copy: Copy, wanted: Collection[str], *, modules: bool) -> None:
    names = _listed(copy.root)
    if names is None:
        os.mkdir(copy.folder)
        names = _all_below(copy.root)
    else:
        _add_worktree(copy)
    for name in names:
        put(copy, name)
    for name in wanted:
        put_package(copy, name)
        put(copy, name)
    if modules:
        _link(copy, names)


def _link(copy: Copy, names: Iterable[str]) -> None:
    """Make the folders of links for each `node_modules` beside or above the files at `names`."""
    folders = {""}
    for name in names:
        folder = os.path.dirname(name)
        while folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    places = (os.path.join(folder, MODULES) for folder in sorted(folders))
    link_modules(copy, [at for at in places if os.path.isdir(os.path.join(copy.root, at))])


def _listed(root: str, under: str = "") -> list[str] | None:
    """The files that git tracks or would, from `root`, those of repositories within among them;
    None outside of git. What is untracked in a `node_modules` is left out."""
    here = os.path.join(root, under)
    if not os.path.lexists(os.path.join(here, ".git")):
        return None
    tracked = ask(here, "ls-files", "-z", "--cached")
    others = ask(here, "ls-files", "-z", "--others", "--exclude-standard")
    if tracked is None or others is None or tracked.code or others.code:
        return None
    names = dict.fromkeys(tracked.names)
    names |= dict.fromkeys(n for n in others.names if MODULES not in n.split("/"))
    found: list[str] = []
    for name in names:
        path = os.path.join(under, name)
        if name.endswith("/") or is_folder(os.path.join(root, path)):  # a repository of its own
            found += _listed(root, path.rstrip("/")) or ()
        else:
            found.append(path)
    return found


def _all_below(root: str) -> list[str]:
    found: list[str] = []
    size = 0
    for folder, below, names in os.walk(root):
        linked = [name for name in below if os.path.islink(os.path.join(folder, name))]
        below[:] = [name for name in below if name not in (MODULES, ".git", *linked)]
        for name in [*names, *(name for name in linked if name != MODULES)]:
            file = os.path.join(folder, name)
            found.append(os.path.relpath(file, root))
            with contextlib.suppress(OSError):
                size += os.lstat(file).st_size
        if len(found) > MOST_FILES or size > MOST_BYTES:
            raise CopyError(
                f"outside of git all of {root} would be copied, and that is more than a project;"
                " run it in the project's own folder"
            )
    return found


def _add_worktree(copy: Copy) -> None:
    """Let git know the copy as a work tree with the user's commit and index, and no file yet."""
    words = ("worktree", "add", "--detach", "--no-checkout", copy.folder, "HEAD")
    added = ask(copy.root, *_UNHOOKED, *words)
    if added is None or added.code:  # there may be no commit yet
        os.makedirs(copy.folder, exist_ok=True)
        return
    mine, theirs = (_git_path(folder, "index") for folder in (copy.root, copy.folder))
    split = mine and any(n.startswith("sharedindex.") for n in os.listdir(os.path.dirname(mine)))
    if mine and theirs and not split and os.path.exists(mine):
        shutil.copyfile(mine, theirs)
    else:
        ask(copy.folder, *_UNHOOKED, "read-tree", "HEAD")


def _git_path(folder: str, name: str) -> str | None:
    answer = ask(folder, "rev-parse", "--git-path", name)
    if answer is None or answer.code:
        return None
    return os.path.join(folder, os.fsdecode(answer.out.rstrip(b"\n")))


def _remove(folder: str) -> None:
    """Remove all of `folder`, no link followed, also what a command has made unwritable."""
    try:
        shutil.rmtree(folder)
    except OSError:
        for place, below, _ in os.walk(folder):
            for name in below:
                path = os.path.join(place, name)
                if not os.path.islink(path):
                    with contextlib.suppress(OSError):
                        os.chmod(path, 0o700)
        shutil.rmtree(folder, ignore_errors=True)


def _forget(copy: Copy) -> None:
    """Take the copy out of what the repository knows of its work trees."""
    common = ask(copy.root, "rev-parse", "--git-common-dir")
    if common is None or common.code:
        return
    known = Path(copy.root, os.fsdecode(common.out.rstrip(b"\n")), "worktrees")
    with contextlib.suppress(OSError):
        for place in known.iterdir():
            with contextlib.suppress(OSError):
                if (place / "gitdir").read_text().rstrip("\n") == os.path.join(copy.folder, ".git"):
                    shutil.rmtree(place, ignore_errors=True)
        known.rmdir()  # only if it is empty


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Being told to end is like Ctrl-C: what is temporary is removed first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    # `nohup` has hang-ups ignored.
    heard = [number for number in _ends() if signal.getsignal(number) != signal.SIG_IGN]
    former = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not stop the removal."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, *_ends())
    former = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _ends() -> Iterable[signal.Signals]:
    return (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
