"""Where a path stands among others. Paths are absolute and free of links."""

import os

NODE_MODULES = "node_modules"


def top_of(folder: str) -> str | None:
    """The work tree that `folder`, absolute and without links, lies in; None outside of any."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies anywhere in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
