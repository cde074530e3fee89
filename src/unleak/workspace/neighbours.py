"""The way from a file to the other files of its package, taken only when a candidate asks.

This module is small on purpose: whoever judges files carries it, and few ask.
"""

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


class Neighbours(NamedTuple):
    """The facts port of one file of a tree."""

    file: str
    tree: Tree

    def exported(self, specifier: str, name: str) -> Known | None:
        return _index_of(self.tree).exported(self.file, specifier, name)

    def callers(self, name: str, index: int) -> Callers | None:
        return _index_of(self.tree).callers(self.file, name, index)


_indexes: "dict[tuple[str, int, str], PackageIndex]" = {}


def _index_of(tree: Tree) -> "PackageIndex":
    """The index of a tree, one to a process and run: what it has read is kept for all files."""
    key = (tree.root, tree.run, tree.home)
    index = _indexes.get(key)
    if index is None:
        from unleak.workspace.package_index import PackageIndex

        for old in [old for old in _indexes if old[:2] != key[:2]]:
            del _indexes[old]
        index = _indexes[key] = PackageIndex(tree)
    return index
