"""Every verb on a tree with Python in it: what works on a .js file works on a .py file."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unleak import run
from unleak.cache import memory
from unleak.cli import main
from unleak.plan import read_plan

PY = """\
import asyncio


async def send(data):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    writer.write(data)
    writer.close()
"""
PY_CURED = PY + "    await writer.wait_closed()\n"
TWO = PY + PY.partition("\n\n")[2].replace("send", "again")
TWO_CURED = PY_CURED + PY_CURED.partition("\n\n")[2].replace("send", "again")
JS = """\
import fs from 'node:fs';

export async function copy(from, to) {
  fs.createReadStream(from).pipe(fs.createWriteStream(to));
}
"""
CLOSE, PIPE = "close-not-awaited", "pipe-without-pipeline"
NEWER = "\n\nx = = 1\n"
"""What no Python reads, as an older one does not read what a newer one brought."""

Ran = tuple[int, str, str]
Cli = Callable[..., Ran]


def git(*words: str) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], check=True, capture_output=True, text=True)
    return done.stdout


def put(**files: str) -> None:
    for name, text in files.items():
        Path(name.replace("_", ".")).write_bytes(text.encode())


def text_of(name: str) -> str:
    return Path(name).read_bytes().decode()


@pytest.fixture
def unleak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cli:
    """The command, in a committed git work tree that holds a file of each language."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "tree").mkdir()
    monkeypatch.chdir(tmp_path / "tree")
    git("init", "-q", "-b", "trunk")
    git("config", "user.name", "x")
    git("config", "user.email", "x@localhost")
    put(a_py=TWO, b_mjs=JS)
    git("add", "-A")
    git("commit", "-qm", "x")

    def ran(*words: str) -> Ran:
        capfd.readouterr()
        code = main(list(words))
        return code, *capfd.readouterr()

    return ran


def found(unleak: Cli, *words: str) -> list[tuple[str, str]]:
    report = json.loads(unleak("check", "--output-format", "json", *words)[1])
    return [(one["path"], one["codemod"]) for one in report["findings"]]


# A patch, decided on, written and taken back.


def test_a_patch_is_what_git_applies(unleak: Cli) -> None:
    put(a_py=("\ufeff" + TWO).replace("\n", "\r\n").replace("    ", "\t"))
    assert unleak("diff", "--unsafe-fixes", "-o", "../a.patch")[0] == 1
    git("apply", "../a.patch")
    assert text_of("a.py") == ("\ufeff" + TWO_CURED).replace("\n", "\r\n").replace("    ", "\t")


def test_review_apply_and_undo(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    unleak("diff", "--unsafe-fixes", "-o", "../a.patch")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\nn\ny\n"))
    assert unleak("review", "../a.patch")[0] == 0
    plan = read_plan(Path("../a.patch").read_bytes())
    assert [(file.path, one.accepted) for file, one in plan.findings()] == [
        ("a.py", True),
        ("a.py", False),
        ("b.mjs", True),
    ]

    assert unleak("apply", "../a.patch")[0] == 0
    assert text_of("a.py") == TWO.replace(PY, PY_CURED)
    assert "await pipeline(" in text_of("b.mjs")

    assert unleak("undo")[0] == 0
    assert (text_of("a.py"), text_of("b.mjs")) == (TWO, JS)


def test_a_codemod_of_python_can_be_rejected_by_name(unleak: Cli) -> None:
    unleak("diff", "--unsafe-fixes", "-o", "../a.patch")
    assert unleak("review", "../a.patch", "--reject", CLOSE, "--accept", PIPE)[0] == 0
    assert unleak("apply", "../a.patch")[0] == 0
    assert text_of("a.py") == TWO
    assert "await pipeline(" in text_of("b.mjs")


def test_a_file_that_changed_since_is_left(unleak: Cli) -> None:
    unleak("diff", "--unsafe-fixes", "-o", "../a.patch")
    unleak("review", "../a.patch", "--accept", CLOSE)
    put(a_py="# more\n" + TWO)
    git("commit", "-qam", "x")
    code, _, err = unleak("apply", "../a.patch")
    assert code == 3
    assert "a.py" in err
    assert text_of("a.py") == "# more\n" + TWO

    assert "await pipeline(" in text_of("b.mjs")  # the rest of the patch was written
    assert unleak("apply", "--3way", "../a.patch")[0] == 0
    assert text_of("a.py") == "# more\n" + TWO_CURED


def test_fix_and_undo(unleak: Cli) -> None:
    assert unleak("fix", "a.py")[0] == 1  # nothing of it is safe
    assert text_of("a.py") == TWO
    assert unleak("fix", "--unsafe-fixes", "a.py")[0] == 0
    assert text_of("a.py") == TWO_CURED
    assert unleak("check", "a.py")[0] == 0
    assert unleak("undo")[0] == 0
    assert text_of("a.py") == TWO


def test_stdin(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PY.encode())))
    words = ("fix", "--unsafe-fixes", "--stdin-filename", "a.py", "-")
    assert unleak(*words)[1] == PY_CURED


# Many files.


def test_a_batch_has_both_languages(unleak: Cli) -> None:
    put(package_json='{"name": "acme"}')
    git("add", "-A")
    git("commit", "-qm", "x")
    assert unleak("batch", "-q", "--unsafe-fixes", "--branches", "unleak/")[0] == 0
    (patch,) = Path("unleak-batch").glob("*.patch")
    assert [file.path for file in read_plan(patch.read_bytes()).files] == ["a.py", "b.mjs"]
    assert git("show", f"unleak/{patch.stem}:a.py") == TWO_CURED
    assert text_of("a.py") == TWO


def test_codemods_of_both_languages_are_selected_by_name(unleak: Cli) -> None:
    put(a_py=PY)
    both = [("a.py", CLOSE), ("b.mjs", PIPE)]
    assert found(unleak) == both
    assert found(unleak, "--select", f"{CLOSE},{PIPE}") == both
    assert found(unleak, "--select", CLOSE) == both[:1]
    assert found(unleak, "--select", PIPE) == both[1:]
    assert found(unleak, "--ignore", PIPE) == both[:1]
    put(unleak_toml=f'[per-file-ignores]\n"*.py" = ["{CLOSE}"]\n')
    assert found(unleak) == both[1:]


def test_the_users_word_on_safety_counts(unleak: Cli) -> None:
    """`always` makes of an unsafe rewrite one that is written without asking."""
    put(unleak_toml=f'[safety]\n"{CLOSE}" = "safe"\n')
    report = json.loads(unleak("check", "--output-format", "json", "a.py")[1])
    assert {one["safety"] for one in report["findings"]} == {"safe"}
    unleak("fix", "a.py")
    assert text_of("a.py") == TWO_CURED


# What was accepted, and what is remembered.


def test_a_baseline(unleak: Cli) -> None:
    assert unleak("baseline", "write")[0] == 0
    assert unleak("check")[0] == 0
    put(a_py=PY.replace("send", "new") + "\n\n" + TWO)
    assert found(unleak, "a.py").count(("a.py", CLOSE)) == 3
    code, out, _ = unleak("check", "--output-format", "concise", "a.py")
    assert (code, out.count(CLOSE)) == (1, 1)
    assert unleak("fix", "--unsafe-fixes", "--allow-dirty", "a.py")[0] == 0
    assert text_of("a.py").count("wait_closed") == 1

    put(a_py=PY)
    code, _, err = unleak("check")
    assert code == 1
    assert "prune" in err
    assert unleak("baseline", "prune")[0] == 0
    assert unleak("check")[0] == 0


def test_staged(unleak: Cli) -> None:
    put(a_py=TWO_CURED)
    git("commit", "-qam", "x")
    put(a_py=TWO, c_py=PY)
    git("add", "a.py")
    put(a_py=TWO_CURED)
    assert found(unleak, "--staged") == [("a.py", CLOSE)] * 2
    git("add", "a.py", "c.py")
    assert found(unleak, "--staged") == [("c.py", CLOSE)]
    assert unleak("fix", "--staged", "--unsafe-fixes")[0] == 0
    assert text_of("c.py") == PY_CURED


def test_nothing_is_judged_twice(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "TICK", 0)  # what was written a moment ago is trusted
    judged: list[str] = []
    judge = run.judge

    def seen(job: run.Job) -> run.FileResult:
        judged.append(job.path)
        return judge(job)

    monkeypatch.setattr(run, "judge", seen)
    words = ("check", "--output-format", "json")
    cold = unleak(*words, "--no-cache")
    assert sorted(judged) == ["a.py", "b.mjs"]
    assert unleak(*words) == cold
    judged.clear()
    assert unleak(*words) == cold
    assert judged == []

    put(a_py=PY)
    git("commit", "-qam", "x")
    changed = unleak(*words)
    assert judged == ["a.py"]
    assert changed == unleak(*words, "--no-cache")
    assert changed != cold


@pytest.mark.parametrize("comment", ["# noqa", "# unleak-disable-file close-not-awaited -- why"])
def test_what_a_comment_says_is_not_remembered(
    unleak: Cli, monkeypatch: pytest.MonkeyPatch, comment: str
) -> None:
    monkeypatch.setattr(memory, "TICK", 0)
    for text in (TWO, f"{comment}\n{TWO}", f"{comment}\n", TWO):
        put(a_py=text)
        cold = unleak("check", "--no-cache")
        assert unleak("check") == cold
        assert unleak("check") == cold


def test_another_libcst_remembers_nothing_of_this_one(tmp_path: Path) -> None:
    (tmp_path / "libcst").mkdir()
    path = os.pathsep.join([str(tmp_path), *sys.path])
    code = "from unleak.cache import store; print(store.key(1))"

    def key() -> str:
        environment = {"PYTHONPATH": path, "PATH": os.defpath}
        words = [sys.executable, "-c", code]
        return subprocess.run(words, env=environment, capture_output=True, check=True).stdout

    (tmp_path / "libcst" / "__init__.py").touch()
    old = key()
    assert old == key()
    (tmp_path / "libcst" / "_version.py").write_text("2\n")
    assert old != key()


# What cannot be read.


@pytest.mark.parametrize("words", [("check",), ("diff", "--unsafe-fixes"), ("fix",)])
def test_a_file_that_is_newer_than_this_python_is_told(
    unleak: Cli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(memory, "TICK", 0)
    put(a_py=PY + NEWER, b_mjs="export {};\n")
    for _ in range(3):  # also from what is remembered
        code, _, err = unleak(*words)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        assert code == 3
        assert f"a.py: no Python {version} at line 10: " in err
        assert text_of("a.py") == PY + NEWER


def test_a_comment_in_such_a_file_is_told_of_too(unleak: Cli) -> None:
    put(a_py=f"# unleak-disable-file {CLOSE}\n{NEWER}", b_mjs="export {};\n")
    code, _, err = unleak("check")
    assert code == 3
    assert "a.py: no Python" in err


def test_a_batch_tells_of_what_it_could_not_read(unleak: Cli) -> None:
    put(a_py=PY + NEWER)
    git("commit", "-qam", "x")
    code, out, err = unleak("batch", "--unsafe-fixes")
    assert code == 3
    assert "a.py: no Python" in out + err
