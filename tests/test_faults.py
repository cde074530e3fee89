"""Whatever the system refuses, and whenever: each file is old or new, and the run can be ended."""

import errno
import fcntl
import os
import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from unleak import journal as journals
from unleak.changes import Made, finish, make, take_back
from unleak.cli import main
from unleak.errors import JournalError
from unleak.journal import DONE, OPEN, UNDONE, Change, Journal

CALLS = ("open", "write", "fsync", "fchmod", "replace", "link", "unlink", "mkdir", "close")
"""What of `os` writes, or reads what is about to be written."""


class Faults:
    """Lets the calls to the system and to SQLite fail, from the `first` on, `count` of them."""

    def __init__(self, first: int, count: int, number: int, *, by_itself: bool = False) -> None:
        self.first, self.last, self.number = first, first + count, number
        self.by_itself = by_itself
        self.calls: list[str] = []

    def due(self, what: str) -> bool:
        self.calls.append(what)
        return self.first <= len(self.calls) - 1 < self.last

    @property
    def met(self) -> bool:
        return len(self.calls) > self.first

    @contextmanager
    def at_work(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with monkeypatch.context() as patched:
            for name in CALLS:
                patched.setattr(os, name, self._failing(name, getattr(os, name)))
            patched.setattr(journals.sqlite3, "connect", self._connect(sqlite3.connect))
            yield

    def _failing(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def failing(*args: Any, **options: Any) -> Any:
            if name == "close":  # which is done, whatever it says
                flags = fcntl.fcntl(args[0], fcntl.F_GETFL)
                call(*args)
                if flags & (os.O_WRONLY | os.O_RDWR) and self.due(name):
                    raise OSError(self.number, os.strerror(self.number))
                return None
            reads = name == "open" and not args[1] & os.O_CREAT
            if not (reads and self.number == errno.ENOSPC) and self.due(name):
                raise OSError(self.number, os.strerror(self.number))
            return call(*args, **options)

        return failing

    def _connect(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        faults = self

        class Failing(sqlite3.Connection):
            def execute(self, sql: str, *values: Any) -> Any:
                faults.strike(self, sql)
                return super().execute(sql, *values)

            def executemany(self, sql: str, *values: Any) -> Any:
                faults.strike(self, sql)
                return super().executemany(sql, *values)

            def executescript(self, sql: str) -> Any:
                faults.strike(self, sql)
                return super().executescript(sql)

        def failing(*args: Any, **options: Any) -> Any:
            return connect(*args, **options, factory=Failing)

        return failing

    def strike(self, base: sqlite3.Connection, sql: str) -> None:
        if self.due(sql.split()[0]):
            if self.by_itself:  # as SQLite does when it cannot even write its own journal
                base.rollback()
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error


class Always(Faults):
    """Lets every call of some kinds fail, as on a full disk."""

    def __init__(self, *kinds: str) -> None:
        super().__init__(0, 0, errno.ENOSPC)
        self.kinds = kinds

    def due(self, what: str) -> bool:
        return what in self.kinds


OLD = {"a.txt": b"old a\n", "sub/b.txt": b"old b\n", "sub/c.txt": b"old c\n"}
NEW = {"a.txt": b"new a\n", "sub/b.txt": b"new b\n", "sub/c.txt": b"new c\n", "lib/d.txt": b"d\n"}
CHANGES = [
    *(Change(name, old, NEW[name]) for name, old in OLD.items()),
    Change("lib/d.txt", b"", NEW["lib/d.txt"], created=True),
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # To ask git for the place takes longer than all the rest.
    monkeypatch.setattr(journals, "folder_of", lambda root: Path(root).with_suffix(".journal"))
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    for name, old in OLD.items():
        (folder / name).write_bytes(old)
    return folder


def texts(folder: Path, names: str = "*") -> dict[str, bytes]:
    found = (path for path in folder.rglob(names) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def whole(folder: Path) -> set[str]:
    """The files that are new; all others are old. Temporary files do not count."""
    now = {name: text for name, text in texts(folder).items() if not name.endswith(".tmp")}
    assert now.keys() - {"lib/d.txt"} == OLD.keys()
    fresh = {name for name, text in now.items() if text == NEW[name]}
    assert {name: now[name] for name in now.keys() - fresh} == {
        name: OLD[name] for name in OLD.keys() - fresh
    }
    return fresh


def begun(folder: Path) -> None:
    """A run that was stopped behind its second file."""
    with Journal(str(folder)) as journal:
        journal.begin("a test", CHANGES)
    for change in CHANGES[:2]:
        (folder / change.path).write_bytes(change.new)


def done(folder: Path) -> None:
    with Journal(str(folder)) as journal:
        make(journal, CHANGES, "a test")


def acts(what: str, folder: Path) -> Made:
    with Journal(str(folder)) as journal:
        if what == "make":
            return make(journal, CHANGES, "a test")
        run = journal.runs()[0]
        return finish(journal, run) if what == "finish" else take_back(journal, run)


BEFORE = {"make": lambda _: None, "finish": begun, "undo a stopped run": begun, "undo": done}


def swept(folder: Path, first: int, faults: Faults, what: str, patch: pytest.MonkeyPatch) -> None:
    """Act with the faults, look, and then end the run without them."""
    BEFORE[what](folder)
    before = whole(folder)
    made = None
    with faults.at_work(patch):
        try:
            made = acts(what, folder)
        except JournalError as error:
            said = str(error)
    now = whole(folder)
    if made is None:
        assert now == before, f"nothing was written, it says: {said}"
        assert said.count("\n") == 0
    else:
        named = {str(problem.path) for problem in made.problems}
        aim = NEW.keys() if what in ("make", "finish") else set()
        assert {name for name in NEW if (name in now) != (name in aim)} == named
        assert set(made.written) == now ^ before
        troubled = {problem.code for problem in made.problems} & {"disk-full", "unwritable"}
        if troubled and what in ("make", "finish"):
            assert made.stopped or not now
    with Journal(str(folder)) as journal:
        runs = journal.runs()
        assert set(still_there(journal)) >= now, "what is new can be taken back"
        if what == "make" and made is not None and not made.stopped:
            assert bool(runs) == bool(now), "a run that wrote nothing is not there to be undone"
        assert (OPEN in {run.state for run in runs}) == open_after(what, made)
        if made is not None and made.stopped and what in ("make", "finish"):
            assert finish(journal, runs[0]).stopped == ""
            assert whole(folder) == NEW.keys()
            assert journal.runs()[0].state == DONE
        for run in journal.runs():
            if run.state != UNDONE:
                assert take_back(journal, run).problems == ()
    assert texts(folder) == OLD, "nothing is left, and nothing is lost"


def open_after(what: str, made: Made | None) -> bool:
    """Whether a run is to be told as stopped."""
    if made is None:
        return what in ("finish", "undo a stopped run")
    if what == "undo a stopped run":
        return bool(made.stopped or made.problems)
    return bool(made.stopped) and what != "undo"


def still_there(journal: Journal) -> Iterator[str]:
    """The files that can be taken back."""
    for run in journal.runs():
        if run.state != UNDONE:
            yield from (change.path for change in journal.changes(run))


@pytest.mark.parametrize("what", BEFORE)
@pytest.mark.parametrize(
    ("number", "count", "by_itself"),
    [(errno.ENOSPC, 10**6, True), (errno.ENOSPC, 1, False), (errno.EIO, 1, True)],
    ids=["the disk stays full", "the disk is full for once", "an error for once"],
)
def test_whatever_fails_and_whenever(
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    number: int,
    count: int,
    by_itself: bool,
) -> None:
    seen: Counter[str] = Counter()
    for first in range(1000):
        folder = tree.with_name(f"tree-{first}")
        tree.rename(folder)
        faults = Faults(first, count, number, by_itself=by_itself)
        swept(folder, first, faults, what, monkeypatch)
        seen.update(faults.calls[first : first + 1])
        if (folder / "lib").exists():
            (folder / "lib").rmdir()
        folder.rename(tree)
        if not faults.met:
            break
    assert first > 25
    assert seen.keys() > {"open", "write", "replace", "fsync", "BEGIN", "COMMIT"}


def test_what_was_changed_after_the_stop_is_not_forgotten(tree: Path) -> None:
    begun(tree)
    (tree / "sub/b.txt").write_bytes(b"new b\nmine\n")
    with Journal(str(tree)) as journal:
        made = finish(journal, journal.runs()[0])
        assert [str(problem.path) for problem in made.problems] == ["sub/b.txt"]
        made = take_back(journal, journal.runs()[0])
        assert [str(problem.path) for problem in made.problems] == ["sub/b.txt"]
        (tree / "sub/b.txt").write_bytes(b"new b\n")
        assert take_back(journal, journal.runs()[0]).written == ("sub/b.txt",)
    assert texts(tree) == OLD


def test_a_run_that_wrote_nothing_is_forgotten(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal(str(tree)) as journal:
        with Always("write").at_work(monkeypatch):
            assert len(make(journal, CHANGES, "a test").problems) == len(CHANGES)
        assert journal.runs() == []


def test_a_run_that_cannot_begin_to_be_finished_stays(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal(str(tree)) as journal:
        run = journal.begin("a test", CHANGES)
        with Always("write").at_work(monkeypatch):
            assert finish(journal, run).stopped
        assert whole(tree) == set()
        assert finish(journal, journal.runs()[0]).stopped == ""
    assert whole(tree) == NEW.keys()


def test_what_could_not_be_written_down_leaves_the_journal_as_it_was(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Always()
    with full.at_work(monkeypatch), Journal(str(tree)) as journal:
        run = journal.begin("a test", CHANGES)
        full.kinds = ("COMMIT",)
        with pytest.raises(JournalError, match="full"):
            journal.settle(run, DONE, ["a.txt"])
        full.kinds = ()
        assert (journal.runs()[0].state, journal.runs()[0].files) == (OPEN, len(CHANGES))
        journal.settle(run, DONE)
        assert journal.runs()[0].state == DONE


# What is said of it.

LEAK = b"""\
const fs = require('node:fs');

exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""
VERBS = {"fix": ["fix", "-q"], "apply": ["apply", "-q", "../a.patch"], "undo": ["undo", "-q"]}
FULL = "no space left on device"
SAID = {
    "mkdir": f"^error: .*unleak: {FULL}; nothing was written; make room and run again$",
    "BEGIN": "^error: .*sqlite: database or disk is full; nothing was written; make room and run ",
    "write": rf"^problem: a\.js: not written: {FULL}; make room and run again \[disk-full\]$",
    "replace": rf"^problem: a\.js: not written: {FULL}; make room and run again \[disk-full\]$",
    "UPDATE": r"^problem: .*run 1 .* `unleak undo 1`.*sqlite: database or disk is full\)"
    r" \[stopped\]$",
}

NOT_MET = {("undo", "mkdir"), ("undo", "BEGIN")}
"""An undo begins no run, and finds a folder."""


@pytest.mark.parametrize(
    ("verb", "kind"),
    [(verb, kind) for verb in VERBS for kind in SAID if (verb, kind) not in NOT_MET],
)
def test_a_full_disk_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    verb: str,
    kind: str,
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    subprocess.run(["git", "init", "-q"], check=True)
    first = {"a.js": LEAK, "b.js": LEAK}
    for name, text in first.items():
        (tree / name).write_bytes(text)
    assert main(["diff", "-q", "-o", "../a.patch"]) == 1
    assert verb != "undo" or main(["fix", "-q"]) == 0
    before = texts(tree, "*.js")
    capfd.readouterr()

    with Always(kind).at_work(monkeypatch):
        assert main(VERBS[verb]) == 3

    err = capfd.readouterr().err
    assert re.search(SAID[kind], err, re.M), err
    assert (texts(tree, "*.js") == before) == (kind != "UPDATE")
    assert main(VERBS[verb]) == 0, "there is room by now"
    assert texts(tree, "*.js") != before
    assert verb == "undo" or main(["undo", "-q"]) == 0
    assert texts(tree, "*.js") == first
