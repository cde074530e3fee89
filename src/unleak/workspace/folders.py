"""The manifests of a tree, each of which is listed, read and parsed once."""

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from unleak.workspace.problem import Problem, told


class Folders:
    """Folders by their paths, absolute and free of links. `problems` are what could not be read,
    `asked` the names of the files that somebody wanted to read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.asked: set[str] = set()
        self._names: dict[str, frozenset[str]] = {}
        self._objects: dict[str, Mapping[str, Any] | None] = {}

    def names(self, folder: str) -> frozenset[str]:
        """The names in a folder; none when it cannot be listed, which finding files has told."""
        names = self._names.get(folder)
        if names is None:
            try:
                names = frozenset(os.listdir(folder))
            except OSError:
                names = frozenset()
            self._names[folder] = names
        return names

    @property
    def listed(self) -> Collection[str]:
        """The folders that were looked into, in the order of that."""
        return self._names.keys()

    def read(self, folder: str, name: str) -> str | None:
        """The text of a file, bytes that are no UTF-8 replaced; None when there is none."""
        self.asked.add(name)
        data = self._bytes(folder, name) if name in self.names(folder) else None
        return None if data is None else data.decode("utf-8-sig", "replace")

    def package(self, folder: str) -> Mapping[str, Any] | None:
        """The package.json, empty when it is there and says nothing that can be read."""
        if folder not in self._objects:
            self._objects[folder] = self._package(folder)
        return self._objects[folder]

    def complain(self, folder: str, name: str, message: str) -> None:
        self.problems.append(Problem(Path(folder, name), "bad-manifest", message))

    def _package(self, folder: str) -> Mapping[str, Any] | None:
        name = "package.json"
        data = self._bytes(folder, name) if name in self.names(folder) else None
        if data is None:
            return None
        try:
            manifest = json.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            self.complain(folder, name, f"not JSON: {error}")
            return {}
        if not isinstance(manifest, dict):
            self.complain(folder, name, "not a JSON object")
            return {}
        return manifest

    def _bytes(self, folder: str, name: str) -> bytes | None:
        path = Path(folder, name)
        try:
            return path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return None
        except OSError as error:
            self.problems.append(Problem(path, "unreadable", told(error)))
            return None


def section(value: object) -> Mapping[str, Any]:
    """Old manifests hold lists and words where objects belong; they say nothing then."""
    return value if isinstance(value, dict) else {}


def package_of(folders: Folders, root: str, path: str) -> str:
    """The name of the nearest package.json that has one, else its folder; `path` counts from
    `root`."""
    folder = os.path.dirname(path)
    while True:
        manifest = folders.package(os.path.join(root, folder))
        if manifest is not None:
            name = manifest.get("name")
            return name if isinstance(name, str) and name else folder or "."
        if folder in ("", "/"):
            return "no package"
        folder = os.path.dirname(folder)
