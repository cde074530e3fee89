"""Where the helper functions of a rewrite go: `file`, `inline`, or a module of the user's."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from unleak.workspace.places import within
from unleak_engine.edit import Edit
from unleak_engine.grammars import suffix_of

if TYPE_CHECKING:
    from unleak.run import FileResult

PLACES = ("file", "inline")
_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_USERS = ("drain-wait-hangs",)


def spelled(choice: str, root: str) -> str:
    """`choice` as codemods are told it: a module's path counts from `root`. Raises ValueError for
    what is neither a place nor a module inside of `root`."""
    if choice in PLACES:
        return choice
    if suffix_of(choice.replace(os.sep, "/")) not in _SUFFIXES:
        raise ValueError(f"must be file, inline, or a module ({', '.join(_SUFFIXES)})")
    full = os.path.realpath(choice)
    if not within(full, root):
        raise ValueError(f"the module must lie in {root}")
    return os.path.relpath(full, root).replace(os.sep, "/")


def missing_module(results: "list[FileResult]", choice: str, root: str) -> "FileResult | None":
    """The helper module as one more result, when a cured file imports it and it is not there."""
    from unleak.run import FileResult

    if choice in PLACES or not any(
        finding.codemod in _USERS for result in results for finding in result.applied
    ):
        return None
    file = os.path.join(root, *choice.split("/"))
    if os.path.lexists(file):
        return None
    from unleak.workspace.manifests import targets
    from unleak_codemods.helpers.drained import helper_module_text

    suffix = suffix_of(choice)
    target = targets([Path(file)]).by_path[Path(file)]
    esm = suffix == ".mjs" or (suffix == ".js" and target.esm)
    text = helper_module_text(typescript=suffix.endswith("ts"), esm=esm).encode()
    return FileResult(file, choice, after=text, edits=(Edit(0, 0, text),), new=True)
