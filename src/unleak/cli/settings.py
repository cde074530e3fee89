"""`--show-settings`: what holds for a file, and which file says so."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unleak.cli.screen import Screen
from unleak.cli.session import Request, tell_config, wanted_of
from unleak.config import KEYS, Config, ConfigError
from unleak.config_homes import Homes
from unleak.report.json import dumps
from unleak.report.paths import relative
from unleak.report.terminal import visible
from unleak.run import Wanted, chosen_for, root_of
from unleak.workspace.folders import Folders


def show(request: Request, screen: Screen) -> int:
    """Print the settings for every path of `request`; the exit code."""
    wanted = wanted_of(request)
    root = root_of(wanted.paths)
    folders = Folders()
    homes = Homes(folders, root)
    try:
        records = [_record(path, homes, wanted, folders) for path in wanted.paths]
    except ConfigError as error:
        return tell_config(error, screen)
    if request.output_format == "json":
        screen.data([dumps({"version": 1, "settings": records})])
    else:
        screen.data(f"{line}\n" for record in records for line in _lines(record))
    return 0


def _record(path: str, homes: Homes, wanted: Wanted, folders: Folders) -> dict[str, Any]:
    folder = path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))
    config = homes.of(folder)
    cwd = os.getcwd()
    values = _values(config, cwd)
    places: dict[str, str | None] = dict(config.origins)
    if wanted.node is not None:
        values["node"], places["node"] = wanted.node, "--node"
    elif config.node is None:
        values["node"], places["node"] = _node(path, folder, folders)
    if wanted.helpers is not None:
        values["helpers"], places["helpers"] = wanted.helpers, "--helpers"
    if wanted.no_baseline:
        values["baseline"], places["baseline"] = None, "--no-baseline"
    elif wanted.baseline is not None:
        values["baseline"], places["baseline"] = wanted.baseline, "--baseline"
    return {
        "path": relative(path, cwd),
        "home": config.said or None,
        "excluded": os.path.isfile(path) and config.excludes(os.path.abspath(path)),
        "runs": list(chosen_for(os.path.abspath(path), config, wanted)),
        "keys": {
            key: {"value": values[key], "from": places.get(key)} for key in KEYS if key in values
        },
    }


def _values(config: Config, cwd: str) -> dict[str, Any]:
    """What the configuration settles, by key, and what holds where it is silent."""
    switches: dict[str, dict[str, bool]] = {}
    for name, on in config.switches:
        codemod, _, switch = name.partition(".")
        switches.setdefault(codemod, {})[switch] = on
    packs = [relative(path, cwd) for path in config.packs]
    return {
        "select": None if config.select is None else list(config.select),
        "ignore": list(config.ignore),
        "per-file-ignores": {p: list(names) for (_, p), names in config.per_file_ignores},
        "exclude": [pattern for _, pattern in config.exclude],
        "safety": {name: safety.value for name, safety in config.safety},
        "node": config.node,
        "helpers": config.helpers or "file",
        "baseline": None if config.baseline is None else relative(config.baseline, cwd),
        "codemods": packs or switches,
        "streams": dict(config.table),
    }


def _node(path: str, folder: str, folders: Folders) -> tuple[str | None, str | None]:
    """The Node range that manifests say, and where."""
    from unleak.workspace.manifests import targets

    file = Path(os.path.abspath(path)) if not os.path.isdir(path) else Path(folder, "unleak.js")
    said = targets([file], folders=folders).by_path[file].said
    where, _, what = said.rpartition(": ")
    return (what.strip('"'), where) if said else (None, None)


def _lines(record: dict[str, Any]) -> Iterator[str]:
    yield f"# {visible(record['path'])}"
    home = record["home"]
    yield f"# home: {visible(home) if home else 'none; what follows is the default'}"
    if record["excluded"]:
        yield "# it is excluded, and looked at only when it is named"
    yield f"# codemods that run: {', '.join(record['runs']) or 'none'}"
    for key, told in record["keys"].items():
        value, place = told["value"], told["from"]
        if value in (None, [], {}) and place is None:
            continue
        where = f"  # {visible(place)}" if place else "  # default"
        yield visible(f"{key} = {_toml(value)}") + where
    yield ""


def _toml(value: Any) -> str:
    """A value as TOML spells it on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return '""' if value is None else json.dumps(value, ensure_ascii=False)


def _key(text: str) -> str:
    plain = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if plain else json.dumps(text, ensure_ascii=False)
