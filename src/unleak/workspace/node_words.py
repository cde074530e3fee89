"""What a folder says outright of the Node its code runs on."""

import json
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from unleak.workspace.folders import Folders, section
from unleak.workspace.semver import node_range
from unleak_engine.ranges import Majors

_LONGEST = 60
"""Characters of a range that are repeated to a reader."""

_MISE = ("mise.toml", ".mise.toml")
_MISE_NODE = ("node", "nodejs", "core:node")


class Word(NamedTuple):
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
    return Word(majors, f"{where}: {quoted(text)}")


def quoted(text: str) -> str:
    """`text` for a reader: in quotes, on one line, and not too long."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return json.dumps(short, ensure_ascii=False)


def stated(folders: Folders, folder: str, top: str) -> Word | None:
    """What the manifests of `folder` say, the first of these that names a version:

    `engines.node` of package.json, its `engines.runtime` and `devEngines.runtime`, its
    `volta.node`; .node-version, .nvmrc, .tool-versions, mise.toml, .mise.toml. The promise comes
    first, then what people happen to run.
    """
    words = (word_of(text, where) for text, where in _statements(folders, folder, top))
    return next((word for word in words if word is not None), None)


def _statements(folders: Folders, folder: str, top: str) -> Iterator[tuple[str, str]]:
    """Every range, with where it stands."""
    manifest = folders.package(folder)
    if manifest:
        name = shown(folder, "package.json", top)
        engines = section(manifest.get("engines", manifest.get("engine")))  # a common slip
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
            yield line, shown(folder, name, top)
    for line in _lines(folders.read(folder, ".tool-versions")):
        tool, *versions = line.split()
        if tool in ("nodejs", "node") and versions:
            # Further ones are for when the first is not installed.
            yield " || ".join(versions), f"{tool} of {shown(folder, '.tool-versions', top)}"
    for name in _MISE:
        for text in _mise(folders, folder, name):
            yield text, f"node of {shown(folder, name, top)}"


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


def shown(folder: str, name: str, top: str) -> str:
    """What a reader knows a file by: its path below `top`, with slashes."""
    return os.path.relpath(os.path.join(folder, name), top).replace(os.sep, "/")
