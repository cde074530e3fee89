"""Files of a tree, and their places in a copy of it."""

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

from unleak.workspace.places import within


class CopyError(Exception):
    """The copy cannot be made; the message says why."""


class Copy(NamedTuple):
    """A copy of the tree below `root`, in `folder`; both are absolute and free of links."""

    root: str
    folder: str

    def place(self, path: str) -> Path:
        """Where a file of the tree is, by its path from the root. Raises CopyError for one that
        would lie outside of the copy."""
        place = Path(self.folder, *path.split("/"))
        if not within(os.path.realpath(place), self.folder):
            raise CopyError(f"{path} cannot be tried in a copy: a link leads out of it there")
        return place

    def counterpart(self, folder: str) -> str:
        """The folder of the copy that stands for `folder`, made if need be; the top of the copy
        for a folder outside of the tree."""
        if not within(folder, self.root):
            return self.folder
        place = os.path.normpath(os.path.join(self.folder, os.path.relpath(folder, self.root)))
        os.makedirs(place, exist_ok=True)
        return place


def put(copy: Copy, name: str) -> None:
    """Put one file, or link, in the copy as it is; what is neither is left out."""
    old, new = os.path.join(copy.root, name), os.path.join(copy.folder, name)
    try:
        mode = os.lstat(old).st_mode
    except (FileNotFoundError, NotADirectoryError):  # deleted, and the commit still has it
        return
    if os.path.lexists(new):
        return
    if stat.S_ISLNK(mode):
        os.makedirs(os.path.dirname(new), exist_ok=True)
        said, end = os.readlink(old), aim(copy, old)
        os.symlink(said if within(end, copy.folder) and not os.path.isabs(said) else end, new)
    elif stat.S_ISREG(mode):
        os.makedirs(os.path.dirname(new), exist_ok=True)
        # Nor could the user's own run read it, or it has just gone.
        with contextlib.suppress(PermissionError, FileNotFoundError):
            shutil.copy2(old, new)


def aim(copy: Copy, link: str) -> str:
    """What the counterpart of `link` is to say, so that it leads into the copy wherever `link`
    leads into the tree."""
    said = os.readlink(link)
    end = os.path.normpath(os.path.join(os.path.realpath(os.path.dirname(link)), said))
    if not within(end, copy.root):
        return end
    return os.path.join(copy.folder, os.path.relpath(end, copy.root))


def is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)
