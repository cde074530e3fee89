"""How far a batch is, kept so that it can go on after any crash: a SQLite file beside the journal.

What stands there is never more than what was done: a shard is said to be done after its outcome is
on disk, and to do it again gives the same.
"""

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from unleak.batch.shards import Shard
from unleak.errors import JournalError
from unleak.journal import folder_of, locked

PENDING, ANALYSED, VERIFIED, DONE, FAILED = "pending", "analysed", "verified", "done", "failed"
CLEAN = "clean"
"""A shard in which nothing is to be changed."""

OPEN, FINISHED, LEFT = "open", "finished", "left"
"""A run that has still to be done, one that is, and one that another was begun instead of."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    state TEXT NOT NULL,
    wanted TEXT NOT NULL,
    base TEXT NOT NULL,
    tree TEXT NOT NULL,
    dirty TEXT NOT NULL,
    counted INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS shards (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number REAL NOT NULL,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    plan BLOB,
    told TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (run, number)
);
CREATE TABLE IF NOT EXISTS found (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    codemod TEXT NOT NULL,
    package TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run, codemod, package, owner, state)
);
CREATE TABLE IF NOT EXISTS decisions (
    fingerprint TEXT PRIMARY KEY,
    decision TEXT NOT NULL,
    note TEXT NOT NULL,
    path TEXT NOT NULL,
    codemod TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS made (
    what TEXT NOT NULL,
    name BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (what, name)
);
"""
_VERSION = 1


class Run(NamedTuple):
    """A batch as it was begun: what for, on which commit, over which texts. `wanted` is what the
    user typed; `dirty` are the files that had uncommitted changes, with a sentence each."""

    id: int
    started: str
    state: str
    wanted: Mapping[str, Any]
    base: str
    tree: str
    dirty: Mapping[str, str]


class Row(NamedTuple):
    """A shard and how far it is. `told` is what was counted, and where its outcome is."""

    number: float
    shard: Shard
    state: str
    reason: str
    told: Mapping[str, Any]


class Found(NamedTuple):
    """So many findings of one codemod in one state, in a package of these owners."""

    codemod: str
    package: str
    owner: str
    state: str
    number: int


class Decision(NamedTuple):
    """What a reviewer has decided on a finding."""

    decision: str
    note: str
    path: str
    codemod: str


class State:
    """The state of the batches in one work tree. Raises JournalError."""

    def __init__(self, root: str, place: str | None = None) -> None:
        """`place` is ":memory:" for one that is not kept."""
        folder = folder_of(root)
        self._file = place or str(folder / "batch.sqlite")
        try:
            if place is None:
                folder.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self._file, isolation_level=None, timeout=30)
            self._base.execute("PRAGMA foreign_keys = ON")
            version = self._base.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise JournalError(f"{self._file}: a newer unleak has written it; use that one")
            if version < _VERSION:
                made = f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
                self._base.executescript(made)
        except (OSError, sqlite3.Error) as error:
            raise JournalError(f"{self._file}: {error}") from None

    def __enter__(self) -> "State":
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    # Runs.

    def begin(
        self,
        wanted: Mapping[str, Any],
        base: str,
        tree: str,
        dirty: Mapping[str, str],
        shards: Sequence[Shard],
    ) -> Run:
        """A new run and all that is to be done in it; one that is open is left."""
        started = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        with self._transaction():
            self._base.execute("UPDATE runs SET state = ? WHERE state = ?", (LEFT, OPEN))
            made = self._base.execute(
                "INSERT INTO runs (started, state, wanted, base, tree, dirty)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (started, OPEN, json.dumps(wanted), base, tree, json.dumps(dirty)),
            )
            number = made.lastrowid or 0
            self._base.execute("DELETE FROM shards WHERE run <> ?", (number,))
            self._put(number, enumerate(shards, start=1))
        return Run(number, started, OPEN, wanted, base, tree, dirty)

    def rebase(self, run: Run, base: str, tree: str) -> Run:
        """What is still to be done in `run` is done on this from now on."""
        with self._transaction():
            self._base.execute(
                "UPDATE runs SET base = ?, tree = ? WHERE id = ?", (base, tree, run.id)
            )
        return run._replace(base=base, tree=tree)

    def last(self) -> Run | None:
        """The run that was begun last, of those that were not left."""
        return next((run for run in reversed(self.runs()) if run.state != LEFT), None)

    def runs(self) -> list[Run]:
        rows = self._asked(
            "SELECT id, started, state, wanted, base, tree, dirty FROM runs ORDER BY id"
        )
        return [
            Run(number, started, state, json.loads(wanted), base, tree, json.loads(dirty))
            for number, started, state, wanted, base, tree, dirty in rows
        ]

    def settle(self, run: Run, state: str, tree: str | None = None) -> None:
        """Say that `run` is in `state` now, and what tree it has left."""
        with self._transaction():
            self._base.execute("UPDATE runs SET state = ? WHERE id = ?", (state, run.id))
            if tree is not None:
                self._base.execute("UPDATE runs SET tree = ? WHERE id = ?", (tree, run.id))

    # Shards.

    def rows(self, run: Run) -> list[Row]:
        """The shards of `run` in their order."""
        rows = self._asked(
            "SELECT number, spec, state, reason, told FROM shards WHERE run = ? ORDER BY number",
            run.id,
        )
        return [
            Row(number, _shard(spec), state, reason, json.loads(told))
            for number, spec, state, reason, told in rows
        ]

    def part(self, run: Run, row: Row, parts: Sequence[Shard]) -> list[Row]:
        """Put `parts` in the place of a shard, all of them pending."""
        with self._transaction():
            self._base.execute(
                "DELETE FROM shards WHERE run = ? AND number = ?", (run.id, row.number)
            )
            numbers = [row.number + at / (len(parts) + 1) for at in range(len(parts))]
            self._put(run.id, zip(numbers, parts, strict=True))
        return [
            Row(number, shard, PENDING, "", {})
            for number, shard in zip(numbers, parts, strict=True)
        ]

    def _put(self, run: int, shards: Iterable[tuple[float, Shard]]) -> None:
        self._base.executemany(
            "INSERT INTO shards (run, number, spec, state) VALUES (?, ?, ?, ?)",
            ((run, number, json.dumps(shard._asdict()), PENDING) for number, shard in shards),
        )

    def say(
        self,
        run: Run,
        row: Row,
        state: str,
        *,
        reason: str = "",
        plan: bytes | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> Row:
        """Say how far a shard is; `plan` and `told` stay as they are unless given."""
        known = dict(row.told) | dict(told or {})
        with self._transaction():
            self._base.execute(
                "UPDATE shards SET state = ?, reason = ?, told = ? WHERE run = ? AND number = ?",
                (state, reason, json.dumps(known), run.id, row.number),
            )
            if plan is not None:
                self._base.execute(
                    "UPDATE shards SET plan = ? WHERE run = ? AND number = ?",
                    (zlib.compress(plan), run.id, row.number),
                )
        return row._replace(state=state, reason=reason, told=known)

    def patch(self, run: Run, row: Row) -> bytes:
        """The plan of a shard that was analysed."""
        ((plan,),) = self._asked(
            "SELECT plan FROM shards WHERE run = ? AND number = ?", run.id, row.number
        )
        try:
            return zlib.decompress(plan)
        except (TypeError, zlib.error):
            raise JournalError(f"{self._file}: a plan that is kept is damaged") from None

    def retry(self, run: Run) -> int:
        """Make the failed shards of `run` pending again; says how many there are."""
        with self._transaction():
            changed = self._base.execute(
                "UPDATE shards SET state = ?, reason = '', told = '{}' WHERE run = ? AND state = ?",
                (PENDING, run.id, FAILED),
            ).rowcount
            if changed:
                self._base.execute("UPDATE runs SET state = ? WHERE id = ?", (OPEN, run.id))
        return changed

    # What was found.

    def count(self, run: Run, found: Sequence[Found]) -> None:
        """Write down what a run has found, all of it at once."""
        with self._transaction():
            self._base.execute("DELETE FROM found WHERE run = ?", (run.id,))
            self._base.execute("UPDATE runs SET counted = 1 WHERE id = ?", (run.id,))
            self._base.executemany(
                "INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)",
                ((run.id, *map(_text, one[:-1]), one.number) for one in found),
            )

    def counted(self, run: Run) -> bool:
        """Whether all that a run has found is written down; it may be nothing."""
        rows = self._asked("SELECT counted FROM runs WHERE id = ?", run.id)
        return any(counted for (counted,) in rows)

    def found(self, run: Run) -> list[Found]:
        rows = self._asked(
            "SELECT codemod, package, owner, state, count FROM found WHERE run = ?"
            " ORDER BY codemod, package, owner, state",
            run.id,
        )
        return [Found(*row) for row in rows]

    # Decisions, and what is ours.

    def decide(self, decisions: Mapping[str, Decision]) -> None:
        with self._transaction():
            self._base.executemany(
                "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?)",
                ((name, *map(_text, decision)) for name, decision in decisions.items()),
            )

    def decisions(self) -> dict[str, Decision]:
        rows = self._asked(
            "SELECT fingerprint, decision, note, path, codemod FROM decisions ORDER BY fingerprint"
        )
        return {name: Decision(*rest) for name, *rest in rows}

    def made(self, what: str) -> dict[str, str]:
        """What a batch has made and may replace or remove: name → value."""
        rows = self._asked("SELECT name, value FROM made WHERE what = ?", what)
        return {os.fsdecode(name): value for name, value in rows}

    def remember(self, what: str, name: str, value: str) -> None:
        """To be said before `name` is made."""
        with self._transaction():
            self._base.execute(
                "INSERT OR REPLACE INTO made VALUES (?, ?, ?)", (what, os.fsencode(name), value)
            )

    def forget(self, what: str, name: str) -> None:
        with self._transaction():
            self._base.execute(
                "DELETE FROM made WHERE what = ? AND name = ?", (what, os.fsencode(name))
            )

    def _asked(self, question: str, *about: object) -> list[Any]:
        try:
            return self._base.execute(question, about).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"{self._file}: {error}") from None

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalError(f"{self._file}: {error}") from None


def _text(name: str) -> str:
    """`name`, which may come of bytes that are not UTF-8, as a text that can be kept."""
    return name.encode("utf-8", "backslashreplace").decode()


def _shard(spec: str) -> Shard:
    said: dict[str, Any] = json.loads(spec)
    for name, value in said.items():
        said[name] = tuple(value) if isinstance(value, list) else value
    return Shard(**said)


@contextlib.contextmanager
def alone(root: str) -> Iterator[Path]:
    """The folder that the state of a tree lies in, with nobody else at work there.

    Raises LockedError, JournalError.
    """
    folder = folder_of(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = locked(folder / "batch.lock")
    except OSError as error:
        raise JournalError(f"{folder}: {error.strerror}") from None
    try:
        yield folder
    finally:
        os.close(lock)
