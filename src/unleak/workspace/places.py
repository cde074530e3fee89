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


def users_file() -> str:
    """Where users name packs for whatever they look into; "" when they have no home. It never
    depends on the working directory, which may be anybody's."""
    places = (os.environ.get("XDG_CONFIG_HOME", ""), os.path.expanduser("~/.config"))
    home = next((place for place in places if os.path.isabs(place)), "")
    return home and os.path.join(home, "unleak", "unleak.toml")
