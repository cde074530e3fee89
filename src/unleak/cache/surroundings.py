"""What lies in the folders a run has looked into and is not told by git: ignored files, and files
outside of the folder whose state is known."""

import os
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from unleak.workspace.state import GONE, counts, held_on_disk

Covered = Callable[[str], bool]
"""Tells of a path whether git tells what it holds, or of a folder whether it does of any in it."""

_SKIPPED = (".git", "node_modules")
"""Nobody looks into these."""


class Item(NamedTuple):
    """A file or folder: what it holds, in the words of a State, and when in nanoseconds that last
    changed. Of a folder nothing is told but that it is there."""

    held: str
    changed: int
    size: int


class Folder(NamedTuple):
    """What a folder has that git does not tell, by name, and when its names last changed."""

    changed: int
    items: dict[str, Item]


def surveyed(folder: str, covered: Covered) -> Folder:
    """Look into a folder, which need not be there. Raises UnsettledError."""
    items: dict[str, Item] = {}
    changed = changed_at(folder)  # before its names are read, so that a change is noticed
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except FileNotFoundError:
        return Folder(0, items)
    except OSError:
        return Folder(changed, items)  # to the run it is empty
    for entry in entries:
        if entry.name in _SKIPPED or covered(entry.path):
            continue
        if entry.is_dir(follow_symlinks=False):
            items[entry.name] = Item("folder", 0, 0)
        elif counts(entry.name) or entry.is_symlink():
            items[entry.name] = item(entry.path)
    return Folder(changed, items)


def item(path: str, known: Item | None = None) -> Item:
    """The item at `path`, read again only if it is not just as `known`. Raises UnsettledError."""
    try:
        status = os.lstat(path)
    except OSError:
        return Item(GONE, 0, 0)
    if known is not None and (known.changed, known.size) == (status.st_ctime_ns, status.st_size):
        return known
    return Item(held_on_disk(path), status.st_ctime_ns, status.st_size)


def changed_at(path: str) -> int:
    """When a file or folder last changed, in nanoseconds; 0 when it is not there."""
    try:
        return os.stat(path).st_ctime_ns
    except OSError:
        return 0


def resurveyed(
    folders: dict[str, Folder], doubtful: Collection[str], covered: Covered
) -> dict[str, Folder]:
    """`folders` as they are now; the `doubtful` ones are looked into in any case. Raises
    UnsettledError."""
    return {
        path: (
            surveyed(path, covered)
            if path in doubtful or changed_at(path) != folder.changed
            else _again(path, folder)
        )
        for path, folder in folders.items()
    }


def _again(path: str, folder: Folder) -> Folder:
    """A folder that has the same names."""
    items = {
        name: known if known.held == "folder" else item(os.path.join(path, name), known)
        for name, known in folder.items.items()
    }
    return folder if items == folder.items else Folder(folder.changed, items)


def differences(old: dict[str, Folder], new: dict[str, Folder]) -> dict[str, tuple[str, str]]:
    """What is not the same, by path: what it held, what it holds."""
    found: dict[str, tuple[str, str]] = {}
    for path, before in old.items():
        after = new[path]
        if before is after:
            continue
        for name in {*before.items, *after.items}:
            one = before.items[name].held if name in before.items else GONE
            other = after.items[name].held if name in after.items else GONE
            if one != other:
                found[os.path.join(path, name)] = one, other
    return found


def since(moment: int, folders: Iterable[Folder]) -> bool:
    """Whether anything has changed after `moment`, or may have."""
    return any(
        folder.changed >= moment or any(one.changed >= moment for one in folder.items.values())
        for folder in folders
    )


def touched(folders: Iterable[str], moment: int) -> bool:
    """Whether a file that counts, in any of `folders`, has changed after `moment`, or may have."""
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if counts(entry.name) and changed_at(entry.path) >= moment:
                        return True
        except OSError:
            continue
    return False
