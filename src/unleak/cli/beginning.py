"""What `unleak init` writes: a short configuration for the repository that it finds."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from unleak.cli.screen import Screen
from unleak.config import BASELINE, ConfigError
from unleak.config_homes import OWN, Homes
from unleak.report.paths import shown
from unleak.workspace.folders import Folders, section
from unleak.workspace.places import top_of
from unleak.workspace.problem import told

NAME = OWN[0]
FIXTURES = ("fixtures", "__fixtures__", "testdata", "test/fixtures", "tests/fixtures", "vendor")
"""Folders of code that nobody mends, where they are there."""

HELPER_PLACES = ("src/lib", "src/utils", "src/util", "lib", "utils")
"""Where a repository keeps functions that several files use."""


def begun(folder: str, screen: Screen) -> int:
    """Write the configuration; the exit code. Raises typer.BadParameter."""
    if not os.path.isdir(folder):
        raise typer.BadParameter(f"{folder!r} is no folder", param_hint="FOLDER")
    real = os.path.realpath(folder)
    folders = Folders()
    taken = _taken(real, folders)
    path = os.path.join(folder, NAME)
    if taken is not None:
        where = shown(os.path.join(real, taken), os.path.realpath(os.curdir))
        screen.warn(f"error: {where} configures unleak already; nothing was written")
        return 2
    text = "".join(f"{line}\n" for line in lines(real, folders, _above(real, folders)))
    try:
        # "x" is what makes sure that nothing is written over.
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        screen.warn(f"error: cannot write {shown(path, os.getcwd())}: {told(error)}")
        return 2
    screen.say(f"wrote {shown(path, os.getcwd())}; `unleak check` is the next step")
    return 0


def _taken(folder: str, folders: Folders) -> str | None:
    """The file in `folder` that configures unleak already, broken or not."""
    try:
        config = Homes(folders, top_of(folder) or folder).of(folder)
    except ConfigError as error:
        return os.path.basename(error.file) if os.path.dirname(error.file) == folder else None
    if config.said and config.folder == folder:
        return os.path.basename(config.said)
    return next((name for name in OWN if os.path.lexists(os.path.join(folder, name))), None)


def _above(folder: str, folders: Folders) -> str:
    """The configuration that counts in `folder` up to now, as one there would name it; or ""."""
    top = top_of(folder)
    with contextlib.suppress(ConfigError):
        config = Homes(folders, top or folder).of(folder)
        if config.said and top is not None:
            file = os.path.join(config.folder, os.path.basename(config.said))
            return os.path.relpath(file, folder).replace(os.sep, "/")
    return ""


def lines(folder: str, folders: Folders, above: str = "") -> Iterator[str]:
    """The configuration for `folder`, line by line; `above` is one that it is to extend."""
    yield "# What unleak does below this folder. All keys: docs/configuration.md of unleak, or"
    yield "# `unleak check --show-settings FILE` for what holds for a file."
    yield ""
    if above:
        yield "# What counts here so far, and goes on to count where this file says nothing."
        yield f"extend = {_quoted(above)}"
        yield ""
    manifest = folders.package(folder) or {}
    yield from _node(folder, manifest, folders)
    fixtures = [name for name in FIXTURES if os.path.isdir(os.path.join(folder, name))]
    if fixtures:
        yield ""
        yield "# Code that nobody mends."
        yield f"exclude = [{', '.join(_quoted(f'{name}/') for name in fixtures)}]"
    place = next((p for p in HELPER_PLACES if os.path.isdir(os.path.join(folder, p))), None)
    if place is not None:
        yield ""
        yield "# Fixes may need a small function; this puts it into one module for all files."
        yield f"# helpers = {_quoted(f'{place}/drained{_suffix(folder, manifest)}')}"
    yield ""
    yield "# Findings that are there today can be set aside, so that only new ones fail:"
    yield f"# `unleak baseline write` puts them into {BASELINE}."


def _node(folder: str, manifest: Mapping[str, Any], folders: Folders) -> Iterator[str]:
    from unleak.workspace.manifests import targets

    # A name in the folder: what counts for it is what counts for new files there.
    file = Path(folder, "unleak.js")
    target = targets([file], folders=folders).by_path[file]
    if target.said:
        yield f"# Known already, from {_one_line(target.said)}. To say something else:"
        yield '# node = ">=20"'
    else:
        yield "# No manifest says which Node.js this runs on, and some fixes need a later one."
        yield '# node = ">=20"'
    if section(manifest.get("engines")).get("node") is None and manifest:
        yield '# ("engines": {"node": ">=20"} in package.json says the same to every tool.)'


def _suffix(folder: str, manifest: Mapping[str, Any]) -> str:
    if os.path.exists(os.path.join(folder, "tsconfig.json")):
        return ".ts"
    return ".js" if manifest.get("type") == "module" else ".mjs"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)  # what JSON calls a string, TOML does too


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
