"""Replacing a file's text: all of it or nothing, whenever the power goes.

The new text is written beside the old one, brought to disk, and then takes its name. Whoever reads
meanwhile gets one of the two, whole.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from unleak.workspace.places import within
from unleak.workspace.problem import Problem, told
from unleak.workspace.read import Stamp, read_file, sha256

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Written:
    """A file that now holds the new text. `notes` are what its owner may want to know."""

    path: Path
    notes: tuple[str, ...] = ()


def write_file(
    path: Path, new: bytes, *, expect_sha256: str, root: Path, mark: str = ""
) -> Written | Problem:
    """Make `new` the text of the file at `path`, if its old text hashes to `expect_sha256`.

    Mode, owner and extended attributes are kept. Of a link the target is written, and neither may
    lie outside `root`. `mark` names the temporary file, for `sweep`. Problems, each of which
    leaves the old file whole: "outside-root", "changed", "read-only", "owner", "disk-full",
    "unwritable", and those of `read_file`.
    """
    target = Path(os.path.realpath(path))
    if not within(str(target), os.path.realpath(root)):
        return Problem(path, "outside-root", f"it leads to {target}, outside of {root}")
    old = read_file(target)
    if isinstance(old, Problem):
        return Problem(path, old.code, old.message)
    if sha256(old.data) != expect_sha256:
        return Problem(path, "changed", "it has changed since it was read")
    if not old.stamp.mode & 0o222 or not os.access(target, os.W_OK):
        return Problem(path, "read-only", "the file is read-only")
    try:
        return _replace(path, target, new, old.stamp, mark)
    except OSError as error:
        return Problem(path, _code(error), f"not written: {told(error)}")


def create_file(path: Path, data: bytes, *, root: Path, mark: str = "") -> Written | Problem:
    """Put a new file at `path`, in folders that are made if need be; nothing is overwritten.

    Problems: "outside-root", "changed" (there is a file by now), "disk-full", "unwritable".
    """
    folder = Path(os.path.realpath(path.parent))
    if not within(str(folder), os.path.realpath(root)):
        return Problem(path, "outside-root", f"it would lie in {folder}, outside of {root}")
    beside = folder / _temporary(mark)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            try:
                _fill(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.link(beside, folder / path.name)  # unlike a rename, this never overwrites
        finally:
            _drop(beside)
    except FileExistsError:
        return Problem(path, "changed", "there is a file of that name by now")
    except OSError as error:
        return Problem(path, _code(error), f"not written: {told(error)}")
    return Written(path, _settled(folder))


def remove_file(path: Path, *, expect_sha256: str, root: Path) -> Written | Problem:
    """Take away the file at `path` if its text hashes to `expect_sha256`, no link followed.

    Problems: "outside-root", "changed", "not-a-file", those of `read_file`, "read-only".
    """
    folder = Path(os.path.realpath(path.parent))
    if not within(str(folder), os.path.realpath(root)):
        return Problem(path, "outside-root", f"it lies in {folder}, outside of {root}")
    if path.is_symlink():
        return Problem(path, "not-a-file", "a link stands there by now")
    found = read_file(folder / path.name)
    if isinstance(found, Problem):
        return Problem(path, found.code, found.message)
    if sha256(found.data) != expect_sha256:
        return Problem(path, "changed", "it has changed since it was written")
    try:
        os.unlink(folder / path.name)
    except OSError as error:
        return Problem(path, _code(error), f"not removed: {told(error)}")
    return Written(path, _settled(folder))


def sweep(root: Path, paths: Iterable[str], mark: str) -> None:
    """Remove the temporary files that a stopped run of this `mark` has left beside `paths`."""
    for folder in {os.path.dirname(os.path.realpath(root / path)) for path in paths}:
        if not within(folder, os.path.realpath(root)):
            continue
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                if name.startswith(f".unleak-{mark}-") and name.endswith(".tmp"):
                    os.unlink(os.path.join(folder, name))


def _temporary(mark: str) -> str:
    return f".unleak-{mark}{mark and '-'}{secrets.token_hex(8)}.tmp"


def _replace(path: Path, target: Path, new: bytes, stamp: Stamp, mark: str) -> Written | Problem:
    status = os.stat(target)
    beside = target.with_name(_temporary(mark))
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            _fill(descriptor, new)
            if not _dress(descriptor, target, status):
                return Problem(path, "owner", "it belongs to another user, who would lose it")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        # The last moment to see that an editor was faster.
        if Stamp.of(os.stat(target, follow_symlinks=False)) != stamp:
            return Problem(path, "changed", "it has changed since it was read")
        os.replace(beside, target)
    finally:
        _drop(beside)
    return Written(path, (*_links(status), *_settled(target.parent)))


def _drop(beside: Path) -> None:
    """Remove a temporary file. What became of the text itself does not depend on it, and `sweep`
    may have more luck."""
    with contextlib.suppress(OSError):
        os.unlink(beside)


def _fill(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _dress(descriptor: int, target: Path, status: os.stat_result) -> bool:
    """Give the new file the old one's owner, mode and attributes; False when it cannot be."""
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.fchown(descriptor, status.st_uid, status.st_gid)
        except PermissionError:
            return False
    if hasattr(os, "listxattr"):
        # Not every file system has them, and some of them only root may set.
        with contextlib.suppress(OSError):
            for name in os.listxattr(target):
                os.setxattr(descriptor, name, os.getxattr(target, name))
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
    return True


def _links(status: os.stat_result) -> tuple[str, ...]:
    if status.st_nlink < 2:
        return ()
    others = status.st_nlink - 1
    return (f"{others} other hard link{'s keep' if others > 1 else ' keeps'} the old text",)


def _settled(folder: Path) -> tuple[str, ...]:
    """Bring the new name to disk as well; the text is in place whether or not that works."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        return (f"written, but its folder could not be synced: {told(error)}",)
    return ()


def _code(error: OSError) -> str:
    if error.errno in _FULL:
        return "disk-full"
    if error.errno in _FORBIDDEN:
        return "read-only"
    return "vanished" if error.errno == errno.ENOENT else "unwritable"
