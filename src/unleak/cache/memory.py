"""What the last run over a folder of a repository has found out, and which of it still holds.

A result depends on the file, on the manifests and the configuration around it, and, if its judge
has asked, on other files of the tree. The first is compared file by file. When anything changes
that might be a manifest, nothing is reused. For the rest a package is the measure: a run keeps
which package has led to which other one, and a result of a judge that asked is reused only if no
source has changed in any package that its own leads to, over however many steps.
"""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from unleak.cache import store
from unleak.cache.pack import Packed, Packer, has_sites, unpack
from unleak.cache.surroundings import (
    Folder,
    Item,
    changed_at,
    differences,
    resurveyed,
    since,
    surveyed,
    touched,
)
from unleak.run import FileResult, Judgement, Skipped, Wanted
from unleak.workspace.folders import Folders
from unleak.workspace.places import top_of
from unleak.workspace.resolve import Resolver
from unleak.workspace.state import (
    GONE,
    Asking,
    State,
    UnsettledError,
    ancestors,
    below,
    blob,
    changes,
    contents,
    is_manifest,
)

TICK = 20_000_000
"""Nanoseconds by which a file system's clock may lag behind ours."""

PASSING = frozenset(
    {"crashed", "internal", "is-directory", "not-a-file", "timeout", "unreadable", "vanished"}
)
"""Reasons to leave a file out that may be gone the next time."""


class Entry(NamedTuple):
    """A file that may hold something: what its text is (the name git has for it) and when it was
    so; the package it asked about others from, or none; where its helpers go; its result, None
    when it has to be judged again."""

    held: str
    changed: int
    size: int
    asker: str
    place: str
    result: Packed | None


class Snapshot(NamedTuple):
    """All that a run has found out.

    `folders` are those it has looked into, `steps` lead from a package to another, `siblings`
    says in one word which packages the workspace has. `skipped` and `unread` are what was to be
    told of files that were not judged, and of manifests.
    """

    listing: bytes
    overlay: dict[str, str]
    folders: dict[str, Folder]
    steps: list[tuple[str, str]]
    siblings: list[str]
    skipped: list[tuple[str, str, str]]
    unread: list[tuple[str, str, str]]
    files: dict[str, Entry]


def folder_of(wanted: Wanted) -> str:
    """The folder that holds all that is wanted. Raises UnsettledError where nothing is to be
    remembered."""
    places = [os.path.abspath(path) for path in wanted.paths]
    for place in places:
        if not os.path.isdir(place) or os.path.realpath(place) != place:
            raise UnsettledError("it is for folders, and not for links to them")
    if len({top_of(place) for place in places}) != 1:
        raise UnsettledError("the folders are not of one repository")
    return os.path.commonpath(places)


class Memory:
    """The memory of one run: asked first which files are in doubt, told then what came of them."""

    def __init__(self, wanted: Wanted, state: State, began: int, *, texts: bool) -> None:
        """`state` is what the folder holds, for which git was asked at `began`, in nanoseconds;
        `texts` tells whether somebody will look at the text of files with findings."""
        self.began = began - TICK
        self.state = state
        self.known: list[FileResult] = []
        self.places: dict[str, str] = {}
        self.skipped: list[Skipped] = []
        self.unread: list[Skipped] = []
        self.trouble = ""
        self.settled: Snapshot | None = None
        """What holds after the run; None when something changed meanwhile."""
        self.dated = False
        """Whether what is told depends on the day."""
        self._texts = texts or wanted.rewrite is not None
        self.name = key_of(wanted, self.state)
        self._kept: dict[str, Entry] = {}
        self._old: Snapshot | None = None
        self._folders: dict[str, Folder] = {}
        self._contents: dict[str, str] | None = None
        self._around: set[str] = set()
        self._doubtful: frozenset[str] = frozenset()

    # Before the run.

    def doubtful(self) -> frozenset[str] | None:
        """The files to be looked at; None for all there are."""
        try:
            told = store.read(f"{self.name}.tree")
            old = None if told is None else _snapshot(told)
        except (TypeError, ValueError, KeyError, AttributeError):
            old = None
        if old is None:
            return None
        try:
            return self._compare(old)
        except UnsettledError:
            self._forget()
            return None

    def _forget(self) -> None:
        self.known, self.places, self.skipped, self.unread = [], {}, [], []
        self._kept, self._old, self._folders = {}, None, {}

    def _compare(self, old: Snapshot) -> frozenset[str] | None:
        state = self.state
        was = State(state.top, state.folder, old.listing, old.overlay)
        changed = {
            os.path.join(state.folder, path): held for path, held in changes(was, state).items()
        }
        moved = [path for path, held in changed.items() if GONE in held]
        folders = resurveyed(old.folders, ancestors(moved), self._covered)
        changed |= differences(old.folders, folders)
        if any(_reaches_far(path, held) for path, held in changed.items()):
            return None
        resolver = Resolver(state.top)
        moved = [path for path, held in changed.items() if GONE in held]
        if moved and any(_siblings(state.top) != told for told in old.siblings):
            return None
        packages = {resolver.package_of(os.path.dirname(path)) for path in changed}
        stale = _leading_to(packages, old.steps)
        for file, entry in old.files.items():
            if file in changed or entry.result is None or entry.asker in stale:
                continue
            checked = self._checked(file, entry)
            if checked is not None:
                self._kept[file] = checked
        doubtful = frozenset({*changed, *old.files} - self._kept.keys())
        if old.unread and doubtful:
            # Which manifests are told of depends on which files there are.
            self._forget()
            return None
        self._old, self._folders = old, folders
        self.places = {file: entry.place for file, entry in self._kept.items()}
        self.skipped = [Skipped(*one) for one in old.skipped if one[0] not in changed]
        self.unread = [Skipped(*one) for one in old.unread]
        self._doubtful = doubtful
        return doubtful

    def _checked(self, file: str, entry: Entry) -> Entry | None:
        """`entry` with its result taken up, None when the file holds something else. That can be
        where git says it does not: it may store a text with other line ends."""
        result = entry.result or ()
        text = b""
        stamp = _stamp(file) if self.state.converts else (entry.changed, entry.size)
        if stamp != (entry.changed, entry.size) or (self._texts and has_sites(result)):
            try:
                with open(file, "rb") as stream:
                    text = stream.read()
            except OSError:
                return None
            if blob(text) != entry.held:
                return None
            entry = entry._replace(changed=stamp[0], size=stamp[1])
        path = (below(self.state.top, file) or file).replace(os.sep, "/")
        self.known.append(unpack(result, file, path, text if self._texts else b""))
        return entry

    # After it.

    def learn(
        self,
        judgements: Sequence[Judgement],
        places: Mapping[str, str],
        skipped: Sequence[Skipped],
        unread: Sequence[Skipped],
        folders: Folders,
    ) -> None:
        """Keep what the run has found out, if nothing has changed meanwhile."""
        self.places |= places
        self.dated = any(one.dated for one in judgements)
        try:
            snapshot = self._learnt(judgements, places, skipped, unread, folders)
        except UnsettledError as error:
            self.trouble = str(error)
            return
        self.settled = snapshot
        if snapshot is not self._old:
            self.trouble = store.keep(f"{self.name}.tree", _plain(snapshot)) or ""

    def _learnt(
        self,
        judgements: Sequence[Judgement],
        places: Mapping[str, str],
        skipped: Sequence[Skipped],
        unread: Sequence[Skipped],
        folders: Folders,
    ) -> Snapshot:
        old = self._old
        if any(one.code != "generated" for one in skipped):
            raise UnsettledError("not everything could be looked at")
        asked = [one.asked for one in judgements if one.asked is not None]
        names = folders.asked.union(*(seen.names for _, seen in asked))
        if not all(map(is_manifest, names)):
            raise UnsettledError("a file was read as a manifest that has the name of none")
        seen = {*folders.listed, *(path for _, one in asked for path in one.folders)}
        if old is None:
            # What git has searched was not read here, so git is asked again.
            if Asking(self.state.folder).taken().fingerprint != self.state.fingerprint:
                raise UnsettledError("files have changed meanwhile")
        elif touched(seen, self.began) or self._later(self._doubtful - places.keys()):
            raise UnsettledError("files have changed meanwhile")
        around = {path: surveyed(path, self._covered) for path in seen - self._folders.keys()}
        around |= self._folders
        if since(self.began, around.values()):
            raise UnsettledError("folders have changed meanwhile")
        files = {**self._kept, **self._judged(judgements, places)}
        if old is not None and not places and self._same(old):
            return old
        steps = {step for _, one in asked for step in one.steps}
        siblings = {one.siblings for _, one in asked if one.siblings}
        return Snapshot(
            self.state.listing,
            dict(self.state.overlay),
            around,
            list(steps.union(old.steps if old else ())),
            list(siblings.union(old.siblings if old else ())),
            [_short(one) for one in (*skipped, *self.skipped)],
            list(dict.fromkeys(_short(one) for one in (*unread, *self.unread))),
            files,
        )

    def _later(self, files: Iterable[str]) -> bool:
        return any(changed_at(file) >= self.began for file in files)

    def _same(self, old: Snapshot) -> bool:
        return (
            self._kept == old.files
            and self._folders == old.folders
            and self.state.listing == old.listing
            and self.state.overlay == old.overlay
        )

    def _judged(
        self, judgements: Iterable[Judgement], places: Mapping[str, str]
    ) -> dict[str, Entry]:
        packer = Packer()
        told = {one.result.file: one for one in judgements}
        entries: dict[str, Entry] = {}
        for file, place in places.items():
            entry = Entry("", 0, 0, "", place, None)
            one = told.get(file)
            # What users have accepted is worked out anew: it is little, and may depend on the day.
            passing = (
                one is None or one.spoken or any(s.code in PASSING for s in one.result.skipped)
            )
            changed, size = _stamp(file)
            if one is not None and not passing and 0 < changed < self.began:
                asker = one.asked[0] if one.asked is not None else ""
                result = packer.pack(one.result)
                entry = Entry(one.blob, changed, size, asker, place, result)
            entries[file] = entry
        return entries

    def _covered(self, path: str) -> bool:
        inside = below(self.state.folder, path)
        if inside is None:
            return False
        if self._contents is None:
            self._contents = contents(self.state)
            self._around = ancestors(self._contents)
        return inside in self._contents or inside in self._around


def _short(one: Skipped) -> tuple[str, str, str]:
    return one.path, one.code, one.message


def _stamp(file: str) -> tuple[int, int]:
    try:
        status = os.stat(file)
    except OSError:
        return 0, -1
    return status.st_ctime_ns, status.st_size


def key_of(wanted: Wanted, state: State) -> str:
    """A name for what is asked for, whatever the files hold."""
    return store.key(
        state.top,
        sorted(os.path.abspath(path) for path in wanted.paths),
        [entry.name for entry in wanted.codemods],
        wanted.selected,
        sorted(wanted.unwanted),
        wanted.no_baseline,
        wanted.rewrite and wanted.rewrite.value,
        wanted.node,
        wanted.helpers and (wanted.helpers, os.path.realpath(os.curdir)),
        wanted.max_bytes,
        state.converts,
    )


def _reaches_far(path: str, held: tuple[str, str]) -> bool:
    """Whether a change may matter to files of any package: a manifest, a link."""
    kinds = set(held) - {GONE}
    if kinds == {"folder"}:
        return False
    return is_manifest(path) or any(" " in kind or kind == "folder" for kind in kinds)


def _siblings(top: str) -> str:
    resolver = Resolver(top)
    _ = resolver.siblings
    return resolver.siblings_told


def _leading_to(packages: Collection[str], steps: Iterable[tuple[str, str]]) -> set[str]:
    """`packages`, and those that lead to any of them."""
    back: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in steps:
        back[other].append(one)
    found, pending = set(packages), list(packages)
    while pending:
        for one in back[pending.pop()]:
            if one not in found:
                found.add(one)
                pending.append(one)
    return found


def _plain(snapshot: Snapshot) -> tuple[Any, ...]:
    """A snapshot in types that can be written down."""
    folders = {
        path: (one.changed, {name: tuple(item) for name, item in one.items.items()})
        for path, one in snapshot.folders.items()
    }
    files = {path: tuple(entry) for path, entry in snapshot.files.items()}
    return (*snapshot._replace(folders={}, files={}), folders, files)


def _snapshot(told: tuple[Any, ...]) -> Snapshot:
    *parts, folders, files = told
    return Snapshot(*parts)._replace(
        folders={
            path: Folder(changed, {name: Item(*item) for name, item in items.items()})
            for path, (changed, items) in folders.items()
        },
        files={path: Entry(*entry) for path, entry in files.items()},
    )
