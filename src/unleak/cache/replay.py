"""A whole run over a repository in which nothing has changed, told once more word by word."""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from unleak.cache import store
from unleak.cache.memory import Memory
from unleak.cache.surroundings import changed_at

LARGEST = 64 << 20
"""Bytes of a report that is still kept."""

Said = tuple[str, bytes | str]
"""A piece of a report: to "out" as bytes, or to "err" as a line."""


class Replay(NamedTuple):
    """What a run has said, in order, and its exit code."""

    said: list[Said]
    code: int


def name_of(memory: Memory, shown: Sequence[object]) -> str:
    """A name for the report about what the folder holds now, told as `shown` says."""
    told = store.key(memory.name, memory.state.fingerprint, os.getcwd(), *shown)
    return f"{told}.report"


def recall(name: str) -> Replay | None:
    """The report of that name, if all that was looked at is still as it was."""
    told = store.read(name)
    try:
        folders, files, said, code = told
        if all(changed_at(path) == changed for path, changed in folders) and all(
            _is(path, changed, size) for path, changed, size in files
        ):
            return Replay(said, code)
    except (TypeError, ValueError):
        pass
    return None


def keep(name: str, memory: Memory, replay: Replay) -> str | None:
    """Keep a report. Why it could not be kept, if so."""
    settled = memory.settled
    if settled is None or sum(len(piece) for _, piece in replay.said) > LARGEST:
        return None
    if any(entry.result is None for entry in settled.files.values()):
        return None
    folders = [(path, folder.changed) for path, folder in settled.folders.items()]
    files: list[tuple[Any, ...]] = [
        (file, entry.changed, entry.size) for file, entry in settled.files.items()
    ]
    files += [
        (os.path.join(path, name), item.changed, item.size)
        for path, folder in settled.folders.items()
        for name, item in folder.items.items()
        if item.held != "folder"
    ]
    return store.keep(name, (folders, files, list(replay.said), replay.code))


def _is(path: str, changed: int, size: int) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return (status.st_ctime_ns, status.st_size) == (changed, size)
