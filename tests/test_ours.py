"""What a run of ours has left in a file is no change of the user's, and everything else is."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from unleak.cli import main

BOTH = b"""\
const { once } = require('node:events');
const fs = require('node:fs');

exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};

exports.rows = async (rows, to) => {
  const out = fs.createWriteStream(to);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
};
"""
FIRST = ["fix", "-q", "--select", "pipe-without-pipeline"]
SECOND = ["fix", "-q", "--select", "drain-wait-hangs"]


def git(*words: str, code: int = 0) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *words], capture_output=True)
    assert done.returncode == code, done.stderr


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    git("init", "-q")
    (tree / "a.js").write_bytes(b"// older\n" + BOTH)
    git("add", "-A")
    git("commit", "-qm", "x")
    (tree / "a.js").write_bytes(BOTH)
    git("commit", "-qam", "y")
    return tree / "a.js"


def cured(file: Path) -> tuple[bool, bool]:
    text = file.read_bytes()
    return b"await pipeline(" in text, b"drainedStrict(" in text


def test_one_run_after_another(file: Path) -> None:
    assert main(FIRST) == 0
    assert cured(file) == (True, False)
    assert main(SECOND) == 0
    assert cured(file) == (True, True)
    assert main(["undo", "-q"]) == main(["undo", "-q"]) == 0
    assert file.read_bytes() == BOTH


def test_apply_after_fix(file: Path) -> None:
    assert main(FIRST) == 0
    assert main(["diff", *SECOND[1:], "-o", "../a.patch"]) == 1
    assert main(["apply", "-q", "--check", "../a.patch"]) == 0
    assert main(["apply", "-q", "../a.patch"]) == 0
    assert cured(file) == (True, True)


def test_what_is_ours_may_be_staged(file: Path) -> None:
    assert main(FIRST) == 0
    git("add", "-A")
    assert main(SECOND) == 0
    assert main(FIRST) == 0, "and then changed again"
    assert cured(file) == (True, True)


def edited(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"// mine\n")


def staged(file: Path) -> None:
    ours = file.read_bytes()
    edited(file)
    git("add", "-A")
    file.write_bytes(ours)


def executable(file: Path) -> None:
    file.chmod(0o755)


def another_commit(file: Path) -> None:
    git("reset", "--soft", "HEAD~1")


def journal_gone(file: Path) -> None:
    (file.parent / ".git" / "unleak" / "journal.sqlite").unlink()


def gone_from_the_index(file: Path) -> None:
    git("rm", "-q", "--cached", "a.js")
    git("add", "-N", "a.js")


@pytest.mark.parametrize(
    "change", [edited, staged, executable, another_commit, journal_gone, gone_from_the_index]
)
def test_what_else_has_changed_is_the_users(
    file: Path, capfd: pytest.CaptureFixture[str], change: Callable[[Path], None]
) -> None:
    assert main(FIRST) == 0
    change(file)
    before = file.read_bytes()
    capfd.readouterr()
    assert main(SECOND) == 3
    assert "a.js: it has uncommitted changes; --allow-dirty" in capfd.readouterr().err
    assert file.read_bytes() == before
    assert main([*SECOND, "--allow-dirty"]) == 0


def test_what_was_the_users_before_our_run_stays_so(file: Path) -> None:
    edited(file)
    assert main([*FIRST, "--allow-dirty"]) == 0
    assert main(SECOND) == 3
    assert cured(file) == (True, False)


def test_what_was_taken_back_and_made_by_hand_is_the_users(file: Path) -> None:
    assert main(FIRST) == 0
    new = file.read_bytes()
    assert main(["undo", "-q"]) == 0
    file.write_bytes(new)
    assert main(SECOND) == 3


def test_to_look_makes_no_journal(file: Path) -> None:
    assert main(["diff", "-q", "-o", "../a.patch"]) == 1
    edited(file)
    assert main(["apply", "-q", "--check", "../a.patch"]) == 3
    assert not os.path.lexists(file.parent / ".git" / "unleak")


def test_a_file_with_conflicts_is_the_users(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    git("checkout", "-qb", "theirs", "HEAD~1")
    file.write_bytes(b"// theirs\n" + BOTH)
    git("commit", "-qam", "z")
    git("checkout", "-q", "-")
    git("merge", "-q", "theirs", code=1)
    file.write_bytes(BOTH)
    assert main(FIRST) == 3
    assert "a.js: it has uncommitted changes" in capfd.readouterr().err
    assert file.read_bytes() == BOTH
