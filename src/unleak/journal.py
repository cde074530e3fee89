"""What every run has changed, written down before the first byte is: so that it can be taken back,
or finished, whenever it was stopped.

The journal is a SQLite file in the repository's git directory, or with the user's state where there
is no repository. It keeps each file's old and new text whole.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from unleak.errors import JournalError, LockedError
from unleak.workspace.git import ask
from unleak.workspace.problem import told
from unleak.workspace.read import sha256

OPEN, DONE, UNDONE = "open", "done", "undone"

KEPT_RUNS = 100
"""Runs that can be taken back; older ones are forgotten."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    command TEXT NOT NULL,
    root BLOB NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS files (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    created INTEGER NOT NULL,
    old_sha256 TEXT NOT NULL,
    new_sha256 TEXT NOT NULL,
    old BLOB NOT NULL,
    new BLOB NOT NULL,
    PRIMARY KEY (run, path)
);
"""
_VERSION = 1
_FILE = "journal.sqlite"

_NOTHING = "; nothing was written"
_ROOM = "; make room and run again"
_WRITABLE = "; make it writable and run again"
_AWAY = "; move it away to start a new one, and what it holds can no longer be taken back"
_OF_SYSTEM = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.EROFS: _WRITABLE,
}
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _ROOM,
    sqlite3.SQLITE_READONLY: _WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _WRITABLE,
    sqlite3.SQLITE_PERM: _WRITABLE,
    sqlite3.SQLITE_CORRUPT: _AWAY,
    sqlite3.SQLITE_NOTADB: _AWAY,
}


class Change(NamedTuple):
    """One file's old and new text. `path` is relative to the root, with slashes; a file that is
    `created` was not there, and its old text is empty."""

    path: str
    old: bytes
    new: bytes
    created: bool = False

    @property
    def old_sha256(self) -> str:
        return sha256(self.old)

    @property
    def new_sha256(self) -> str:
        return sha256(self.new)


class Run(NamedTuple):
    """One run: `state` is open (it was stopped), done or undone; `started` is local time, ISO 8601;
    `files` counts those it was to change."""

    id: int
    started: str
    command: str
    root: str
    state: str
    files: int


def folder_of(root: str) -> Path:
    """Where the journal of a tree lies. Raises JournalError."""
    said = ask(root, "rev-parse", "--absolute-git-dir")
    if said is not None and said.code == 0:
        return Path(os.fsdecode(said.out.removesuffix(b"\n"))) / "unleak"
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # as its specification says
        home = os.path.expanduser("~") if os.environ.get("HOME") != "" else ""
        if not os.path.isabs(home):
            raise JournalError(
                "there is no home to keep the journal in; nothing was written; name a folder for"
                " it in XDG_STATE_HOME"
            )
        state = os.path.join(home, ".local", "state")
    return Path(state) / "unleak" / hashlib.sha256(os.fsencode(root)).hexdigest()[:16]


def has_journal(root: str) -> bool:
    """Whether any run was ever written down for a tree. Raises JournalError."""
    return (folder_of(root) / _FILE).exists()


class Journal:
    """The journal of one tree, open and locked: nobody else writes there meanwhile.

    Raises LockedError, JournalError.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.folder = folder_of(root)
        self.file = self.folder / _FILE
        with contextlib.ExitStack() as opened:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                opened.callback(_let_go, locked(self.folder / "lock"))
            except OSError as error:
                why = f"{told(error)}{_NOTHING}{_OF_SYSTEM.get(error.errno or 0, '')}"
                raise JournalError(f"{self.folder}: {why}") from None
            with self._told():
                self._base = sqlite3.connect(self.file, isolation_level=None)
                opened.callback(self._base.close)
                self._set_up()
            self._opened = opened.pop_all()

    def _set_up(self) -> None:
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.execute("PRAGMA foreign_keys = ON")
        version = self._base.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise JournalError(f"{self.file}: a newer unleak has written it; use that one")
        if version < _VERSION:
            self._base.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def begin(self, command: str, changes: Sequence[Change]) -> Run:
        """Write down a run before it changes anything. Raises JournalError."""
        started = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        root = os.fsencode(self.root)
        with self._told(), self._transaction():
            made = self._base.execute(
                "INSERT INTO runs (started, command, root, state) VALUES (?, ?, ?, ?)",
                (started, command, root, OPEN),
            )
            number = made.lastrowid
            self._base.executemany(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        os.fsencode(change.path),
                        change.created,
                        change.old_sha256,
                        change.new_sha256,
                        zlib.compress(change.old),
                        zlib.compress(change.new),
                    )
                    for change in changes
                ),
            )
            self._base.execute("DELETE FROM runs WHERE id <= ?", ((number or 0) - KEPT_RUNS,))
        return Run(number or 0, started, command, self.root, OPEN, len(changes))

    def settle(self, run: Run, state: str, keep: Collection[str] | None = None) -> None:
        """Say how `run` ended; with `keep`, only these of its paths belong to it. Raises
        JournalError, and then it is as it was."""
        with self._told(nothing_written=False), self._transaction():
            self._base.execute("UPDATE runs SET state = ? WHERE id = ?", (state, run.id))
            if keep is not None:
                kept = {os.fsencode(path) for path in keep}
                rows = self._base.execute("SELECT path FROM files WHERE run = ?", (run.id,))
                gone = [(run.id, path) for (path,) in rows.fetchall() if path not in kept]
                self._base.executemany("DELETE FROM files WHERE run = ? AND path = ?", gone)

    def forget(self, run: Run) -> None:
        """Take out a run that has changed nothing. Raises JournalError."""
        with self._told(nothing_written=False), self._transaction():
            self._base.execute("DELETE FROM runs WHERE id = ?", (run.id,))

    def runs(self) -> list[Run]:
        """All runs, the last one first. Raises JournalError."""
        rows = self._rows(
            "SELECT id, started, command, root, state,"
            " (SELECT count(*) FROM files WHERE run = id) FROM runs ORDER BY id DESC"
        )
        return [
            Run(number, started, command, os.fsdecode(root), state, files)
            for number, started, command, root, state, files in rows
        ]

    def changes(self, run: Run) -> list[Change]:
        """What `run` was to change, by path. Raises JournalError for a damaged text."""
        rows = self._rows(
            "SELECT path, created, old_sha256, new_sha256, old, new FROM files"
            " WHERE run = ? ORDER BY path",
            (run.id,),
        )
        return [_read(*row) for row in rows]

    def made_of(self, path: str, text: bytes) -> Iterator[bytes]:
        """The texts that runs which were not taken back have made `text` of, in that file: the one
        before the last run that left it so, the one before that, and so on. Raises JournalError."""
        rows = self._rows(
            "SELECT path, created, old_sha256, new_sha256, old, new FROM files"
            " JOIN runs ON run = id WHERE path = ? AND state != ? ORDER BY run DESC",
            (os.fsencode(path), UNDONE),
        )
        for row in rows:
            if row[3] == sha256(text):
                text = _read(*row).old
                yield text

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            return self._base.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._base.execute("BEGIN IMMEDIATE")
            yield
            self._base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._base.rollback()  # which SQLite may have done itself
            raise

    @contextlib.contextmanager
    def _told(self, *, nothing_written: bool = True) -> Iterator[None]:
        """Make a JournalError of what SQLite raises."""
        try:
            yield
        except sqlite3.Error as error:
            then = ""
            if nothing_written:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # what is above tells details
                then = f"{_NOTHING}{_OF_SQLITE.get(code, '')}"
            raise JournalError(f"{self.file}: {error}{then}") from None


def _read(path: bytes, created: int, old_id: str, new_id: str, old: bytes, new: bytes) -> Change:
    name = os.fsdecode(path)
    try:
        change = Change(name, zlib.decompress(old), zlib.decompress(new), bool(created))
    except (zlib.error, TypeError):
        raise JournalError(f"what is kept of {name} is damaged") from None
    if (change.old_sha256, change.new_sha256) != (old_id, new_id):
        raise JournalError(f"what is kept of {name} is damaged")
    return change


def locked(path: Path) -> int:
    """The lock, held; the system gives it up when we end, however that is. Raises LockedError,
    OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
        os.close(descriptor)
        who = f" (process {holder})" if holder.isdigit() else ""
        raise LockedError(
            f"another unleak{who} is writing here; run again when it is done"
        ) from None
    except OSError:
        os.close(descriptor)
        raise
    with contextlib.suppress(OSError):  # on a full disk we are locked as well, without a name
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _let_go(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # it is closed all the same
        os.close(descriptor)
