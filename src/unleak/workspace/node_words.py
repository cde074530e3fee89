"""What a folder says of the Node its code runs on."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from unleak.workspace.dockerfile import is_dockerfile, node_images
from unleak.workspace.folders import Folders, section
from unleak.workspace.places import within
from unleak.workspace.semver import node_range
from unleak.workspace.tsconfig import (
    base_major,
    extended,
    is_elsewhere,
    parse_jsonc,
    target_major,
    target_of,
)
from unleak_engine.ranges import Majors

_LONGEST = 60
"""Characters of a range that are repeated to a reader."""

_MISE = ("mise.toml", ".mise.toml")
_MISE_NODE = ("node", "nodejs", "core:node")


@dataclass(frozen=True, slots=True)
class Word:
    """The majors somebody names, and who it is: `engines of package.json: ">=18"`."""

    majors: Majors
    said: str


def word_of(text: str, where: str) -> Word | None:
    """What the range `text` says that stands in `where`; None when it allows any Node."""
    found = node_range(text)
    if found is None or found == Majors():
        return None
    # Who only says `<=22` lets in all that came before, as old as it may be.
    majors = Majors(found.floor or 0, found.ceiling)
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return Word(majors, f"{where}: {json.dumps(shown, ensure_ascii=False)}")


def stated(folders: Folders, folder: str, top: str) -> Word | None:
    """What the manifests of `folder` say, the first of these that names a version:

    `engines.node` of package.json, its `engines.runtime` and `devEngines.runtime`, its
    `volta.node`; .node-version, .nvmrc, .tool-versions, mise.toml, .mise.toml. The promise comes
    first, then what people happen to run.
    """
    words = (word_of(text, where) for text, where in _statements(folders, folder, top))
    return next((word for word in words if word is not None), None)


def hinted(folders: Folders, folder: str, top: str) -> Word | None:
    """What can be read off files of `folder` that are about something else.

    First tsconfig.json, by the shared base it extends (`@tsconfig/node20`) or a `target` no older
    than ES2023, unless it emits nothing or has the browser's types; then the Dockerfiles, whose
    oldest Node image counts as the floor.
    """
    names = folders.names(folder)
    word = _of_tsconfig(folders, folder, top) if "tsconfig.json" in names else None
    return word or _of_dockerfiles(folders, folder, top)


def _statements(folders: Folders, folder: str, top: str) -> Iterator[tuple[str, str]]:
    """Every range, with where it stands."""
    manifest = folders.package(folder)
    if manifest:
        name = _shown(folder, "package.json", top)
        engines = section(manifest.get("engines"))
        if isinstance(engines.get("node"), str):
            yield engines["node"], f"engines of {name}"
        for text in _runtimes(engines):
            yield text, f"engines of {name}"
        for text in _runtimes(section(manifest.get("devEngines"))):
            yield text, f"devEngines of {name}"
        volta = section(manifest.get("volta")).get("node")
        if isinstance(volta, str):
            yield volta, f"volta of {name}"
    for name in (".node-version", ".nvmrc"):
        for line in _lines(folders.read(folder, name))[:1]:
            yield line, _shown(folder, name, top)
    for line in _lines(folders.read(folder, ".tool-versions")):
        tool, *versions = line.split()
        if tool in ("nodejs", "node") and versions:
            # Further ones are for when the first is not installed.
            yield " || ".join(versions), f"{tool} of {_shown(folder, '.tool-versions', top)}"
    for name in _MISE:
        for text in _mise(folders, folder, name):
            yield text, f"node of {_shown(folder, name, top)}"


def _runtimes(engines: Any) -> Iterator[str]:
    runtime = engines.get("runtime")
    for one in runtime if isinstance(runtime, list) else [runtime]:
        version = section(one).get("version")
        if section(one).get("name") == "node" and isinstance(version, str):
            yield version


def _lines(text: str | None) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in (text or "").splitlines()]
    return [line for line in lines if line]


def _mise(folders: Folders, folder: str, name: str) -> Iterator[str]:
    text = folders.read(folder, name)
    if text is None:
        return
    import tomllib  # seldom needed, and slow to load

    try:
        tools = section(tomllib.loads(text).get("tools"))
    except ValueError as error:
        folders.complain(folder, name, f"not TOML: {error}")
        return
    for key in _MISE_NODE:
        value = tools.get(key)
        versions = value if isinstance(value, list) else [value]
        texts = [section(one).get("version", one) for one in versions]
        if texts and all(isinstance(one, str) for one in texts):
            yield " || ".join(texts)


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
                return Word(Majors(major), f"extends of {where}: {json.dumps(base)}")
    major = target_major(level[0]) if level is not None and not elsewhere else None
    if level is None or major is None:
        return None
    return Word(Majors(major), f"target of {level[1]}: {json.dumps(level[0])}")


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
            yield config, _shown(folder, name, top)
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
    where = _shown(folder, name, top)
    return Word(Majors(floor, ceiling), f"FROM of {where}: {json.dumps(image.name)}")


def _shown(folder: str, name: str, top: str) -> str:
    return os.path.relpath(os.path.join(folder, name), top).replace(os.sep, "/")
