"""The majors of the few packages whose handlers behave differently from one to the next."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from unleak.workspace.folders import Folders, section
from unleak_engine.ranges import majors, pinned_major

if TYPE_CHECKING:
    from unleak.workspace.lockfiles import Lock

FRAMEWORKS = frozenset(
    {
        "@google-cloud/functions-framework",
        "@hapi/hapi",
        "@koa/router",
        "@nestjs/common",
        "@nestjs/core",
        "connect",
        "express",
        "fastify",
        "firebase-functions",
        "hapi",
        "hono",
        "koa",
        "micro",
        "next",
        "next-connect",
        "polka",
        "restify",
        "router",
        "routing-controllers",
    }
)
"""Only for these is a lock file read, and only when the manifest leaves the major open."""

_CATALOGS = ("pnpm-workspace.yaml", ".yarnrc.yml")


class Frameworks:
    """Asks catalogs and lock files, each of which is read once."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._locks: dict[str, list[Lock]] = {}
        self._catalogs: dict[str, dict[str, Mapping[str, str]]] = {}

    def resolved(self, folder: str, top: str, declared: Mapping[str, str]) -> dict[str, int]:
        """The majors of those among `declared`, by the package.json of `folder`, that are open.

        A package that is there for others must get on with every major it lets in, so of a peer
        that is not pinned none is named.
        """
        found: dict[str, int] = {}
        for name in FRAMEWORKS & declared.keys():
            text = declared[name].strip()
            if pinned_major(text, name) is not None:
                continue
            if text.startswith("catalog:"):
                text = self._cataloged(folder, top, name, text.removeprefix("catalog:")) or text
            major = pinned_major(text, name)
            if major is None and not _is_alias(text, name) and not self._is_peer(folder, name):
                major = self._locked(folder, top, name, text)
            if major is not None:
                found[name] = major
        return found

    def _is_peer(self, folder: str, name: str) -> bool:
        manifest = self._folders.package(folder) or {}
        return name in section(manifest.get("peerDependencies")) and name not in section(
            manifest.get("dependencies")
        )

    def _cataloged(self, folder: str, top: str, name: str, catalog: str) -> str | None:
        for above in _up(folder, top):
            if above not in self._catalogs:
                self._catalogs[above] = dict(self._catalogs_of(above))
            found = self._catalogs[above].get(catalog.strip() or "default", {})
            if name in found:
                return found[name].strip()
        return None

    def _catalogs_of(self, folder: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The catalogs of pnpm, Yarn and Bun that stand in `folder`, by name."""
        from unleak.workspace.yaml import documents

        sources = [
            document
            for name in _CATALOGS
            for document in documents(
                self._folders.read(folder, name) or "", ("catalog", "catalogs")
            )
        ]
        manifest = self._folders.package(folder) or {}
        for source in (*sources, manifest, section(manifest.get("workspaces"))):
            named = section(source.get("catalogs"))
            default = source.get("catalog") or named.get("default")
            for name, catalog in {**named, "default": default}.items():
                words = {k: v for k, v in section(catalog).items() if isinstance(v, str)}
                if words:
                    yield name, words

    def _locked(self, folder: str, top: str, name: str, declared: str) -> int | None:
        """The major that all lock files of the nearest folder with any agree on."""
        from unleak.workspace.lockfiles import Asked

        for above in _up(folder, top):
            if above not in self._locks:
                self._locks[above] = list(self._locks_of(above))
            locks = self._locks[above]
            if locks:
                manifest = self._folders.package(folder) or {}
                package = manifest.get("name")
                inside = "" if folder == above else os.path.relpath(folder, above)
                asked = Asked(
                    name,
                    declared.removeprefix("npm:").removeprefix(f"{name}@"),
                    inside.replace(os.sep, "/"),
                    package if isinstance(package, str) else "",
                )
                found = {lock.major(asked) for lock in locks}
                return found.pop() if len(found) == 1 else None
        return None

    def _locks_of(self, folder: str) -> "Iterator[Lock]":
        from unleak.workspace.lockfiles import LOCKS, lock_of

        for name in sorted(LOCKS.keys() & self._folders.names(folder)):
            text = self._folders.read(folder, name)
            if text is not None:
                try:
                    yield lock_of(name, text)
                except ValueError as error:
                    self._folders.complain(folder, name, f"not a lock file: {error}")


def _is_alias(declared: str, name: str) -> bool:
    """Whether the name stands for a package of another name."""
    if not declared.startswith("npm:"):
        return False
    target = declared[4:]
    return target != name and not target.startswith(f"{name}@") and majors(target) is None


def _up(folder: str, top: str) -> Iterator[str]:
    """`folder` and those above it, up to `top`."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if folder == top or parent == folder:
            return
        folder = parent
