"""Where what is remembered lies: files in the user's cache folder, one value each.

Nothing here ever fails: what cannot be read is not there, and what cannot be written is not kept.
A file is written whole under another name and then put in place, so two runs do not get in each
other's way. It is read only if nobody else may have written it, and if its sum is right.
"""

import contextlib
import hashlib
import marshal
import os
import stat
import sys
from collections.abc import Sequence
from typing import Any

LARGEST = 512 << 20
"""Bytes that all of it may take; what was not used for longest goes first."""

_CODE = (
    "unleak",
    "unleak_codemods",
    "unleak_engine",
    "tree_sitter",
    "tree_sitter_javascript",
    "tree_sitter_typescript",
)
"""All that has a say in what is found."""

_LARGE = ("libcst",)
"""The same; of their many files those at the top tell which version they are."""

_MAGIC = b"unleak 1\n"
_SUM = 32


def place() -> str:
    """The folder that holds it: `$XDG_CACHE_HOME/unleak`, or `~/.cache/unleak`."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(home if os.path.isabs(home) else os.path.expanduser("~/.cache"), "unleak")


def key(*parts: object) -> str:
    """A name for what depends on `parts`, which are plain values, and on nothing else but this
    unleak and this Python."""
    told = repr((_own(), sys.version, parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:40]


def read(name: str) -> Any:
    """The value that was kept under `name`; None when there is none that can be trusted."""
    try:
        descriptor = os.open(os.path.join(place(), name), os.O_RDONLY | _NO_WAIT | _NO_LINK)
        with open(descriptor, "rb") as file:
            if not _is_ours(os.fstat(descriptor)):
                return None
            data = memoryview(file.read())
        start = len(_MAGIC) + _SUM
        body = data[start:]
        if data[:start] != _MAGIC + hashlib.sha256(body).digest():
            return None
        with contextlib.suppress(OSError):
            os.utime(os.path.join(place(), name))
        return marshal.loads(body)
    except (OSError, ValueError, EOFError, TypeError):
        return None


def keep(name: str, value: Any) -> str | None:
    """Keep `value`, of plain types only, under `name`. Why it could not be kept, if so."""
    folder = place()
    new = os.path.join(folder, f".{name}.{os.urandom(8).hex()}")
    try:
        body = marshal.dumps(value)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not _is_ours(os.stat(folder)):
            return f"{folder} can be written by others"
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
            with open(descriptor, "wb") as file:
                file.writelines((_MAGIC, hashlib.sha256(body).digest(), body))
            os.replace(new, os.path.join(folder, name))
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise
        _prune(folder)
    except OSError as error:
        return f"{folder}: {error.strerror or error}"
    except ValueError as error:
        return str(error)
    return None


_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # for what somebody may have put in the place of a file
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def _is_ours(status: os.stat_result) -> bool:
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return mine and not stat.S_IMODE(status.st_mode) & 0o022


def _prune(folder: str) -> None:
    """Take away what was not used for longest, and what a run that was killed left behind."""
    found: list[tuple[int, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                found.append((status.st_mtime_ns, status.st_size, entry.path))
    newest = max((when for when, _, _ in found), default=0)
    total = 0
    for when, size, path in sorted(found, reverse=True):
        half = os.path.basename(path).startswith(".")
        total += size
        if total > LARGEST or (half and newest - when > 3600 * 10**9):
            with contextlib.suppress(OSError):
                os.unlink(path)


_known_own = ""


def _own() -> str:
    """One word for the code that is at work, as its files' times and sizes tell."""
    global _known_own
    if not _known_own:
        from importlib.util import find_spec

        stamps: list[tuple[str, int, int]] = []
        for package in (*_CODE, *_LARGE):
            spec = find_spec(package)
            if spec is not None:
                places = spec.submodule_search_locations or ()
                stamps += _stamps(places, deep=package not in _LARGE)
        _known_own = hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest()
    return _known_own


def _stamps(pending: Sequence[str], *, deep: bool) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    folders = list(pending)
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    folders += [entry.path] * deep
                else:
                    status = entry.stat()
                    found.append((entry.path, status.st_mtime_ns, status.st_size))
    return found
