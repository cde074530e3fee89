"""The journal where it cannot be used, or lies elsewhere: said in one line, and nothing written."""

import errno
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.test_faults import LEAK

from unleak.changes import make
from unleak.cli import main
from unleak.errors import JournalError
from unleak.journal import Change, Journal, folder_of

HOLD = """\
import sys
from unleak.journal import Journal
with Journal(sys.argv[1]) as journal:
    journal.begin("the one before", [])
    print(journal.folder, flush=True)
    sys.stdin.read()
"""


def git(*words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "-q")
    (folder / "a.js").write_bytes(LEAK)
    return folder


def holder(tree: Path) -> "subprocess.Popen[str]":
    """Another process that has begun a run, and holds the journal."""
    command = [sys.executable, "-c", HOLD, str(tree)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(tree / ".git" / "unleak")
    return process


@pytest.mark.parametrize("words", [["fix"], ["apply", "../a.patch"], ["undo"]])
def test_while_another_process_writes_nobody_else_does(
    tree: Path, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["diff", "-q", "-o", "../a.patch"]) == 1
    with holder(tree) as other:
        assert main([*words, "-q"]) == 3
        said = f"another unleak (process {other.pid}) is writing here; run again when it is done"
        assert said in capfd.readouterr().err
        other.kill()
    assert (tree / "a.js").read_bytes() == LEAK


def test_the_lock_of_a_process_that_was_killed_is_nobodys(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with holder(tree) as other:
        other.kill()
    assert (tree / ".git/unleak/lock").read_text() == f"{other.pid}\n"
    assert main(["fix", "-q"]) == 0
    assert "run 1 (the one before, " in capfd.readouterr().err
    assert main(["undo", "-q"]) == 0
    assert (tree / "a.js").read_bytes() == LEAK


def newer(base: Path) -> None:
    _sql(base, "PRAGMA user_version = 2")


def no_database(base: Path) -> None:
    base.write_bytes(b"no database, and longer than the header of one" * 9)


def cut_short(base: Path) -> None:
    os.truncate(base, base.stat().st_size - 4096)


def overwritten(base: Path) -> None:
    data = bytearray(base.read_bytes())
    data[4096:] = bytes(range(16)) * ((len(data) - 4096) // 16)
    base.write_bytes(data)


def another_schema(base: Path) -> None:
    _sql(base, "DROP TABLE files")


def damaged_text(base: Path) -> None:
    _sql(base, "UPDATE files SET old = x'00'")


def swapped_text(base: Path) -> None:
    _sql(base, "UPDATE files SET old = new")


def a_number(base: Path) -> None:
    _sql(base, "UPDATE files SET new = 7")


def _sql(base: Path, statement: str) -> None:
    with sqlite3.connect(base) as connection:
        connection.execute(statement)
    connection.close()


BROKEN = {
    newer: "a newer unleak has written it; use that one",
    no_database: r"file is not a database; nothing was written; move it away",
    cut_short: r"malformed; nothing was written; move it away|what is kept of",
    overwritten: r"malformed; nothing was written; move it away|what is kept of",
    another_schema: "no such table: files; nothing was written",
    damaged_text: r"what is kept of a\.js is damaged",
    swapped_text: r"what is kept of a\.js is damaged",
    a_number: r"what is kept of a\.js is damaged",
}


@pytest.mark.parametrize("breaks", BROKEN)
def test_a_journal_that_is_no_good_is_told(
    tree: Path, capfd: pytest.CaptureFixture[str], breaks: Callable[[Path], None]
) -> None:
    assert main(["fix", "-q"]) == 0
    breaks(tree / ".git" / "unleak" / "journal.sqlite")
    (tree / "b.js").write_bytes(LEAK)
    before = (tree / "a.js").read_bytes()
    capfd.readouterr()

    assert main(["undo"]) == 3

    err = capfd.readouterr().err
    assert re.fullmatch(rf"error: .*({BROKEN[breaks]}).*\n", err), err
    assert (tree / "a.js").read_bytes() == before
    if "damaged" not in BROKEN[breaks] and "kept" not in BROKEN[breaks]:
        assert main(["fix", "-q"]) == 3
        assert (tree / "b.js").read_bytes() == LEAK


def test_no_place_for_the_journal(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tree / ".git" / "unleak").write_text("a file")
    assert main(["fix", "-q"]) == 3
    assert re.search(r"^error: .*unleak: file exists; nothing was written$", capfd.readouterr().err)
    assert (tree / "a.js").read_bytes() == LEAK


@pytest.mark.parametrize("call", ["open", "mkdir"])
@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_place_that_cannot_be_written(
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    call: str,
    number: int,
) -> None:
    sound = getattr(os, call)

    def failing(path: object, *rest: object) -> object:
        if "unleak" in os.path.basename(os.path.dirname(f"{path}/.")) or "unleak/" in f"{path}":
            raise OSError(number, os.strerror(number))
        return sound(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        assert main(["fix", "-q"]) == 3
    err = capfd.readouterr().err
    assert err.endswith("unleak: " + _said(number) + "; make it writable and run again\n"), err
    assert (tree / "a.js").read_bytes() == LEAK


def _said(number: int) -> str:
    text = os.strerror(number)
    return f"{text[:1].lower()}{text[1:]}; nothing was written"


# Where it lies.


def outside_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.js").write_bytes(LEAK)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("state", [None, "", "relative"])
def test_without_a_repository_it_lies_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str | None
) -> None:
    folder = outside_of_git(tmp_path, monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.delenv("XDG_STATE_HOME")
    if state is not None:
        monkeypatch.setenv("XDG_STATE_HOME", state)
    assert main(["fix", "-q"]) == 0
    assert (folder / "a.js").read_bytes() != LEAK
    assert folder_of(str(folder)).is_relative_to(tmp_path / "me" / ".local" / "state" / "unleak")
    assert main(["undo", "-q"]) == 0
    assert os.listdir(folder) == ["a.js"]
    assert (folder / "a.js").read_bytes() == LEAK


@pytest.mark.parametrize("home", [None, "", "relative"])
def test_without_a_home_it_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    home: str | None,
) -> None:
    folder = outside_of_git(tmp_path, monkeypatch)
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    if home is not None:
        monkeypatch.setenv("HOME", home)
    monkeypatch.setattr("pwd.getpwuid", _nobody)  # as in a container, for a user it does not know
    assert main(["fix", "-q"]) == 3
    assert "name a folder for it in XDG_STATE_HOME" in capfd.readouterr().err
    assert os.listdir(folder) == ["a.js"]
    assert (folder / "a.js").read_bytes() == LEAK


def _nobody(number: int) -> None:
    raise KeyError(number)


def test_a_work_tree_and_a_submodule_have_their_own(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("add", "-A")
    git("commit", "-qm", "x")
    git("worktree", "add", "-q", str(tmp_path / "other"))
    git("submodule", "add", "-q", str(tree), "sub dir")
    places = {
        tree: tree / ".git",
        tmp_path / "other": tree / ".git" / "worktrees" / "other",
        tree / "sub dir": tree / ".git" / "modules" / "sub dir",
    }
    for folder, place in places.items():
        assert folder == tree or (folder / ".git").is_file()
        monkeypatch.chdir(folder)
        assert main(["fix", "-q", "a.js"]) == 0
        assert folder_of(str(folder)) == place / "unleak"
        assert (place / "unleak" / "journal.sqlite").is_file()
        changed = [f for f in places if (f / "a.js").read_bytes() != LEAK]
        assert changed == [folder]
        assert main(["undo", "-q"]) == 0
        assert (folder / "a.js").read_bytes() == LEAK


def test_what_was_opened_is_closed_when_the_journal_is_no_good(tree: Path) -> None:
    with Journal(str(tree)) as journal:
        make(journal, [Change("a.js", LEAK, b"")], "a test")
        base = journal.file
    newer(base)
    before = os.listdir("/dev/fd")
    for _ in range(3):
        with pytest.raises(JournalError, match="newer"):
            Journal(str(tree))
    assert len(os.listdir("/dev/fd")) == len(before)
    _sql(base, "PRAGMA user_version = 1")
    with Journal(str(tree)) as journal:
        assert len(journal.runs()) == 1
