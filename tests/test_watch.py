"""`check --watch` runs again when something has changed, and ends with the last exit code."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from unleak.cli import main
from unleak.cli.watching import folders_of

LEAK = "import fs from 'node:fs';\nfs.createReadStream('a').pipe(process.stdout);\n"
SAYS = "watching for changes"
SECONDS = 30.0
"""After which a run that says nothing is ended, so that a test fails and does not hang."""


class Watched:
    """A watch over `folder`, and what it says on its one stream."""

    def __init__(self, folder: Path, *words: str, terminal: bool = False) -> None:
        command = [sys.executable, "-m", "unleak", "check", "--color", "never", "--watch", *words]
        if terminal:
            self._out, theirs = os.openpty()
        else:
            self._out, theirs = os.pipe()
        self._child = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self._late = threading.Timer(SECONDS, self._child.kill)
        self._late.start()
        self._heard = ""

    def until(self, words: str) -> str:
        """What it has said up to and with `words`."""
        while words not in self._heard:
            piece = b""
            with contextlib.suppress(OSError):  # a terminal that hangs up
                piece = os.read(self._out, 65536)
            assert piece, f"it ended before it said {words!r}: {self._heard}"
            self._heard += piece.decode()
        before, _, self._heard = self._heard.partition(words)
        return before + words

    def interrupted(self) -> int:
        self._child.send_signal(signal.SIGINT)
        return self._child.wait()

    def end(self) -> None:
        self._late.cancel()
        self._child.kill()
        self._child.wait()
        os.close(self._out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("out/\n")
    for name in ("node_modules/x", "out", "src/deep"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "src" / "a.mjs").write_text("export {};\n")
    return tmp_path


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    watching = Watched(folder, "src")
    yield watching
    watching.end()


def test_a_change_is_seen_and_the_last_code_is_the_exit_code(
    watched: Watched, folder: Path
) -> None:
    assert "No findings" in watched.until(SAYS)

    (folder / "src" / "a.mjs").write_text(LEAK)
    assert "src/a.mjs:2:26: pipe-without-pipeline" in watched.until(SAYS)

    (folder / "unleak.toml").write_text('ignore = ["pipe-without-pipeline"]\n')
    assert "No findings" in watched.until(SAYS)

    (folder / "unleak.toml").unlink()
    assert "1 finding in 1 file" in watched.until(SAYS)
    assert watched.interrupted() == 1


def test_what_is_made_in_a_new_folder_is_seen(watched: Watched, folder: Path) -> None:
    watched.until(SAYS)

    new = folder / "src" / "new"
    new.mkdir()
    (new / "b.mjs").write_text(LEAK)
    assert "src/new/b.mjs:2:26" in watched.until("src/new/b.mjs:2:26")
    watched.until(SAYS)
    (new / "b.mjs").unlink()
    assert "No findings" in watched.until("No findings")
    watched.until(SAYS)
    assert watched.interrupted() == 0


def test_a_report_that_is_written_is_no_change(folder: Path) -> None:
    """Otherwise it would run for ever: the second run would come without the second change."""
    watching = Watched(folder, "--output-format", "json", "--output-file", "r.json")
    try:
        watching.until(SAYS)
        (folder / "src" / "deep" / "b.mjs").write_text(LEAK)
        (folder / "src" / "a.mjs").write_text("export const a = 1;\n")
        assert "1 finding" in watching.until("1 finding")
        watching.until(SAYS)
        assert watching.interrupted() == 1
    finally:
        watching.end()


def test_a_terminal_is_cleared_and_a_pipe_is_not(folder: Path, watched: Watched) -> None:
    on_terminal = Watched(folder, "src", terminal=True)
    try:
        assert on_terminal.until(SAYS).startswith("\x1b[2J\x1b[3J\x1b[H")
        assert on_terminal.interrupted() == 0
    finally:
        on_terminal.end()
    assert "\x1b" not in watched.until(SAYS)


def test_a_module_of_the_tree_is_not_run(folder: Path) -> None:
    """Every run is a process that starts in a folder of strangers."""
    (folder / "json.py").write_text("raise SystemExit('run')\n")
    (folder / "unleak").mkdir()
    (folder / "unleak" / "__main__.py").write_text("raise SystemExit('run')\n")
    scripts = Path(sys.executable).parent
    child = subprocess.Popen(
        [str(scripts / "unleak"), "check", "--watch", "src"], cwd=folder, stderr=subprocess.PIPE
    )
    assert child.stderr is not None
    late = threading.Timer(SECONDS, child.kill)
    late.start()
    said = child.stderr.readline() + child.stderr.readline()
    child.send_signal(signal.SIGINT)
    child.communicate()
    late.cancel()

    assert said.startswith(b"No findings")
    assert SAYS.encode() in said
    assert child.returncode == 0


def test_what_is_ignored_is_not_watched(folder: Path) -> None:
    names = {os.path.relpath(one, folder) for one in folders_of([str(folder / "src")])}
    assert names == {".", "src", "src/deep"}

    names = {os.path.relpath(one, folder) for one in folders_of([str(folder)])}
    assert names == {".", "src", "src/deep"}

    (one,) = {*folders_of([str(folder / "src" / "a.mjs")])} - {str(folder)}
    assert one == str(folder / "src")


@pytest.mark.parametrize("words", [["--fix"], ["--diff"], ["-", "--stdin-filename", "a.js"]])
def test_a_watch_only_looks(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--watch", *words]) == 2
    assert "Error" in capsys.readouterr().err
