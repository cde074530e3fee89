"""Which folders a workspace has as its packages, by what stands at its root.

npm, Yarn and Bun: `workspaces` in package.json. pnpm: `packages` in pnpm-workspace.yaml. Lerna:
`packages` in lerna.json, where none of these speaks. Rush: the `projects` of rush.json.
https://docs.npmjs.com/cli/using-npm/workspaces, https://pnpm.io/pnpm-workspace_yaml,
https://lerna.js.org/docs/api-reference/configuration, https://rushjs.io/pages/configs/rush_json/
"""

import posixpath
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from unleak.workspace.folders import Folders, section
from unleak.workspace.globs import exactly

NODE_MODULES = "node_modules"

_WILD = re.compile(r"[*?[\]{}()!\\]")
_BY_LOCK = {
    "yarn.lock": "yarn",
    ".yarnrc.yml": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "pnpm-lock.yaml": "pnpm",
}


class Workspace:
    """The folders that `patterns` name, relative to the root of the workspace, with slashes.

    A pattern behind a `!` takes folders out; for pnpm whatever else is said of them, for others
    until a later pattern takes them in again. `apart` are names of packages, by folder, that a
    folder does not take from the workspace though they are in it.
    """

    def __init__(
        self,
        manager: str,
        patterns: Sequence[str],
        *,
        apart: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.manager = manager
        self.apart = apart or {}
        self._last_wins = manager != "pnpm"
        self._exact: dict[str, int] = {}
        self._patterns: list[tuple[int, bool, Callable[[str], bool]]] = []
        self._above: set[str] = set()
        self._open: set[tuple[str, int]] = set()
        for at, pattern in enumerate(patterns):
            bare = pattern.lstrip("!")
            wanted = (len(pattern) - len(bare)) % 2 == 0
            word = posixpath.normpath(bare.lstrip("/") or ".")
            if wanted:
                self._reach(word)
            if wanted and not _WILD.search(word):
                self._exact[word] = at
            else:
                self._patterns.append((at, wanted, exactly(word)))
        self._fits: dict[str, bool | None] = {}

    def fits(self, folder: str) -> bool | None:
        """Whether `folder` is a package of this workspace; None when no pattern is about it."""
        if folder not in self._fits:
            self._fits[folder] = self._judged(folder)
        return self._fits[folder]

    def reaches(self, folder: str) -> bool:
        """Whether `folder` or anything in it may be a package of this workspace."""
        if folder in self._above:
            return True
        name = folder.rpartition("/")[2]
        if name == NODE_MODULES or name.startswith("."):
            return False
        depth = folder.count("/") + 1
        return any(
            depth <= deepest and (not start or folder.startswith(f"{start}/"))
            for start, deepest in self._open
        )

    def _judged(self, folder: str) -> bool | None:
        if NODE_MODULES in folder.split("/"):
            return None
        said = [(at, wanted) for at, wanted, fits in self._patterns if fits(folder)]
        if folder in self._exact:
            said.append((self._exact[folder], True))
        if not said:
            return None
        return max(said)[1] if self._last_wins else all(wanted for _, wanted in said)

    def _reach(self, pattern: str) -> None:
        literal: list[str] = []
        segments = pattern.split("/")
        for segment in segments:
            if _WILD.search(segment):
                endless = "**" in pattern or "{" in pattern or "(" in pattern
                self._open.add(("/".join(literal), sys.maxsize if endless else len(segments)))
                break
            literal.append(segment)
            self._above.add("/".join(literal))


def workspace_of(folders: Folders, folder: str) -> Workspace | None:
    """The workspace whose root is `folder`, absolute and free of links; None when it is none."""
    names = folders.names(folder)
    if "rush.json" in names:
        return _rush(folders, folder)
    manifest = folders.package(folder) or {}
    spaces = manifest.get("workspaces")
    patterns = _words(spaces if isinstance(spaces, list) else section(spaces).get("packages"))
    if "pnpm-workspace.yaml" in names:
        from unleak.workspace.yaml import listed

        text = folders.read(folder, "pnpm-workspace.yaml") or ""
        return Workspace("pnpm", [*patterns, *listed(text, "packages")])
    if spaces:
        return Workspace(_manager(manifest, names), patterns)
    if "lerna.json" in names:
        told = _read(folders, folder, "lerna.json")
        return Workspace("lerna", _words(told.get("packages", ["packages/*"])))
    return None


def manager_of(folders: Folders, folder: str) -> str:
    """Who installs the package in `folder`, as far as the folder says it: "npm" where it does
    not."""
    return _manager(folders.package(folder) or {}, folders.names(folder))


def _manager(manifest: Mapping[str, Any], names: frozenset[str]) -> str:
    word = str(manifest.get("packageManager", "")).partition("@")[0]
    if word in ("npm", "pnpm", "yarn", "bun"):
        return word
    return next((manager for lock, manager in _BY_LOCK.items() if lock in names), "npm")


def _rush(folders: Folders, folder: str) -> Workspace:
    patterns: list[str] = []
    apart: dict[str, frozenset[str]] = {}
    projects = _read(folders, folder, "rush.json").get("projects")
    for project in map(section, projects if isinstance(projects, list) else ()):
        place = project.get("projectFolder")
        if isinstance(place, str):
            place = posixpath.normpath(place)
            patterns.append(re.sub(_WILD, r"\\\g<0>", place))
            loose = (_words(project.get(key)) for key in _APART)
            apart[place] = frozenset(name for names in loose for name in names)
    return Workspace("rush", patterns, apart=apart)


_APART = ("decoupledLocalDependencies", "cyclicDependencyProjects")
"""What Rush takes from the registry although it is in the workspace; the latter is the old word."""


def _read(folders: Folders, folder: str, name: str) -> Mapping[str, Any]:
    from unleak.workspace.tsconfig import parse_jsonc

    try:
        return section(parse_jsonc(folders.read(folder, name) or "{}"))
    except (ValueError, RecursionError) as error:
        folders.complain(folder, name, f"not JSON: {error}")
        return {}


def _words(value: object) -> list[str]:
    words = value if isinstance(value, list) else []
    return [word.strip() for word in words if isinstance(word, str) and word.strip()]
