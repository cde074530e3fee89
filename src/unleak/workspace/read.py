"""A file's bytes, and enough about it to tell later whether it is still the same."""

import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from unleak.workspace.problem import Problem, told
from unleak_engine.source import too_large

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
"""Opening a pipe that nobody writes to would wait for ever."""


class Stamp(NamedTuple):
    """What the file system says of a file; `mtime_ns` in nanoseconds, `size` in bytes."""

    dev: int
    ino: int
    mode: int
    mtime_ns: int
    size: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        return cls(status.st_dev, status.st_ino, status.st_mode, status.st_mtime_ns, status.st_size)


class Contents(NamedTuple):
    """A file as it was read."""

    path: Path
    data: bytes
    stamp: Stamp

    @property
    def sha256(self) -> str:
        return sha256(self.data)


def sha256(data: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def read_file(path: Path, *, max_bytes: int | None = None) -> Contents | Problem:
    """The file at `path`, links followed.

    Problems: "vanished", "is-directory", "not-a-file" (a pipe, a device), "unreadable",
    "too-large" (more than `max_bytes`).
    """
    try:
        descriptor = os.open(path, _FLAGS | _NO_WAIT)
        try:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                return Problem(path, "is-directory", "a folder, not a file")
            if not stat.S_ISREG(status.st_mode):
                return Problem(path, "not-a-file", "neither a file nor a folder")
            if max_bytes is not None and status.st_size > max_bytes:
                return Problem(path, "too-large", too_large(status.st_size, max_bytes))
            with open(descriptor, "rb", closefd=False) as file:
                return Contents(path, file.read(), Stamp.of(status))
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError):
        return Problem(path, "vanished", "it is no longer there")
    except OSError as error:
        return Problem(path, "unreadable", told(error))
