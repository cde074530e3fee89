"""Whether two machines would find the same: what their unleak is, to the byte."""

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

_CODE = ("unleak", "unleak_codemods", "unleak_engine")
_GRAMMARS = ("libcst", "tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")


class Versions(NamedTuple):
    """What has a say in what is found: the unleak, the Python as "3.11", the versions of the
    parsers, and one word for all code and knowledge."""

    unleak: str
    python: str
    parsers: tuple[str, ...]
    code: str


def versions() -> Versions:
    """Those of this machine, as they lie on its disk now."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Versions(_version("unleak"), python, tuple(map(_version, _GRAMMARS)), _code())


def difference(theirs: Versions, ours: Versions) -> str:
    """What of `theirs` is not as it is in `ours`, "" when nothing is."""
    if theirs.unleak != ours.unleak:
        return f"it has unleak {theirs.unleak}, and this is {ours.unleak}"
    if theirs.python != ours.python:
        return f"it has Python {theirs.python}, and this is {ours.python}"
    for name, mine, other in zip(_GRAMMARS, ours.parsers, theirs.parsers, strict=True):
        if mine != other:
            return f"it has {name} {other}, and this is {mine}"
    if theirs.code != ours.code:
        return f"its unleak {theirs.unleak} has other code or knowledge than this one"
    return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _code() -> str:
    whole = hashlib.sha256()
    for package in _CODE:
        spec = find_spec(package)
        for folder in sorted((spec and spec.submodule_search_locations) or ()):
            for path in sorted(_files(folder)):
                whole.update(f"{package}/{os.path.relpath(path, folder)}\0".encode())
                with open(path, "rb") as file:
                    whole.update(hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def _files(folder: str) -> Iterator[str]:
    """The files that have a say: what begins with two lines or one is compiled, or an example."""
    for here, below, names in os.walk(folder):
        below[:] = [name for name in below if not name.startswith("_")]
        yield from (os.path.join(here, name) for name in names if not name.endswith(".pyc"))
