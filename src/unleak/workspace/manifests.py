"""What the manifests around a file say it runs on.

A folder's word counts for all below it until a nearer one speaks: the Node floor of the nearest
folder that states one, the dependencies of all manifests with the nearest on top, the module
system of the nearest package.json alone, as Node has it.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unleak.workspace.places import top_of, within
from unleak.workspace.problem import Problem, told
from unleak.workspace.semver import node_floor
from unleak_engine.target import UNKNOWN, Target

_DEPENDENCIES = ("optionalDependencies", "devDependencies", "peerDependencies", "dependencies")
"""The later wins: what a package is tried with bows to what it promises to work with."""

_VERSION_FILES = (".node-version", ".nvmrc")


@dataclass(frozen=True, slots=True)
class Targets:
    """The target of every file asked for, and which manifests could not be read."""

    by_path: Mapping[Path, Target]
    problems: list[Problem] = field(default_factory=list)


def targets(paths: Iterable[Path], *, root: Path | None = None, node: str | None = None) -> Targets:
    """What each of `paths` will run on, from the manifests between it and `root`.

    Without a `root` it is the file's git work tree, outside of any the working directory or, for
    files elsewhere, the file's own folder. `node` overrides what all manifests say of Node.
    """
    reader = _Reader(None if root is None else os.path.realpath(root))
    found = {path: reader.of(os.path.realpath(path.parent)) for path in paths}
    if node is not None:
        floor = node_floor(node)
        found = {
            path: Target(floor, target.esm, target.dependencies) for path, target in found.items()
        }
    return Targets(found, reader.problems)


class _Reader:
    """Reads every folder's manifests once."""

    def __init__(self, root: str | None) -> None:
        self.problems: list[Problem] = []
        self._root = root
        self._here = os.path.realpath(os.curdir)
        self._known: dict[tuple[str, str], Target] = {}

    def of(self, folder: str) -> Target:
        top = self._root or top_of(folder) or self._here
        return self._target(folder, top if within(folder, top) else folder)

    def _target(self, folder: str, top: str) -> Target:
        known = self._known.get((folder, top))
        if known is None:
            above = UNKNOWN if folder == top else self._target(os.path.dirname(folder), top)
            known = self._known[folder, top] = self._stated(folder, above)
        return known

    def _stated(self, folder: str, above: Target) -> Target:
        """What `folder` says itself, over what stands `above` it."""
        names = set(_names(folder))
        manifest = self._manifest(folder) if "package.json" in names else None
        floor = self._floor(folder, names, manifest or {})
        if manifest is None and floor is None:
            return above
        return Target(
            node_floor=above.node_floor if floor is None else floor,
            esm=above.esm if manifest is None else manifest.get("type") == "module",
            dependencies={**above.dependencies, **_dependencies(manifest or {})},
        )

    def _floor(self, folder: str, names: set[str], manifest: Mapping[str, Any]) -> int | None:
        """The promise first (`engines`), then what people happen to run."""
        for key in ("engines", "volta"):
            version = _mapping(manifest.get(key)).get("node")
            if isinstance(version, str) and (floor := node_floor(version)) is not None:
                return floor
        for name in _VERSION_FILES:
            if name in names and (floor := self._version_file(folder, name)) is not None:
                return floor
        return None

    def _version_file(self, folder: str, name: str) -> int | None:
        data = self._read(os.path.join(folder, name))
        text = "" if data is None else data.decode("utf-8-sig", "replace")
        words = [line.partition("#")[0].strip() for line in text.splitlines()]
        return node_floor(next(filter(None, words), ""))

    def _manifest(self, folder: str) -> Mapping[str, Any] | None:
        """The package.json, empty when it is there and says nothing that can be read."""
        path = os.path.join(folder, "package.json")
        data = self._read(path)
        if data is None:
            return None
        try:
            manifest = json.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            self.problems.append(Problem(Path(path), "bad-manifest", f"not JSON: {error}"))
            return {}
        if not isinstance(manifest, dict):
            self.problems.append(Problem(Path(path), "bad-manifest", "not a JSON object"))
            return {}
        return manifest

    def _read(self, path: str) -> bytes | None:
        try:
            return Path(path).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return None
        except OSError as error:
            self.problems.append(Problem(Path(path), "unreadable", told(error)))
            return None


def _names(folder: str) -> list[str]:
    """The names in a folder; none when it cannot be listed, which finding files has told."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _mapping(value: object) -> Mapping[str, Any]:
    """Old manifests hold lists and words where objects belong; they say nothing then."""
    return value if isinstance(value, dict) else {}


def _dependencies(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: version
        for key in _DEPENDENCIES
        for name, version in _mapping(manifest.get(key)).items()
        if isinstance(version, str)
    }
