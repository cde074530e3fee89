"""What the manifests around a file say it runs on.

A folder's word counts for all below it until a nearer one speaks: the Node range of the nearest
folder that states one, the dependencies of all manifests with the nearest on top, the module
system of the nearest package.json alone, as Node has it. `node_words.stated` lists what a folder
may state Node by, in order; only where no folder up to the top states anything, the nearest one
counts that lets it be guessed (`node_hints.hinted`).
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from unleak.workspace.folders import Folders, section
from unleak.workspace.frameworks import Frameworks
from unleak.workspace.node_words import Word, stated, word_of
from unleak.workspace.places import top_of, within
from unleak.workspace.problem import Problem
from unleak_engine.target import UNKNOWN, Target

_DEPENDENCIES = ("optionalDependencies", "devDependencies", "peerDependencies", "dependencies")
"""The later wins: what a package is tried with bows to what it promises to work with."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The target of every file asked for, and which manifests could not be read."""

    by_path: Mapping[Path, Target]
    problems: list[Problem] = field(default_factory=list)


def targets(
    paths: Iterable[Path],
    *,
    root: Path | None = None,
    node: str | None = None,
    where: str = "--node",
    folders: Folders | None = None,
) -> Targets:
    """What each of `paths` will run on, from the manifests between it and `root`.

    Without a `root` it is the file's git work tree, outside of any the working directory or, for
    files elsewhere, the file's own folder. `node`, which stands in `where`, overrides what all
    manifests say of Node. `folders` may have been read from before. Files that run on the same
    have the same target, not only equal ones.
    """
    top = None if root is None else os.path.realpath(root)
    reader = _Reader(top, _start(node, where), folders or Folders())
    return Targets({path: reader.of(path.parent) for path in paths}, reader.problems)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a folder. `sure` when its Node is stated, not guessed."""

    target: Target
    sure: bool = False


def _start(node: str | None, where: str) -> _Known:
    """What is known before anything is read."""
    if node is None:
        return _Known(UNKNOWN)
    word = word_of(node, where)
    # Whoever asks for any Node is not to be told otherwise by a manifest.
    return _Known(UNKNOWN if word is None else _worded(UNKNOWN, word), sure=True)


class _Reader:
    """Reads every folder's manifests once."""

    def __init__(self, root: str | None, start: _Known, folders: Folders) -> None:
        self._root = root
        self._start = start
        self._forced = start.sure
        self._here = os.path.realpath(os.curdir)
        self._folders = folders
        self._frameworks = Frameworks(self._folders)
        self._targets: dict[Path, Target] = {}
        self._known: dict[tuple[str, str], _Known] = {}

    @property
    def problems(self) -> list[Problem]:
        return self._folders.problems

    def of(self, folder: Path) -> Target:
        target = self._targets.get(folder)
        if target is None:
            real = os.path.realpath(folder)
            top = self._root or top_of(real) or self._here
            target = self._at(real, top if within(real, top) else real).target
            self._targets[folder] = target
        return target

    def _at(self, folder: str, top: str) -> _Known:
        known = self._known.get((folder, top))
        if known is None:
            above = self._start if folder == top else self._at(os.path.dirname(folder), top)
            known = self._known[folder, top] = self._told(folder, top, above)
        return known

    def _told(self, folder: str, top: str, above: _Known) -> _Known:
        """What `folder` says itself, over what stands `above` it."""
        target = self._packed(folder, top, above.target)
        if not self._forced and (word := stated(self._folders, folder, top)) is not None:
            return _Known(_worded(target, word), sure=True)
        if not above.sure and (word := self._hinted(folder, top)) is not None:
            return _Known(_worded(target, word))
        return above if target is above.target else _Known(target, above.sure)

    def _hinted(self, folder: str, top: str) -> Word | None:
        from unleak.workspace.node_hints import hinted

        return hinted(self._folders, folder, top)

    def _packed(self, folder: str, top: str, above: Target) -> Target:
        """`above` with what the package.json of `folder` says of modules and dependencies."""
        manifest = self._folders.package(folder)
        if manifest is None:
            return above
        esm, own = manifest.get("type") == "module", _dependencies(manifest)
        name = manifest.get("name")
        if isinstance(name, str) and name != above.package:
            above = replace(above, package=name)
        if not own:
            return above if esm == above.esm else replace(above, esm=esm)
        inherited = {name: it for name, it in above.resolved.items() if name not in own}
        return replace(
            above,
            esm=esm,
            dependencies={**above.dependencies, **own},
            resolved={**inherited, **self._frameworks.resolved(folder, top, own)},
        )


def _worded(target: Target, word: Word) -> Target:
    return replace(
        target, node_floor=word.majors.floor, node_ceiling=word.majors.ceiling, said=word.said
    )


def _dependencies(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: version
        for key in _DEPENDENCIES
        for name, version in section(manifest.get(key)).items()
        if isinstance(version, str)
    }
