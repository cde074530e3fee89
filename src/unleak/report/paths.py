"""How a file's name is shown to a reader."""

import os

from unleak.report.terminal import visible


def shown(file: str, cwd: str) -> str:
    """The path from `cwd`, fit for a terminal."""
    return visible(relative(file, cwd))


def relative(file: str, cwd: str) -> str:
    """The path from `cwd` with slashes; the whole path when there is no way from there."""
    try:
        name = os.path.relpath(file, cwd)
    except ValueError:  # another drive
        name = file
    return name if os.sep == "/" else name.replace(os.sep, "/")
