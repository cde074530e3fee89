"""The way from a file to the other files of its package, taken only when a candidate asks.

This module is small on purpose: whoever judges files carries it, and few ask.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

from unleak_engine.codemod import DEFAULTS, Options
from unleak_engine.facts import Callers, Known
from unleak_engine.source import MAX_BYTES

if TYPE_CHECKING:
    from unleak.workspace.package_index import PackageIndex


class Tree(NamedTuple):
    """What a run looks at, through the eyes of the files of one home. `root`, absolute and free
    of links, is never left; `run` tells runs of one process apart, since files change between
    them; `home` stands for the `options`, which may differ within a run. Can be pickled."""

    root: str
    run: int
    home: str = ""
    options: Options = DEFAULTS
    max_bytes: int = MAX_BYTES

    @property
    def key(self) -> tuple[str, int, str]:
        return self.root, self.run, self.home


class Seen(NamedTuple):
    """What was looked at to answer: `folders` that were listed or searched, `steps` from a package
    to one that was looked into for it, the `names` of files that somebody wanted to read, and in
    one word which packages the workspace has, where that was asked for."""

    folders: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()
    siblings: str = ""


class Neighbours(NamedTuple):
    """The facts port of one file of a tree."""

    file: str
    tree: Tree

    def exported(self, specifier: str, name: str) -> Known | None:
        index = _index_of(self.tree)
        index.askers.add(self.file)
        return index.exported(self.file, specifier, name)

    def callers(self, name: str, index: int) -> Callers | None:
        known = _index_of(self.tree)
        known.askers.add(self.file)
        return known.callers(self.file, name, index)

    def asked(self) -> tuple[str, Seen] | None:
        """The package of the file and what was looked at in this process for the tree's files,
        less what has been told before; None when the file has asked for nothing."""
        known = _indexes.get(self.tree.key)
        if known is None or self.file not in known.askers:
            return None
        folder = os.path.dirname(os.path.realpath(self.file))
        return known.resolver.package_of(folder), known.seen()


_indexes: "dict[tuple[str, int, str], PackageIndex]" = {}


def _index_of(tree: Tree) -> "PackageIndex":
    """The index of a tree, one to a process and run: what it has read is kept for all files."""
    key = tree.key
    index = _indexes.get(key)
    if index is None:
        from unleak.workspace.package_index import PackageIndex

        for old in [old for old in _indexes if old[:2] != key[:2]]:
            del _indexes[old]
        index = _indexes[key] = PackageIndex(tree)
    return index
