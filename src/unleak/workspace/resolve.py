"""Which file a module specifier leads to, as Node, TypeScript and bundlers find it.

Only files of the tree are found: what lies in node_modules, or outside of the root, is unknown.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unleak.workspace.folders import Folders, section
from unleak.workspace.members import workspace_of
from unleak.workspace.places import within
from unleak.workspace.tsconfig import extended, parse_jsonc
from unleak_engine.grammars import grammar_of

_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".jsx")
_WRITTEN_AS = {
    ".js": (".ts", ".tsx", ".jsx"),
    ".mjs": (".mts",),
    ".cjs": (".cts",),
    ".jsx": (".tsx",),
}
"""TypeScript imports are spelt as what the compiler makes of the file."""

_CONDITIONS = frozenset({"source", "node", "import", "module", "require", "default"})
_OUTPUT = frozenset({"dist", "lib", "build", "out", "output", "esm", "cjs"})
_MOST_FOLDERS = 4_000
"""Folders to look through for the packages of a workspace."""


class Resolver:
    """Finds files below `root`, which is absolute and free of links. Every folder is listed, and
    every manifest read, once. `steps` are the folders that were looked into on behalf of each
    package."""

    def __init__(self, root: str, folders: Folders | None = None) -> None:
        self.root = root
        self.folders = folders or Folders()
        self.steps: dict[tuple[str, str], None] = {}
        self._asking = root
        self._scopes: dict[str, str] = {}
        self._siblings: dict[str, str] | None = None
        self._paths: dict[str, tuple[str, Mapping[str, Any]] | None] = {}
        self._known: dict[tuple[str, str], str | None] = {}

    def scope_of(self, folder: str) -> str:
        """The nearest folder with a package.json, up to the root."""
        known = self._scopes.get(folder)
        if known is None:
            top = folder == self.root or os.path.dirname(folder) == folder
            here = top or "package.json" in self.folders.names(folder)
            known = folder if here else self.scope_of(os.path.dirname(folder))
            self._scopes[folder] = known
        return known

    def package_of(self, folder: str) -> str:
        """The folder of the package that `folder` is part of. A package.json without a name, as
        in `dist/esm`, only says how the files beside it are read."""
        nearest = scope = self.scope_of(folder)
        while self.name_of(scope) is None and scope != self.root:
            scope = self.scope_of(os.path.dirname(scope))
        return scope if self.name_of(scope) is not None else nearest

    def resolve(self, specifier: str, folder: str) -> str | None:
        """The file that `specifier` leads to from `folder`, free of links; None for anything that
        is no source file of the tree."""
        key = (specifier, folder)
        if key not in self._known:
            self._asking = self.package_of(folder)
            found = self._resolve(specifier.partition("?")[0], folder)
            real = os.path.realpath(found) if found is not None else None
            if real is not None and real != found:
                self.steps[self._asking, os.path.dirname(real)] = None
            self._known[key] = real if real is not None and within(real, self.root) else None
        return self._known[key]

    def _resolve(self, specifier: str, folder: str) -> str | None:
        if specifier in (".", "..") or specifier.startswith(("./", "../")):
            return self._path(os.path.normpath(os.path.join(folder, specifier)))
        if specifier.startswith("/") or ":" in specifier or not specifier:
            return None
        if specifier.startswith("#"):
            scope = self.scope_of(folder)
            imports = section((self.folders.package(scope) or {}).get("imports"))
            target = _target(imports, specifier)
            return self._within(scope, target) if target is not None else None
        found = self._aliased(specifier, folder)
        if found is not None:
            return found
        name, below = _split(specifier)
        package = self.package_of(folder)
        home = package if self.name_of(package) == name else self.siblings.get(name)
        return self._entry(home, below) if home is not None else None

    def own_words(self, package: str) -> tuple[bytes, ...]:
        """Words one of which a file of `package` says if it imports another one by anything but
        a relative path."""
        name = self.name_of(package)
        words = [quote + (name or "").encode() for quote in (b'"', b"'") if name]
        words += [b'"#', b"'#"] if (self.folders.package(package) or {}).get("imports") else []
        if (told := self._paths_at(package)) is not None:
            paths = [key.partition("*")[0].encode() for key in section(told[1].get("paths"))]
            words += [b"from"] if "baseUrl" in told[1] or b"" in paths else paths
        return tuple(words)

    def entries(self, package: str) -> Iterator[str]:
        """The files by which others come into a package."""
        self._asking = package
        manifest = self.folders.package(package) or {}
        targets = [manifest.get("main"), manifest.get("module"), manifest.get("browser")]
        targets += [manifest.get("source"), *_leaves(manifest.get("exports"))]
        targets += ["."]
        for target in targets:
            found = self._within(package, target) if isinstance(target, str) else None
            if found is not None:
                yield os.path.realpath(found)

    # Files.

    def _path(self, path: str) -> str | None:
        """The file that a path without a suffix, or to a folder, means."""
        if not within(path, self.root):
            return None
        found = self._file(path)
        if found is not None or not os.path.isdir(path):
            return found
        main = (self.folders.package(path) or {}).get("main")
        if isinstance(main, str) and main.strip("./"):
            found = self._file(os.path.normpath(os.path.join(path, main)))
            if found is not None:
                return found
            found = self._file(os.path.normpath(os.path.join(path, main, "index")))
            if found is not None:
                return found
        return self._file(os.path.join(path, "index"))

    def _file(self, path: str) -> str | None:
        folder, name = os.path.split(path)
        if not within(folder, self.root) or "node_modules" in path[len(self.root) :].split(os.sep):
            return None
        self.steps[self._asking, folder] = None
        names = self.folders.names(folder)
        if name in names and grammar_of(name) is not None and os.path.isfile(path):
            return path
        stem, suffix = os.path.splitext(path)
        for candidate in (
            *(path + other for other in _SUFFIXES),
            *(stem + other for other in _WRITTEN_AS.get(suffix, ())),
        ):
            if os.path.basename(candidate) in names and not candidate.endswith(".d.ts"):
                return candidate
        return None

    def _within(self, package: str, target: str) -> str | None:
        """What a path of a manifest means; where it names what a build makes, its source."""
        path = os.path.normpath(os.path.join(package, target))
        if not within(path, package):
            return None
        found = self._path(path)
        if found is not None:
            return found
        inside = os.path.relpath(path, package).split(os.sep)
        if inside[0] not in _OUTPUT:
            return None
        for cut in range(1, len(inside)):
            stem = os.path.splitext(os.path.join(package, "src", *inside[cut:]))[0]
            if (found := self._file(stem)) is not None:
                return found
        return None

    # Packages.

    def name_of(self, package: str) -> str | None:
        """The name that the package.json of a folder gives it."""
        name = (self.folders.package(package) or {}).get("name")
        return name if isinstance(name, str) and name else None

    def _entry(self, package: str, below: str) -> str | None:
        manifest = self.folders.package(package) or {}
        exports = manifest.get("exports")
        if exports is not None:
            whole = not isinstance(exports, dict) or not any(k.startswith(".") for k in exports)
            table = {".": exports} if whole else exports
            target = _target(table, f"./{below}" if below else ".")
            return self._within(package, target) if target is not None else None
        if below:
            return self._within(package, below)
        for key in ("main", "module"):
            target = manifest.get(key)
            if isinstance(target, str) and (found := self._within(package, target)) is not None:
                return found
        return self._file(os.path.join(package, "index")) or self._file(
            os.path.join(package, "src", "index")
        )

    @property
    def siblings(self) -> Mapping[str, str]:
        """The packages of the workspace, by name."""
        if self._siblings is None:
            self._siblings = {}
            for folder in self._members():
                name = self.name_of(folder)
                if name is not None:
                    self._siblings.setdefault(name, folder)
        return self._siblings

    @property
    def siblings_told(self) -> str:
        """The packages of the workspace in one word; empty when nobody has asked for them."""
        if self._siblings is None:
            return ""
        told = repr(sorted(self._siblings.items())).encode("utf-8", "surrogateescape")
        return hashlib.sha256(told).hexdigest()

    def _members(self) -> Iterator[str]:
        workspace = workspace_of(self.folders, self.root)
        pending, looked = [self.root] if workspace is not None else [], 0
        while workspace is not None and pending and looked < _MOST_FOLDERS:
            folder = pending.pop()
            looked += 1
            inside = "" if folder == self.root else os.path.relpath(folder, self.root)
            inside = inside.replace(os.sep, "/")
            names = self.folders.names(folder)
            if inside and "package.json" in names and workspace.fits(inside):
                yield folder
            pending += [
                path
                for name in sorted(names, reverse=True)
                if workspace.reaches(f"{inside}/{name}".lstrip("/"))
                if os.path.isdir(path := os.path.join(folder, name))
                if not os.path.islink(path)
            ]

    # tsconfig paths.

    def _aliased(self, specifier: str, folder: str) -> str | None:
        """A specifier that the nearest tsconfig.json gives a place: `paths`, then `baseUrl`."""
        told = self._paths_at(folder)
        if told is None:
            return None
        base, options = told
        paths = section(options.get("paths"))
        for target in _targets(paths, specifier):
            found = self._path(os.path.normpath(os.path.join(base, target)))
            if found is not None:
                return found
        if isinstance(options.get("baseUrl"), str):
            return self._path(os.path.normpath(os.path.join(base, specifier)))
        return None

    def _paths_at(self, folder: str) -> tuple[str, Mapping[str, Any]] | None:
        if folder not in self._paths:
            self._paths[folder] = None
            names = self.folders.names(folder)
            config = next((n for n in ("tsconfig.json", "jsconfig.json") if n in names), None)
            if config is not None:
                self._paths[folder] = self._options(os.path.join(folder, config), 0)
            elif folder != self.root and within(os.path.dirname(folder), self.root):
                self._paths[folder] = self._paths_at(os.path.dirname(folder))
        return self._paths[folder]

    def _options(self, config: str, depth: int) -> tuple[str, Mapping[str, Any]] | None:
        """The compiler options of a configuration that have a word on paths, and the folder from
        which these count."""
        folder, name = os.path.split(config)
        text = self.folders.read(folder, name) if within(folder, self.root) else None
        try:
            told = section(parse_jsonc(text)) if text is not None else {}
        except (ValueError, RecursionError):
            return None
        options = section(told.get("compilerOptions"))
        base = options.get("baseUrl")
        if "paths" in options or isinstance(base, str):
            start = base if isinstance(base, str) else "."
            return os.path.normpath(os.path.join(folder, start)), options
        for word in extended(told) if depth < 4 else ():
            if word.startswith("."):
                path = os.path.normpath(os.path.join(folder, word))
                path = path if path.endswith(".json") else path + ".json"
                if (found := self._options(path, depth + 1)) is not None:
                    return found
        return None


def _split(specifier: str) -> tuple[str, str]:
    """A package's name and the path inside of it."""
    parts = specifier.split("/")
    cut = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:cut]), "/".join(parts[cut:])


def _target(table: Mapping[str, Any], key: str) -> str | None:
    """What a table of `exports` or `imports` says for `key`."""
    if key in table:
        return _condition(table[key])
    for pattern in sorted(table, key=len, reverse=True):
        start, star, end = pattern.partition("*")
        if star and key.startswith(start) and key.endswith(end) and len(key) >= len(start + end):
            target = _condition(table[pattern])
            middle = key[len(start) : len(key) - len(end)]
            return target.replace("*", middle) if target is not None else None
    return None


def _condition(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((found for one in value if (found := _condition(one)) is not None), None)
    for key, inner in section(value).items():
        if key in _CONDITIONS and (found := _condition(inner)) is not None:
            return found
    return None


def _leaves(value: object) -> Iterator[str]:
    """Every file that `exports` names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)


def _targets(paths: Mapping[str, Any], specifier: str) -> Sequence[str]:
    """What `paths` of a tsconfig.json says for `specifier`, the longest pattern's word."""
    for pattern in sorted(paths, key=lambda one: (one != specifier, -len(one))):
        start, star, end = pattern.partition("*")
        if not star and pattern != specifier:
            continue
        if star and not (specifier.startswith(start) and specifier.endswith(end)):
            continue
        middle = specifier[len(start) : len(specifier) - len(end)] if star else ""
        words = paths[pattern] if isinstance(paths[pattern], list) else []
        return [word.replace("*", middle) for word in words if isinstance(word, str)]
    return []
