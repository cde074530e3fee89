"""What a folder lets guess of the Node its code runs on, where nobody says it outright."""

import os
from collections.abc import Iterator
from typing import Any

from unleak.workspace.dockerfile import is_dockerfile, node_images
from unleak.workspace.folders import Folders
from unleak.workspace.node_words import Word, quoted, shown
from unleak.workspace.places import within
from unleak.workspace.tsconfig import (
    base_major,
    extended,
    is_elsewhere,
    parse_jsonc,
    target_major,
    target_of,
)
from unleak_engine.ranges import Majors


def hinted(folders: Folders, folder: str, top: str) -> Word | None:
    """What can be read off files of `folder` that are about something else.

    First tsconfig.json, by the shared base it extends (`@tsconfig/node20`) or a `target` no older
    than ES2023, unless it emits nothing or has the browser's types; then the Dockerfiles, whose
    oldest Node image counts as the floor.
    """
    names = folders.names(folder)
    word = _of_tsconfig(folders, folder, top) if "tsconfig.json" in names else None
    return word or _of_dockerfiles(folders, folder, top)


def _of_tsconfig(folders: Folders, folder: str, top: str) -> Word | None:
    path = os.path.join(folder, "tsconfig.json")
    level: tuple[str, str] | None = None
    elsewhere = False
    for config, where in _configs(folders, path, top):
        elsewhere = elsewhere or is_elsewhere(config)
        target = target_of(config)
        if target is not None and level is None:
            level = target, where
        for base in extended(config):
            major = base_major(base)
            if major is not None:
                return Word(Majors(major), f"extends of {where}: {quoted(base)}")
    major = target_major(level[0]) if level is not None and not elsewhere else None
    if level is None or major is None:
        return None
    return Word(Majors(major), f"target of {level[1]}: {quoted(level[0])}")


def _configs(folders: Folders, path: str, top: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The configuration at `path` and those below `top` that it extends, nearest first."""
    seen: set[str] = set()
    waiting = [path]
    while waiting:
        path = waiting.pop()
        folder, name = os.path.split(path)
        text = folders.read(folder, name) if path not in seen and within(path, top) else None
        seen.add(path)
        if text is None:
            continue
        try:
            config = parse_jsonc(text)
        except (ValueError, RecursionError) as error:
            folders.complain(folder, name, f"not JSON: {error}")
            continue
        if isinstance(config, dict):
            yield config, shown(folder, name, top)
            near = [base for base in extended(config) if base.startswith((".", "/"))]
            waiting += reversed([_config_path(folders, folder, base) for base in near])


def _config_path(folders: Folders, folder: str, base: str) -> str:
    path = os.path.normpath(os.path.join(folder, base))
    inside, name = os.path.split(path)
    return path if name in folders.names(inside) else f"{path}.json"


def _of_dockerfiles(folders: Folders, folder: str, top: str) -> Word | None:
    """A tag that moves is taken to be newer than any that names a version."""
    images = [
        (image, name)
        for name in sorted(folders.names(folder))
        if is_dockerfile(name)
        for image in node_images(folders.read(folder, name) or "")
    ]
    known = [(image.major, image, name) for image, name in images if image.major is not None]
    if not known:
        return None
    floor, image, name = min(known, key=lambda one: one[0])
    ceiling = max(major for major, _, _ in known) if len(known) == len(images) else None
    where = shown(folder, name, top)
    return Word(Majors(floor, ceiling), f"FROM of {where}: {quoted(image.name)}")
