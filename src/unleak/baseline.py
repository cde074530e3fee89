"""The findings that were there before: a file of them, in which a moved line is still the same and
a new twin is not.

    [{"unleak-baseline": 1}
    ,{"path": "src/a.js", "codemod": "pipe-without-pipeline", "fingerprint": "5a…"}
    ]

A finding has a line to itself, sorted, and no line changes with another: what two branches add is
merged as text is. Paths count from the file's folder. What is in the file and is found no more is
stale, and fails a run until it is taken out, so that the number of old findings can only shrink.
"""

import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from unleak.config import ConfigError
from unleak.workspace.read import Contents, read_file

VERSION = 1
MAX_BYTES = 64 << 20
_HEAD = "unleak-baseline"
_FIELDS = ("path", "codemod", "fingerprint")


class Old(NamedTuple):
    """A finding of a baseline. `file` is where its file lies or lay, absolute."""

    file: str
    codemod: str
    fingerprint: str


class Stale(NamedTuple):
    """An entry of the baseline `of`, a path, that is found no more."""

    old: Old
    of: str


class Scope(NamedTuple):
    """What a run looked into: the files it judged, and those it could not; both absolute. `paths`
    are what it was asked for, absolute and free of links, and `codemods` by which ones."""

    paths: tuple[str, ...]
    judged: Collection[str]
    failed: Collection[str]


def read(path: str) -> tuple[Old, ...]:
    """The entries of the baseline at `path`. Raises ConfigError."""
    contents = read_file(Path(path), max_bytes=MAX_BYTES)
    if not isinstance(contents, Contents):
        raise ConfigError(path, f"cannot be read: {contents.message}")
    if any(line.startswith(b"<<<<<<< ") for line in contents.data.split(b"\n")):
        raise ConfigError(path, "has conflict markers in it: keep the lines of both sides")
    try:
        head, *entries = json.loads(contents.data)
        version = head[_HEAD]
        texts = [tuple(entry[field] for field in _FIELDS) for entry in entries]
    except (ValueError, TypeError, KeyError, RecursionError):
        text = "is damaged; take it from git, or write it anew with `unleak baseline write`"
        raise ConfigError(path, text) from None
    if version != VERSION:
        raise ConfigError(path, f"is of version {version}, and this unleak reads {VERSION}")
    if not all(isinstance(text, str) for one in texts for text in one):
        raise ConfigError(path, "is damaged: its entries are not text")
    folder = os.path.dirname(path)
    return tuple(
        Old(os.path.normpath(os.path.join(folder, name)), codemod, fingerprint)
        for name, codemod, fingerprint in dict.fromkeys(texts)
    )


def text_of(entries: Iterable[Old], path: str) -> str:
    """The baseline at `path` with `entries`."""
    folder = os.path.dirname(path)
    rows = {
        (os.path.relpath(old.file, folder).replace(os.sep, "/"), old.codemod, old.fingerprint)
        for old in entries
    }
    lines = [json.dumps({_HEAD: VERSION})]
    lines += (json.dumps(dict(zip(_FIELDS, row, strict=True))) for row in sorted(rows))
    return "[" + "\n,".join(lines) + "\n]\n"


def stale(entries: Iterable[Old], found: Collection[str], scope: Scope) -> list[Old]:
    """Those of `entries` that a run would have found, were they still there: `found` are the
    fingerprints of what it did find."""
    gone: list[Old] = []
    for old in entries:
        if old.fingerprint in found or old.file in scope.failed or not _asked(old.file, scope):
            continue
        if old.file in scope.judged or not os.path.lexists(old.file) or _is_cured(old):
            gone.append(old)
    return gone


def _asked(file: str, scope: Scope) -> bool:
    return any(file == p or file.startswith(p.rstrip(os.sep) + os.sep) for p in scope.paths)


def _is_cured(old: Old) -> bool:
    """Whether a file that nobody looked into has nothing for the codemod: all else that is left
    out is left out for reasons that say nothing of its findings."""
    from unleak import registry
    from unleak_engine.codemod import holds

    contents = read_file(Path(old.file), max_bytes=MAX_BYTES)
    try:
        entry = registry.entry(old.codemod)
    except registry.UnknownNameError:
        return True
    return isinstance(contents, Contents) and not holds(contents.data, entry.needles, entry.also)
