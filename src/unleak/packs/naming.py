"""Who names a pack, and whether that is enough to run its code.

A path on the command line, or in the user's own file outside of the tree that is looked into, is
enough. A name is that of an installed pack, and is enough for anybody, so long as nothing of the
pack lies in that tree. A path in the tree's own configuration never is: who wrote the tree would
run code on the machine of whoever looks into it.
"""

import functools
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, EntryPoints, entry_points

from unleak.packs.pack import Pack
from unleak.workspace.places import within

GROUP = "unleak.codemods"
"""The entry points of installed packs: name = the pack's, value = its package."""


class PackError(ValueError):
    """A pack that cannot be had, or may not be; the message says why and what to do."""


def is_path(text: str) -> bool:
    """Whether `text` is the path of a pack; otherwise it is the name of an installed one."""
    return "/" in text or os.sep in text or text.startswith((".", "~")) or text.endswith(".py")


def place_of(text: str, folder: str) -> str:
    """Where the path `text`, which counts from `folder`, leads; without links."""
    return os.path.realpath(os.path.join(folder, os.path.expanduser(text)))


def at_path(text: str, folder: str) -> Pack:
    """The pack at a path, which counts from `folder`. Raises PackError."""
    place = place_of(text, folder)
    if os.path.isdir(place):
        return Pack(os.path.basename(place), place)
    if place.endswith(".py") and os.path.isfile(place):
        stem = os.path.basename(place).removesuffix(".py")
        return Pack(stem, os.path.dirname(place), only=stem)
    raise PackError(f"{text} is no folder with codemods and no module of one")


def installed(trees: Sequence[str]) -> Iterator[Pack | PackError]:
    """All installed packs, by name; none of their code runs."""
    for point in sorted(_points(tuple(sys.path))):
        try:
            yield _outside(point, trees)
        except PackError as error:
            yield error


def called(name: str, trees: Sequence[str], folder: str) -> Pack:
    """The installed pack `name`. None of its code runs. Raises PackError."""
    points = list(_points(tuple(sys.path)).select(name=name))
    if not points:
        meant = f"; if the folder is meant, say ./{name}" if _is_there(name, folder) else ""
        raise PackError(f"no installed pack is called {name}{meant}")
    if len({point.value for point in points}) > 1:
        raise PackError(f"several installed packs are called {name}")
    return _outside(points[0], trees)


@functools.cache
def _points(places: tuple[str, ...]) -> EntryPoints:
    """What is installed in `places`. They are searched as long as a command takes to start."""
    return entry_points(group=GROUP)


def _is_there(name: str, folder: str) -> bool:
    return os.path.isdir(os.path.join(folder, name))


def _outside(point: EntryPoint, trees: Sequence[str]) -> Pack:
    """The pack of an entry point, none of which lies in one of `trees`. Raises PackError."""
    pack = _located(point)
    base = os.path.realpath(str(point.dist.locate_file(""))) if point.dist else pack.folder
    for place in (base, *_files(pack)):
        if any(within(place, tree) for tree in trees) and not _environment(place, trees):
            raise PackError(
                f"the pack {point.name} is installed from inside the tree that is looked into "
                f"({place}), so it is not loaded; `--codemods PATH` with its path loads it"
            )
    return pack


def _environment(place: str, trees: Sequence[str]) -> bool:
    """Whether `place` is where the Python that runs us has its packages. A virtual environment
    may well stand in the tree, and what is in there runs anyway: unleak itself does."""
    import sysconfig

    homes = {os.path.realpath(sysconfig.get_paths()[key]) for key in ("purelib", "platlib")}
    return any(within(place, home) for home in homes)


def _located(point: EntryPoint) -> Pack:
    top, *rest = point.value.partition(":")[0].strip().split(".")
    try:
        spec = importlib.util.find_spec(top)  # finds, and runs nothing
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise PackError(f"the pack {point.name} has no module {top}")
    for folder in spec.submodule_search_locations or ():
        place = os.path.realpath(os.path.join(folder, *rest))
        if os.path.isdir(place):
            return Pack(point.name, place)
        if os.path.isfile(f"{place}.py"):
            return Pack(point.name, os.path.dirname(place), only=os.path.basename(place))
    if not rest and spec.origin is not None and spec.origin.endswith(".py"):
        place = os.path.realpath(spec.origin)
        return Pack(point.name, os.path.dirname(place), only=top)
    raise PackError(f"the pack {point.name} has no module {point.value}")


def _files(pack: Pack) -> Iterator[str]:
    """Where all of its modules truly lie."""
    yield pack.folder
    for folder, below, names in os.walk(pack.folder):
        for name in (*below, *names):
            if name in below or name.endswith(".py"):
                yield os.path.realpath(os.path.join(folder, name))
