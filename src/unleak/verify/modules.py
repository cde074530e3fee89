"""`node_modules` in a copy: folders of links to the packages of the user's own.

A link that leads back into the tree, as npm makes one for each workspace, leads into the copy, so
that a test that requires its rewritten sibling gets the rewritten one. Other packages stay where
they are, and find what they require from there. Those that require a workspace in turn, and those
that hold a file to be tried, are copied instead: they would find the user's own.
"""

import json
import os
from collections.abc import Iterator, Sequence

from unleak.verify.tree import Copy, aim, is_folder, put
from unleak.workspace.places import within

MODULES = "node_modules"

_OWN_CACHES = {".cache", ".vite", ".vite-temp", ".vitest"}
"""What tools write in `node_modules`; a run in the copy must not write in the user's."""


def put_package(copy: Copy, name: str) -> None:
    """Where `name` lies in a package in `node_modules`, put all of that in the copy: of a package
    that is a link, what it requires of itself would be the user's own."""
    parts = name.split("/")
    if MODULES not in parts:
        return
    end = parts.index(MODULES) + 2
    end += end < len(parts) and parts[end - 1].startswith("@")
    package = "/".join(parts[:end])
    for folder, below, names in os.walk(os.path.join(copy.root, package)):
        links = [one for one in below if os.path.islink(os.path.join(folder, one))]
        for one in [*names, *links]:
            put(copy, os.path.relpath(os.path.join(folder, one), copy.root))


def link_modules(copy: Copy, places: Sequence[str]) -> None:
    """Make the folders of links that stand for the `node_modules` at `places`, paths from the root.
    What is in the copy already is left."""
    packages = [(at, name) for at in places for name in _packages(os.path.join(copy.root, at))]
    for at, name in _requiring_workspaces(copy, packages):
        put_package(copy, os.path.join(at, name))
    for at, name in packages:
        _link(copy, os.path.join(copy.root, at, name), os.path.join(copy.folder, at, name))
    for at in places:
        tools = os.path.join(copy.root, at, ".bin")
        for name in os.listdir(tools) if is_folder(tools) else ():
            _link(copy, os.path.join(tools, name), os.path.join(copy.folder, at, ".bin", name))


def _packages(folder: str) -> Iterator[str]:
    """What lies in a `node_modules`, those of a scope by `@scope/name`."""
    for name in os.listdir(folder):
        if name.startswith("@") and is_folder(os.path.join(folder, name)):
            yield from (f"{name}/{below}" for below in os.listdir(os.path.join(folder, name)))
        elif name not in _OWN_CACHES and name != ".bin":
            yield name


def _requiring_workspaces(
    copy: Copy, packages: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Those of `packages` that require a workspace, or one that does."""
    wanted: set[str] = set()
    required: dict[tuple[str, str], frozenset[str]] = {}
    for at, name in packages:
        full = os.path.join(copy.root, at, name)
        if not os.path.islink(full):
            required[at, name] = _required(os.path.join(full, "package.json"))
        elif within(end := os.path.realpath(full), copy.root) and MODULES not in end.split(os.sep):
            wanted.add(name)
    while wanted:
        found = [key for key, names in required.items() if names & wanted]
        yield from found
        for key in found:
            del required[key]
        wanted = {name for _, name in found}


def _required(manifest: str) -> frozenset[str]:
    """The names of the packages that a manifest asks for; none if it cannot be read."""
    try:
        with open(manifest, "rb") as file:
            said = json.load(file)
        kinds = [said.get(kind) or {} for kind in ("dependencies", "peerDependencies")]
        return frozenset(name for kind in kinds for name in kind)
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return frozenset()


def _link(copy: Copy, old: str, new: str) -> None:
    if os.path.lexists(new):
        return
    os.makedirs(os.path.dirname(new), exist_ok=True)
    if not os.path.islink(old):
        os.symlink(os.path.realpath(old), new)
        return
    end = aim(copy, old)
    # What is not in the copy, as a package's own store is not, stays where it is.
    there = within(end, copy.folder) and os.path.exists(end)
    os.symlink(end if there else os.path.realpath(old), new)
