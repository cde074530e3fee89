"""Which configuration counts for a file: that of the nearest home, and what it extends.

A home is a folder with an `unleak.toml`, an `.unleak.toml`, a pyproject.toml with `[tool.unleak]`
or a package.json with `"unleak"`. They are read, never run. Homes are looked for from a file up to
the top of its git work tree; outside of any up to the working directory or, for files elsewhere, in
the file's own folder. What lies in node_modules comes from somebody else and is no home.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unleak.config import BASELINE, DEFAULTS, Config, ConfigError, Place, config_of, extended, over
from unleak.workspace.folders import Folders, section
from unleak.workspace.node_words import shown
from unleak.workspace.places import top_of, within
from unleak.workspace.read import Contents, read_file
from unleak_engine.source import MAX_BYTES

OWN = ("unleak.toml", ".unleak.toml")


class Homes:
    """Every home of a run, read once. `folders` are shared with whoever else reads manifests;
    `root` is the folder that holds all that the run may write."""

    def __init__(self, folders: Folders, root: str) -> None:
        self._folders = folders
        self._root = root
        self._here = os.path.realpath(os.curdir)
        self._configs: dict[str, Config] = {}
        self._known: dict[tuple[str, str], Config] = {}

    def of(self, folder: str) -> Config:
        """What counts in `folder`. Raises ConfigError."""
        config = self._configs.get(folder)
        if config is None:
            real = os.path.realpath(folder)
            top = top_of(real) or self._here
            config = self._at(real, top if within(real, top) else real)
            self._configs[folder] = config
        return config

    def baseline(self, folder: str) -> str:
        """Where the baseline for `folder` lies, or would. Raises ConfigError."""
        config = self.of(folder)
        real = os.path.realpath(folder)
        top = top_of(real) or (self._here if within(real, self._here) else real)
        return config.baseline or os.path.join(config.folder or top, BASELINE)

    def _at(self, folder: str, top: str) -> Config:
        known = self._known.get((folder, top))
        if known is None:
            known = self._home(folder, top)
            if known is None:
                known = self._none(folder) if folder == top else self._above(folder, top)
            self._known[folder, top] = known
        return known

    def _above(self, folder: str, top: str) -> Config:
        return self._at(os.path.dirname(folder), top)

    def _none(self, top: str) -> Config:
        """What counts where nobody settles anything."""
        if BASELINE in self._folders.names(top):
            return DEFAULTS._replace(folder=top, baseline=os.path.join(top, BASELINE))
        return DEFAULTS

    def _home(self, folder: str, top: str) -> Config | None:
        """What `folder` itself settles, None when it is no home."""
        if "node_modules" in folder[len(top) :].split(os.sep):
            return None
        found = list(self._tables(folder, top))
        if not found:
            return None
        if len(found) > 1:
            (first, _), (second, _) = found[:2]
            raise ConfigError(second.file, f"{first.said} configures unleak, too; keep one")
        place, table = found[0]
        config = self._whole(place, table, top, ())
        if config.baseline is None and BASELINE in self._folders.names(folder):
            config = config._replace(baseline=os.path.join(folder, BASELINE))
        return config

    def _whole(
        self, place: Place, table: Mapping[str, Any], top: str, above: tuple[str, ...]
    ) -> Config:
        """What `table` settles, with all that it extends. `above` are the files that led here."""
        own = config_of(table, place, self._root)
        said = extended(table, place)
        if said is None:
            return own
        file = os.path.realpath(os.path.join(place.folder, said))
        if top_of(place.folder) is not None and not within(file, top):
            place.fail("extend", f"is {said!r}, which lies outside of the work tree")
        if file in (*above, os.path.realpath(place.file)):
            place.fail("extend", f"is {said!r}, which extends this file in turn")
        if not os.path.exists(file):
            place.fail("extend", f"is {said!r}, and there is no such file")
        other, base = self._extended(file, top)
        inherited = self._whole(other, base, top, (*above, os.path.realpath(place.file)))
        return over(own, inherited, place)

    def _extended(self, file: str, top: str) -> tuple[Place, Mapping[str, Any]]:
        """The table of a file that another one extends."""
        folder, name = os.path.split(file)
        said = os.path.relpath(file, top).replace(os.sep, "/")
        if name == "package.json":
            at = Place(file, "unleak.", folder, said)
            return at, _table(at, section(self._folders.package(folder)).get("unleak", {}))
        if name == "pyproject.toml":
            at = Place(file, "tool.unleak.", folder, said)
            tool = section(toml(file, self._read(file)).get("tool"))
            return at, _table(at, tool.get("unleak", {}))
        return Place(file, "", folder, said), toml(file, self._read(file))

    def _tables(self, folder: str, top: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        names = self._folders.names(folder)

        def place(name: str, prefix: str = "") -> Place:
            return Place(os.path.join(folder, name), prefix, folder, shown(folder, name, top))

        for name in OWN:
            if name in names:
                at = place(name)
                yield at, toml(at.file, self._read(at.file))
        if "pyproject.toml" in names:
            at = place("pyproject.toml", "tool.unleak.")
            data = self._read_others(at.file)
            tool = section(toml(at.file, data).get("tool")) if b"unleak" in data else {}
            if "unleak" in tool:
                yield at, _table(at, tool["unleak"])
        manifest = self._folders.package(folder)
        if manifest and "unleak" in manifest:
            at = place("package.json", "unleak.")
            yield at, _table(at, manifest["unleak"])

    def _read(self, file: str) -> bytes:
        contents = read_file(Path(file), max_bytes=MAX_BYTES)
        if isinstance(contents, Contents):
            return contents.data
        raise ConfigError(file, f"cannot be read: {contents.message}")

    def _read_others(self, file: str) -> bytes:
        """The text of a file that need not be about unleak; empty when it cannot be read."""
        contents = read_file(Path(file), max_bytes=MAX_BYTES)
        if isinstance(contents, Contents):
            return contents.data
        if contents.code == "unreadable":
            self._folders.problems.append(contents)
        return b""


def toml(file: str, data: bytes) -> Mapping[str, Any]:
    """The table that a TOML file holds. Raises ConfigError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(file, f"not UTF-8 (at line {line})") from None
    import tomllib  # seldom needed, and slow to load

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(file, f"not TOML: {error}") from None


def _table(place: Place, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        place.fail("", "must be a table of keys")
    return value
