"""What a whole run has said, kept word by word with what it was about."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from unleak.cache import store

if TYPE_CHECKING:
    from unleak.cache.memory import Snapshot

LARGEST = 64 << 20
"""Bytes of a report that is still kept."""


class Replay(NamedTuple):
    """What a run has said, in order, bytes to stdout and lines to stderr, and its exit code."""

    said: Sequence[bytes | str]
    code: int


def recall(name: str) -> Replay | None:
    """The report of that name, if all that was looked at is still as it was."""
    told = store.read(name)
    try:
        folders, files, said, code = told
        if all(map(_has_changed, *folders)) and all(map(_is, *files)):
            return Replay(said, code)
    except (TypeError, ValueError):
        pass
    return None


def keep(name: str, settled: "Snapshot", converts: bool, replay: Replay) -> str | None:
    """Keep a report about what has `settled`. Why it could not be kept, if so. Where git `converts`
    texts, it does not tell all that happens to a file."""
    if sum(map(len, replay.said)) > LARGEST:
        return None
    if any(entry.result is None for entry in settled.files.values()):
        return None
    folders = [(path, folder.changed) for path, folder in settled.folders.items()]
    own = settled.files.items() if converts else ()
    files = [(file, entry.changed, entry.size) for file, entry in own]
    files += [
        (os.path.join(path, name), item.changed, item.size)
        for path, folder in settled.folders.items()
        for name, item in folder.items.items()
        if item.held != "folder"
    ]
    columns = [*zip(*folders, strict=True)] or [(), ()], [*zip(*files, strict=True)] or [(), (), ()]
    return store.keep(name, (*columns, list(replay.said), replay.code))


def _has_changed(path: str, changed: int) -> bool:
    """Whether a folder has last changed then; 0 is one that is not there."""
    try:
        return os.stat(path).st_ctime_ns == changed
    except OSError:
        return changed == 0


def _is(path: str, changed: int, size: int) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return status.st_ctime_ns == changed and status.st_size == size
