"""Which major of a package a lock file settles on.

Read are package-lock.json and npm-shrinkwrap.json (1 to 3), pnpm-lock.yaml (5 to 9), yarn.lock
(classic and berry) and bun.lock; not bun.lockb, which is no text. Of a large file only the few
lines that name the package are looked at.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from unleak.workspace.yaml import Mapping, documents

_MAJOR = re.compile(r"(\d{1,6})\.\d")
_GROUPS = ("dependencies", "optionalDependencies", "devDependencies")


@dataclass(frozen=True, slots=True)
class Asked:
    """A package `name` as the manifest in `folder` has `declared` it.

    `folder` counts from the lock file's with slashes, empty for that itself; `package` is what
    the manifest calls itself.
    """

    name: str
    declared: str
    folder: str = ""
    package: str = ""


class Lock(Protocol):
    """A lock file that can be asked."""

    def major(self, asked: Asked) -> int | None:
        """The major that is installed, None when the file does not say."""


def lock_of(name: str, text: str) -> Lock:
    """The lock file called `name` that holds `text`. Raises ValueError when it is not one."""
    return LOCKS[name](text)


@dataclass(slots=True)
class _Npm:
    text: str
    places: dict[str, dict[str, int | None]] = field(default_factory=dict)

    def major(self, asked: Asked) -> int | None:
        """As Node looks for it: in the package's own node_modules, then in those above it."""
        if asked.name not in self.places:
            self.places[asked.name] = dict(self._installed(asked.name))
        found = self.places[asked.name]
        folder = asked.folder
        while folder:
            place = f"{folder}/node_modules/{asked.name}"
            if place in found:
                return found[place]
            folder = folder.rpartition("/")[0]
        return found.get(f"node_modules/{asked.name}")

    def _installed(self, name: str) -> Iterator[tuple[str, int | None]]:
        for at in _all(self.text, f'node_modules/{name}"'):
            end = at + len(f"node_modules/{name}")
            entry = _NPM_ENTRY.match(self.text, end)
            if entry is not None:
                # An alias says whose version it is.
                alias = re.search(r'"name"\s*:\s*"([^"]*)"', entry[1])
                version = re.search(r'"version"\s*:\s*"([^"]*)"', entry[1])
                known = version is not None and (alias is None or alias[1] == name)
                major = _major(version[1]) if version is not None and known else None
                yield self.text[self.text.rfind('"', 0, at) + 1 : end], major


_NPM_ENTRY = re.compile(r'"\s*:\s*\{([^{}]*)')
_NPM_FIRST = re.compile(r'"lockfileVersion"\s*:\s*1\b')


@dataclass(slots=True)
class _FirstNpm:
    """The layout of npm 5 and 6: packages nested as they are installed, known by their names."""

    packages: dict[str, Any]

    def major(self, asked: Asked) -> int | None:
        own = _object(_object(self.packages.get(asked.package)).get("dependencies"))
        entry = own.get(asked.name) or self.packages.get(asked.name)
        return _major(_object(entry).get("version"))


def _npm(text: str) -> Lock:
    if not _NPM_FIRST.search(text[:1000]):
        return _Npm(text)
    try:
        return _FirstNpm(_object(_object(json.loads(text)).get("dependencies")))
    except RecursionError as error:
        raise ValueError(str(error)) from None


@dataclass(slots=True)
class _Pnpm:
    files: list[Mapping]

    def major(self, asked: Asked) -> int | None:
        for file in self.files:
            importers = file.get("importers")
            if isinstance(importers, dict):
                importer = importers.get(asked.folder or ".")
            else:  # without a workspace the only package stands at the top
                importer = None if asked.folder else file
            for group in _GROUPS if isinstance(importer, dict) else ():
                entry = _object(_object(importer).get(group)).get(asked.name)
                version = entry.get("version") if isinstance(entry, dict) else entry
                if version is not None:
                    return _major(version)
        return None


def _pnpm(text: str) -> Lock:
    return _Pnpm(list(documents(text, ("importers", *_GROUPS))))


@dataclass(slots=True)
class _Yarn:
    text: str
    ranges: dict[str, dict[str, int]] = field(default_factory=dict)

    def major(self, asked: Asked) -> int | None:
        """That of the range as it is declared, or the only one there is."""
        if asked.name not in self.ranges:
            self.ranges[asked.name] = dict(self._entries(asked.name))
        found = self.ranges[asked.name]
        if asked.declared in found:
            return found[asked.declared]
        return next(iter(found.values())) if len(set(found.values())) == 1 else None

    def _entries(self, name: str) -> Iterator[tuple[str, int]]:
        start = f"{name}@"
        at = self.text.find(start)
        while at >= 0:
            entry = _YARN_ENTRY.match(self.text, self.text.rfind("\n", 0, at) + 1)
            major = _major(entry[2]) if entry is not None else None
            if entry is not None and major is not None:
                for word in entry[1].replace('"', "").split(", "):
                    declared = word.removeprefix(start).removeprefix("npm:")
                    # What is left with an `@` is an alias or an address of something else.
                    if word.startswith(start) and "@" not in declared:
                        yield declared, major
            end = self.text.find("\n", at)
            at = self.text.find(start, end) if end >= 0 else -1


_YARN_ENTRY = re.compile(
    r"""(?!\s|\#)([^\n]+):[ ]*\r?\n  # the ranges that are met by it
    (?:[ ]++(?!version)[^\n]*\n)*+
    [ ]++version:?[ ]++"?([^"\s]+)""",
    re.VERBOSE,
)


@dataclass(slots=True)
class _Bun:
    text: str

    def major(self, asked: Asked) -> int | None:
        own = self._entry(f"{asked.package}/{asked.name}", asked.name) if asked.package else None
        major, known = own or self._entry(asked.name, asked.name) or (None, False)
        return major if known else None

    def _entry(self, key: str, name: str) -> tuple[int | None, bool] | None:
        """The major that stands under `key`, and whether it is one of the package `name`."""
        for at in _all(self.text, f'"{key}"'):
            if entry := _BUN_ENTRY.match(self.text, at + len(key) + 2):
                return _major(entry[2]), entry[1] == name
        return None


_BUN_ENTRY = re.compile(r'\s*:\s*\[\s*"(@?[^"@]+)@([^"]*)"')

LOCKS: dict[str, Callable[[str], Lock]] = {
    "npm-shrinkwrap.json": _npm,
    "package-lock.json": _npm,
    "pnpm-lock.yaml": _pnpm,
    "yarn.lock": _Yarn,
    "bun.lock": _Bun,
}
"""The names of the files that can be asked."""


def _all(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _major(version: object) -> int | None:
    """The major of a plain version; None for links, aliases and addresses."""
    found = _MAJOR.match(version) if isinstance(version, str) else None
    return int(found[1]) if found is not None else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
