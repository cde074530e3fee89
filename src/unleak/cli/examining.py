"""What `unleak doctor` tells."""

import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import typer

from unleak import registry
from unleak.cli.screen import Screen
from unleak.config import Config, ConfigError
from unleak.config_homes import Homes
from unleak.packs import loading
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak.run import root_of
from unleak.workspace.folders import Folders
from unleak.workspace.places import users_file

PARTS = (
    *("tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript"),
    *("libcst", "typer", "click", "unidiff", "werkzeug"),
)
"""What unleak is made of beside its own code, as the index calls it."""


def perform(file: str | None, packs: list[str] | None, *, as_json: bool, color: str) -> int:
    """Look, tell, and return the exit code: 2 when something is wrong. Raises
    typer.BadParameter."""
    if file is not None and not os.path.exists(file):
        raise typer.BadParameter(f"{file} is not there", param_hint="FILE")
    screen = Screen(color=color)
    told = examined(file, packs)
    if as_json:
        from unleak.report.json import dumps

        screen.data([dumps(told)])
    else:
        screen.data(f"{line}\n" for line in _lines(told, screen))
    return 2 if told["problems"] else 0


def examined(file: str | None, packs: list[str] | None) -> dict[str, Any]:
    """All there is to tell, as JSON has it."""
    root = root_of([file or "."])
    registry.begin(packs, [file or "."])
    problems: list[dict[str, str]] = []
    homes = Homes(Folders(), root)
    config: Config | None = None
    try:
        folder = file if file and os.path.isdir(file) else os.path.dirname(file or "") or "."
        config = homes.of(os.path.abspath(folder))
    except ConfigError as error:
        problems.append({"path": error.file, "message": str(error)})
    loading.load_installed()
    problems += ({"path": one.path, "message": one.message} for one in loading.problems())
    told: dict[str, Any] = {
        "version": 1,
        "unleak": _version("unleak"),
        "python": sys.version.split()[0],
        "parts": {part: _version(part) for part in PARTS},
        "nodes": _nodes(problems),
        "packs": [
            {
                "name": pack.name,
                "path": pack.folder,
                "codemods": [entry.name for entry in loading.entries(pack)],
            }
            for pack in loading.packs()
        ],
        "usersFile": users_file(),
        "file": None if file is None or config is None else _counts(file, config),
        "problems": problems,
    }
    return told


def _version(part: str) -> str | None:
    try:
        return version(part)
    except PackageNotFoundError:
        return None


def _nodes(problems: list[dict[str, str]]) -> dict[str, str]:
    from unleak.packs.proving import nodes
    from unleak.proofs.cases import ProofError

    try:
        return {line: str(path) for line, path in nodes().items()}
    except ProofError as error:
        problems.append({"path": "", "message": str(error)})
        return {}


def _counts(file: str, config: Config) -> dict[str, Any]:
    """What the configuration of a file settles for it, and what it leaves open as None."""
    every = registry.select((), ())
    path = os.path.relpath(os.path.realpath(file), config.folder) if config.folder else ""
    return {
        "path": file,
        "configuration": config.said or None,
        "codemods": list(config.chosen(every)),
        "ignored": list(config.ignore),
        "excluded": bool(path) and config.excludes(path.replace(os.sep, "/")),
        "node": config.node,
        "helpers": config.helpers,
        "switches": [name for name, on in config.switches if on],
    }


def _lines(told: dict[str, Any], screen: Screen) -> Iterator[str]:
    bold = screen.out
    cwd = os.getcwd()
    parts = ", ".join(f"{part} {have or 'MISSING'}" for part, have in told["parts"].items())
    yield f"{bold('bold', 'unleak')}   {told['unleak']} on Python {told['python']}"
    yield f"{bold('bold', 'with')}     {parts}"
    nodes = told["nodes"]
    yield f"{bold('bold', 'nodes')}    {', '.join(nodes) or 'none is found; proofs cannot be run'}"
    yield f"{bold('bold', 'packs')}    {len(told['packs']) or 'none'}"
    for pack in told["packs"]:
        names = ", ".join(pack["codemods"]) or "nothing that loads"
        yield f"  {visible(pack['name'])} ({shown(pack['path'], cwd)}): {names}"
    counts = told["file"]
    if counts is not None:
        yield f"{bold('bold', 'file')}     {visible(counts['path'])}"
        yield f"  configured by  {visible(counts['configuration'] or 'nothing: the defaults')}"
        yield f"  codemods       {len(counts['codemods'])}: {', '.join(counts['codemods'])}"
        yield f"  ignored        {', '.join(counts['ignored']) or 'none'}"
        yield f"  excluded       {'yes' if counts['excluded'] else 'no'}"
        yield f"  node           {counts['node'] or 'as the nearest manifests say'}"
        yield f"  helpers        {counts['helpers'] or 'file'}"
        yield f"  switched on    {', '.join(counts['switches']) or 'nothing'}"
    for problem in told["problems"]:
        at = f"{shown(problem['path'], cwd)}: " if problem["path"] else ""
        yield f"{bold('red', 'problem')}  {at}{visible(problem['message'])}"
