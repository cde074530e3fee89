"""Where the helper functions of a rewrite go: `file`, `inline`, or a module of the user's."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from unleak.workspace.places import within
from unleak_engine.edit import Edit
from unleak_engine.grammars import suffix_of
from unleak_engine.units import Unit

if TYPE_CHECKING:
    from unleak.run import FileResult

PLACES = ("file", "inline")
_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_USERS = ("drain-wait-hangs", "write-ignores-backpressure")


def spelled(choice: str, root: str, folder: str = "") -> str:
    """`choice` as codemods are told it: a module's path counts from `root`, and as the user has it
    from `folder`, by default the working directory. Raises ValueError for what is neither a place
    nor a module inside of `root`."""
    if choice in PLACES:
        return choice
    if suffix_of(choice.replace(os.sep, "/")) not in _SUFFIXES:
        raise ValueError(f"must be file, inline, or a module ({', '.join(_SUFFIXES)})")
    full = os.path.realpath(os.path.join(folder, choice))
    if not within(full, root):
        raise ValueError(f"the module must lie in {root}")
    return os.path.relpath(full, root).replace(os.sep, "/")


def missing_modules(
    results: "list[FileResult]", places: Mapping[str, str], root: str
) -> "list[FileResult]":
    """The helper modules as further results, where a cured file imports one that is not there.
    `places` tells for every file where its helpers go."""
    wanted: dict[str, list[str]] = {}
    for result in results:
        asking = [f.fingerprint for f in result.applied if f.codemod in _USERS]
        if asking and places[result.file] not in PLACES:
            wanted.setdefault(places[result.file], []).extend(asking)
    made = (_missing_module(choice, root, wanted[choice]) for choice in sorted(wanted))
    return [module for module in made if module is not None]


def _missing_module(choice: str, root: str, asking: list[str]) -> "FileResult | None":
    from unleak.run import FileResult

    file = os.path.join(root, *choice.split("/"))
    if os.path.lexists(file):
        return None
    from unleak.workspace.manifests import targets
    from unleak_codemods.helpers.drained import helper_module_text

    suffix = suffix_of(choice)
    target = targets([Path(file)]).by_path[Path(file)]
    esm = suffix == ".mjs" or (suffix == ".js" and target.esm)
    text = helper_module_text(typescript=suffix.endswith("ts"), esm=esm).encode()
    edits = (Edit(0, 0, text),)
    unit = Unit(tuple(asking), edits)
    return FileResult(file, choice, after=text, edits=edits, new=True, units=(unit,))
