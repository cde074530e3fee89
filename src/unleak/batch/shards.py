"""What a migration is cut into: the files that are changed, verified and handed over together."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from unleak.workspace.globs import matcher
from unleak.workspace.monorepo import Monorepo, Package

BY = ("package", "owner", "codemod", "dir")

NOBODY = "(nobody)"
"""The title of the files that no CODEOWNERS line gives to anybody."""


TOP = "(top)"
"""The title of what lies in no folder, or in a package that has no name."""


class Shard(NamedTuple):
    """`name` is unique, and good for files and branches; `title` is what people call it.

    `files` are the paths to look into, from the top. `folder` is where its tests are run, "" for
    the top. `codemod` is the one it is about, "" for all.
    """

    name: str
    title: str
    files: tuple[str, ...]
    packages: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    folder: str = ""
    codemod: str = ""


class Places:
    """Where files belong: package, owners and folder of each, and which of them are wanted."""

    def __init__(
        self,
        monorepo: Monorepo,
        root: str = "",
        only: Sequence[str] = (),
        skip: Sequence[str] = (),
    ) -> None:
        """`root` counts from the root of `monorepo`, "" for that itself."""
        self.monorepo = monorepo
        self.owners = monorepo.owners.of
        self.package = monorepo.package_of
        self._root = f"{root}/" if root else ""
        self._only = matcher(only) if only else None
        self._skip = matcher(skip) if skip else None

    def wanted(self, path: str) -> bool:
        """Whether `path` lies in the root and is to be dealt with, by its package and folder."""
        if not path.startswith(self._root):
            return False
        folder = path.rpartition("/")[0]
        package = self.package(path)
        names = [folder, package.name, package.folder]

        def fits(match: Callable[[str], bool]) -> bool:
            return any(match(name) for name in names if name)

        if self._skip is not None and fits(self._skip):
            return False
        return self._only is None or fits(self._only)

    def directory(self, path: str) -> str:
        """The folder right below the root that `path` lies in; the root for what is in none."""
        below = path[len(self._root) :]
        head, slash, _ = below.partition("/")
        return f"{self._root}{head}" if slash else self._root.rstrip("/")


def shards(by: str, files: Iterable[str], places: Places) -> list[Shard]:
    """`files` as shards, by package each behind those it depends on. Not for "codemod"."""
    if by == "package":
        return _by_package(files, places)
    groups: dict[str, list[str]] = {}
    for path in files:
        if by == "owner":
            title = " ".join(places.owners(path)) or NOBODY
        else:
            title = places.directory(path) or TOP
        groups.setdefault(title, []).append(path)
    return named(
        _shard(title, groups[title], places, folder="" if by == "owner" or title == TOP else title)
        for title in sorted(groups)
    )


def codemod_shards(files: Mapping[str, Sequence[str]], places: Places) -> list[Shard]:
    """A shard for each codemod and the files that may have its findings."""
    return named(
        _shard(name, paths, places)._replace(codemod=name) for name, paths in files.items() if paths
    )


def _by_package(files: Iterable[str], places: Places) -> list[Shard]:
    order = {package.name: at for at, package in enumerate(places.monorepo.ordered)}
    groups: dict[Package, list[str]] = {}
    for path in files:
        groups.setdefault(places.package(path), []).append(path)
    return named(
        _shard(called(package), groups[package], places, folder=package.folder)
        for package in sorted(groups, key=lambda one: order[one.name])
    )


def called(package: Package) -> str:
    """What people call a package; the root may have no name."""
    return TOP if package.name in ("", ".") else package.name


def _shard(title: str, files: Sequence[str], places: Places, folder: str = "") -> Shard:
    return Shard(
        name=slug(title),
        title=title,
        files=tuple(sorted(files)),
        packages=tuple(dict.fromkeys(called(places.package(path)) for path in files)),
        owners=tuple(dict.fromkeys(name for path in files for name in places.owners(path))),
        folder=folder,
    )


def named(cut: Iterable[Shard]) -> list[Shard]:
    """The shards with names that no two share, nor would on a disk that takes A for a."""
    taken: set[str] = set()
    result: list[Shard] = []
    for shard in cut:
        name, number = shard.name, 1
        while name.lower() in taken:
            number += 1
            name = f"{shard.name}-{number}"
        taken.add(name.lower())
        result.append(shard._replace(name=name))
    return result


MOST_LETTERS = 80


def slug(title: str) -> str:
    """A name for files and branches: letters, digits, dots, dashes and underscores."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", title)
    name = re.sub(r"\.{2,}", ".", name).strip(".-")[:MOST_LETTERS].rstrip(".-")
    if name.endswith(".lock"):  # git takes no such branch
        name = name.removesuffix(".lock") + "-lock"
    return name or "top"


def cut(shard: Shard, changed: Sequence[str], most: int | None) -> list[Shard]:
    """`shard` in parts of at most `most` files that change, by path. The first has the files that
    do not."""
    if most is None or len(changed) <= most:
        return [shard]
    whole = sorted(changed)
    rest = set(shard.files).difference(changed)
    groups = [whole[at : at + most] for at in range(0, len(whole), most)]
    return [
        shard._replace(
            name=f"{shard.name}+{number}",  # no slug has a plus
            title=f"{shard.title} ({number} of {len(groups)})",
            files=tuple(sorted([*group, *(rest if number == 1 else ())])),
        )
        for number, group in enumerate(groups, start=1)
    ]
