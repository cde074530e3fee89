"""The trees that are raced over: samples of a tree of real code, the same ones every time."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from unleak import registry
from unleak_engine.grammars import grammar_of
from unleak_engine.rewrite import analyse_bytes

MANIFESTS = ("package.json", ".nvmrc", ".node-version")
FILE_BYTES = 8 * 1024
"""How long the file is that stands for "one file"."""


def sources(tree: Path) -> list[Path]:
    """The JavaScript and TypeScript files of `tree`, relative to it, shuffled by their names.

    The order is one that nobody chose and that comes out the same each time: any first part of
    it is a sample.
    """
    found = []
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name != ".git"]
        here = Path(folder).relative_to(tree)
        found += [here / name for name in files if grammar_of(name) is not None]
    return sorted(found, key=lambda path: hashlib.sha256(os.fsencode(path)).digest())


def holds(tree: Path, name: Path, needle: bytes) -> bool:
    return needle in (tree / name).read_bytes()


def plant(tree: Path, names: Sequence[Path], into: Path) -> Path:
    """The files `names` of `tree`, with the manifests above them, in the new folder `into`."""
    wanted = set(names)
    for folder in {parent for name in names for parent in name.parents}:
        wanted.update(
            folder / manifest for manifest in MANIFESTS if (tree / folder / manifest).is_file()
        )
    for name in sorted(wanted):
        place = into / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(tree / name, place)
        except OSError:  # another disk
            shutil.copyfile(tree / name, place)
    return into


def own(file: Path) -> Path:
    """Make `file` one that may be written: not the same as that of the tree it was planted from."""
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data)
    return file


def track(tree: Path) -> Path:
    """Make `tree` a git repository in which every file is tracked."""
    for words in (("init", "-q"), ("-c", "core.looseCompression=0", "add", "-A", "-f")):
        subprocess.run(["git", "-C", str(tree), *words], check=True)
    return tree


def one_file(tree: Path, names: Iterable[Path]) -> Path:
    """The file with a finding in it whose length is nearest to FILE_BYTES."""
    codemod = registry.load("pipe-without-pipeline")
    by_distance = sorted(names, key=lambda name: abs((tree / name).stat().st_size - FILE_BYTES))
    return next(
        name
        for name in by_distance
        if analyse_bytes(str(name), (tree / name).read_bytes(), [codemod]).findings
    )
