"""Facts of the files around one file: found, read and judged when somebody asks, and then kept.

A package is what lies below the nearest package.json. Facts of a file may need those of others,
which are judged with a port that leads one step less far; so nothing runs in circles, and what is
found depends neither on who asked first nor on how many processes share the work. All facts are
those of the tree as it lies on disk: while a file is being rewritten, those of others stay.
"""

import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from unleak.workspace.neighbours import Seen, Tree
from unleak.workspace.places import within
from unleak.workspace.read import Contents, read_file
from unleak.workspace.resolve import Resolver
from unleak_codemods.streams.calling import calls_of
from unleak_codemods.streams.facts import facts_of
from unleak_codemods.streams.knowledge import is_foreign_pipe, knowledge_in
from unleak_codemods.streams.pipes import may_be_streams
from unleak_engine.codemod import File
from unleak_engine.facts import Callers, Facts, Known
from unleak_engine.grammars import grammar_of
from unleak_engine.source import Source, UnreadableError, parse
from unleak_engine.target import Target

DEPTH = 3
"""How many files away from the one that is judged the last word may come."""

MOST_FILES = 2_000
MOST_BYTES = 12 << 20
"""A package with more source is not searched for callers."""

MOST_CALLERS = 32
"""Files that use one export; with more of them, who calls it is not known."""

LARGEST = 160 << 10
"""Bytes of another file that is still parsed for what it exports."""

KEPT = 3 << 20
"""Bytes of parsed files to keep; a tree takes many times as much."""

_RELATIVE = re.compile(rb"""['"](\.\.?(?:/[^'"\n\\]{0,200})?)['"]""")
_ANY = re.compile(rb"""(?:\brequire\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"`\n]+)['"]""")
"""Strings that are, or may be, module specifiers: relative ones, which most files only have of
their own package, are found twice as fast."""


class _Port(NamedTuple):
    """The port of a file that is judged for another one."""

    known: "PackageIndex"
    path: str
    depth: int

    def exported(self, specifier: str, name: str) -> Known | None:
        return self.known.exported(self.path, specifier, name, self.depth)

    def callers(self, name: str, index: int) -> Callers | None:
        return self.known.callers(self.path, name, index, self.depth)


class _Imports(NamedTuple):
    """Which files of a package import what: (file, specifier) by the last word of the specifier,
    "" for all that are not relative. `whole` when all files could be looked at."""

    by_word: dict[str, list[tuple[str, str]]]
    whole: bool


class PackageIndex:
    """All that is known of the packages of one tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.resolver = Resolver(tree.root)
        self.askers: set[str] = set()
        self._told = 0, 0
        self._targets: dict[str, Target] = {}
        self._asking: dict[str, str | None] = {}
        self._imports: dict[str, _Imports] = {}
        self._entries: dict[str, frozenset[str]] = {}
        self._sources: OrderedDict[str, Source | None] = OrderedDict()
        self._files: OrderedDict[tuple[str, int], File] = OrderedDict()
        self._kept = 0
        self._facts: dict[tuple[str, str, int], Facts | None] = {}
        self._callers: dict[tuple[str, str, int, int], Callers | None] = {}

    def seen(self) -> Seen:
        """What was looked at, less what has been told before."""
        folders, steps = self._told
        later = list(islice(self.resolver.steps, steps, None))
        real = {folder: os.path.realpath(folder) for _, folder in later}
        own = tuple(dict.fromkeys((one, self.resolver.package_of(real[to])) for one, to in later))
        listed = self.resolver.folders.listed
        told = (*islice(listed, folders, None), *real.values())
        self._told = len(listed), steps + len(later)
        asked = frozenset(self.resolver.folders.asked)
        return Seen(told, own, asked, self.resolver.siblings_told)

    def exported(self, path: str, specifier: str, name: str, depth: int = DEPTH) -> Known | None:
        """What export `name` of the module is that `specifier` in the file at `path` leads to."""
        here = self._inside(path)
        if depth <= 0 or here is None:
            return None
        found = self.resolver.resolve(specifier, os.path.dirname(here))
        if found is None or found == here:
            return None
        key = (found, name, depth - 1)
        if key not in self._facts:
            self._facts[key] = self._facts_of(found, name, depth - 1)
        facts = self._facts[key]
        return None if facts is None else Known(self._named(found), facts)

    def _facts_of(self, path: str, name: str, depth: int) -> Facts | None:
        data = self._bytes(path)
        if not (may_be_streams(data, self.tree.options) or (depth > 0 and _RELATIVE.search(data))):
            return None  # nothing in it can be a stream, so it need not be parsed
        file = self._file(path, depth)
        return facts_of(file, name) if file is not None else None

    def callers(self, path: str, name: str, index: int, depth: int = DEPTH) -> Callers | None:
        """What the other files of the package do with export `name` of the file at `path`."""
        here = self._inside(path)
        if depth <= 0 or here is None:
            return None
        key = (here, name, index, depth - 1)
        if key not in self._callers:
            self._callers[key] = self._called(here, name, index, depth - 1)
        return self._callers[key]

    def _called(self, path: str, name: str, index: int, depth: int) -> Callers | None:
        package = self.resolver.package_of(os.path.dirname(path))
        imports = self._imports_of(package)
        if not imports.whole:
            return None
        found: list[Known] = []
        users = self._users(path, imports, _last(name))
        if len(users) > MOST_CALLERS:
            return None
        for other, specifiers in users.items():
            file = self._file(other, depth)
            if file is None:
                return None  # who cannot be read may call it too
            facts = calls_of(file, specifiers, name, index)
            if facts is not None:
                found.append(Known(self._named(other), facts))
        return Callers(tuple(found), path not in self._entries_of(package)) if found else None

    def _users(self, path: str, imports: _Imports, word: bytes) -> dict[str, list[str]]:
        """The files that import the one at `path` and speak of `word`, with the specifiers."""
        # A path to it ends in its own name or, through a manifest, in that of a folder it is in.
        lasts = {"", *(part.partition(".")[0] for part in path.split(os.sep))}
        found: dict[str, list[str]] = {}
        for last in lasts:
            for other, specifier in imports.by_word.get(last, ()):
                if (
                    other == path
                    or self.resolver.resolve(specifier, os.path.dirname(other)) != path
                ):
                    continue
                found.setdefault(other, []).append(specifier)
        return {other: found[other] for other in sorted(found) if word in self._bytes(other)}

    # What is read once.

    def _inside(self, path: str) -> str | None:
        """Where the asking file truly lies; None outside of the root, and in a package whose own
        `.pipe` is another thing: there is nothing to be learnt about streams."""
        if path not in self._asking:
            real = os.path.realpath(path)
            self._asking[path] = real
            if not within(real, self.tree.root) or self._is_foreign(os.path.dirname(real)):
                self._asking[path] = None
        return self._asking[path]

    def _is_foreign(self, folder: str) -> bool:
        name = self.resolver.name_of(self.resolver.package_of(folder))
        known = knowledge_in(self.tree.options)
        return name is not None and is_foreign_pipe(name, known)

    def _named(self, path: str) -> str:
        name = os.path.relpath(path, self.tree.root).replace(os.sep, "/")
        return os.fsencode(name).decode("utf-8", "backslashreplace")

    def _bytes(self, path: str) -> bytes:
        """The bytes of another file, none when it is too large or cannot be read."""
        source = self._sources.get(path)
        if source is not None:
            return source.data
        contents = read_file(Path(path), max_bytes=min(self.tree.max_bytes, LARGEST))
        return contents.data if isinstance(contents, Contents) else b""

    def _file(self, path: str, depth: int) -> File | None:
        """The file at `path`, to be judged with a port that leads `depth` steps; None when it
        cannot be read."""
        file = self._files.get((path, depth))
        if file is None:
            source = self._source(path)
            if source is None:
                return None
            port = _Port(self, path, depth)
            target = self._target(self.resolver.scope_of(os.path.dirname(path)))
            file = File(source, target=target, facts=port, options=self.tree.options)
            self._files[path, depth] = file
        return file

    def _source(self, path: str) -> Source | None:
        if path in self._sources:
            self._sources.move_to_end(path)
            return self._sources[path]
        data = self._bytes(path)
        source = None
        if data:
            try:
                source = parse(self._named(path), data)
            except UnreadableError:
                source = None
        self._sources[path] = source
        self._kept += len(data)
        while self._kept > KEPT and len(self._sources) > 1:
            self._forget()
        return source

    def _forget(self) -> None:
        """Let go of the file that was asked for longest ago; its facts stay."""
        path, source = self._sources.popitem(last=False)
        self._kept -= len(source.data) if source is not None else 0
        for depth in range(DEPTH):
            self._files.pop((path, depth), None)

    def _target(self, scope: str) -> Target:
        """What decides how a file is read. On which Node it runs says nothing about streams."""
        target = self._targets.get(scope)
        if target is None:
            manifest = self.resolver.folders.package(scope) or {}
            target = Target(esm=manifest.get("type") == "module")
            self._targets[scope] = target
        return target

    def _entries_of(self, package: str) -> frozenset[str]:
        if package not in self._entries:
            self._entries[package] = frozenset(self.resolver.entries(package))
        return self._entries[package]

    def _imports_of(self, package: str) -> _Imports:
        if package not in self._imports:
            self._imports[package] = self._read_imports(package)
        return self._imports[package]

    def _read_imports(self, package: str) -> _Imports:
        found: dict[str, list[tuple[str, str]]] = {}
        left = MOST_BYTES
        own = self.resolver.own_words(package)
        for count, path in enumerate(self._sources_in(package)):
            data = _read(path)
            left -= len(data)
            if count == MOST_FILES or left < 0:
                return _Imports({}, whole=False)
            words = set(_RELATIVE.findall(data))
            if own and any(word in data for word in own):
                words |= set(_ANY.findall(data))
            for word in words:
                specifier = word.decode(errors="replace")
                relative = specifier.startswith(".")
                last = specifier.rpartition("/")[2].partition(".")[0] if relative else ""
                found.setdefault(last, []).append((path, specifier))
        return _Imports(found, whole=True)

    def _sources_in(self, package: str) -> Iterator[str]:
        """The source files of a package; packages inside of it are others. What is too large to
        be anything but the work of a bundler has copies of its own, and imports nothing."""
        pending = [package]
        while pending:
            folder = pending.pop()
            self.resolver.steps[package, folder] = None
            try:
                with os.scandir(folder) as listing:
                    entries = list(listing)
            except OSError:
                continue
            names = {entry.name for entry in entries}
            if (
                folder != package
                and "package.json" in names
                and self.resolver.name_of(folder) is not None
            ):
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in ("node_modules", ".git"):
                        pending.append(entry.path)
                elif _is_source(entry):
                    yield entry.path


def _read(path: str) -> bytes:
    """The bytes of a regular file, none of one that cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""


def _is_source(entry: "os.DirEntry[str]") -> bool:
    name = entry.name
    if grammar_of(name) is None or name.endswith((".min.js", ".d.ts", ".d.mts", ".d.cts")):
        return False
    regular = entry.is_file(follow_symlinks=False)
    return regular and entry.stat(follow_symlinks=False).st_size <= LARGEST


def _last(name: str) -> bytes:
    """The word that a file must say to use an export; none for what is exported as a whole."""
    last = name.rpartition(".")[2]
    return b"" if last == "default" else last.encode()
