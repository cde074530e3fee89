"""Nothing is written that a command of the user's fails with, nor what was never asked for."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from unleak.cli import main
from unleak.plan import FilePlan, Plan, read_plan, settled
from unleak.verify.command import run_command
from unleak.verify.copy import copied
from unleak.verify.culprits import culprits
from unleak.workspace.dirty import dirty
from unleak_engine.edit import Edit

COPY = """\
const fs = require('node:fs');

exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""
DRAIN = """\
const { once } = require('node:events');
const fs = require('node:fs');

exports.copy = async (rows, to) => {
  const out = fs.createWriteStream(to);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
};
"""
ME = ["-c", "user.name=a", "-c", "user.email=a@b"]


def git(*words: str, cwd: Path | str = ".") -> str:
    return subprocess.run(
        ["git", *ME, *words], cwd=cwd, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a repository, with nothing in it; temporary files are made beside it."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    git("init", "-q")
    return tree


def put(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def commit(**files: str) -> None:
    put({name.replace("_", "."): text for name, text in files.items()})
    git("add", "-A")
    git("commit", "-qm", "x", "--allow-empty")


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def cured(*names: str) -> list[str]:
    return [name for name in names if "await pipeline(" in Path(name).read_text()]


def is_tidy(here: Path) -> bool:
    """Whether a verification has left nothing behind."""
    left = list((here.parent / "temporary").iterdir())
    return not left and len(git("worktree", "list").splitlines()) == 1


# What breaks it.


def test_each_change_that_is_to_blame_is_found_and_no_other() -> None:
    for count, guilty in ((n, g) for n in range(1, 8) for g in range(1, 1 << n)):
        bad = {number for number in range(count) if guilty >> number & 1}
        found = culprits(count, lambda kept, bad=bad: not kept & bad)  # type: ignore[misc]
        assert {one.number for one in found} == bad
        assert all(one.number in one.failing for one in found)


def test_of_two_that_fail_only_together_one_goes() -> None:
    for pair in itertools.combinations(range(9), 2):
        found = culprits(9, lambda kept, pair=set(pair): not pair <= kept)  # type: ignore[misc]
        assert [one.number in pair for one in found] == [True]


def test_one_that_needs_another_is_kept_with_it() -> None:
    for needy, needed in itertools.permutations(range(6), 2):

        def passes(kept: Collection[int], needy: int = needy, needed: int = needed) -> bool:
            return 5 not in kept and (needy not in kept or needed in kept)

        if 5 in (needy, needed):
            continue
        assert [one.number for one in culprits(6, passes)] == [5]


@pytest.mark.parametrize("wrong", range(3, 8))
def test_a_failure_that_does_not_come_again_blames_nothing(wrong: int) -> None:
    asked: list[frozenset[int]] = []

    def passes(kept: frozenset[int]) -> bool:
        asked.append(kept)
        return 4 not in kept and len(asked) != wrong

    assert [one.number for one in culprits(8, passes)] == [4]


def test_a_check_that_fails_once_is_asked_again() -> None:
    answers = iter([False, True])
    assert culprits(8, lambda _: next(answers)) == ()


def test_what_passes_is_asked_about_once() -> None:
    answers = iter([True])
    assert culprits(8, lambda _: next(answers)) == ()


def test_one_among_many_is_found_in_few_runs() -> None:
    for bad in range(25):
        asked: list[frozenset[int]] = []

        def passes(
            kept: frozenset[int], asked: list[frozenset[int]] = asked, bad: int = bad
        ) -> bool:
            asked.append(kept)
            return bad not in kept

        assert [one.number for one in culprits(25, passes)] == [bad]
        assert len(asked) <= 9
        assert frozenset(range(25)) - {bad} in asked


TEST = """\
const fs = require('node:fs');
const assert = require('node:assert');
(async () => {
  for (let i = 10; i < 35; i++) {
    const out = `out${i}`;
    await require(`./src/m${i}.js`).copy(__filename, out);
    assert.equal(fs.readFileSync(out, 'utf8'), fs.readFileSync(__filename, 'utf8'), `m${i}`);
    fs.unlinkSync(out);
  }
})();
"""


def planted(plan: Plan, *paths: str) -> Plan:
    """`plan` with a rewrite that calls what is not there, in each of these files."""
    for path in paths:
        file = next(file for file in plan.files if file.path == path)
        [entry] = file.entries
        edits = tuple(
            Edit(one.start, one.end, one.text.replace(b"await pipeline(", b"await pipeline.not("))
            for one in entry.edits
        )
        told = [{"start": e.start, "end": e.end, "text": e.text.decode()} for e in edits]
        wrong = replace(entry, edits=edits, said={**entry.said, "edits": told})
        changed = replace(file, entries=(wrong,)).drawn(Path(path).read_bytes())
        assert b"pipeline.not(" in changed.body
        plan = plan.replaced(changed)
    return plan


@pytest.mark.parametrize(
    ("bad", "command", "said", "most"),
    [
        (("src/m27.js",), "node test.js", "pipeline.not is not a function", 10),
        (("src/m10.js", "src/m34.js"), "! grep -l pipeline.not src/*.js", "  | src/m", 18),
    ],
    ids=["one", "two"],
)
def test_planted_rewrites_among_25_are_taken_back_and_no_other(
    here: Path,
    bad: tuple[str, ...],
    command: str,
    said: str,
    most: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    names = [f"src/m{number}.js" for number in range(10, 35)]
    put(dict.fromkeys(names, COPY) | {"test.js": TEST})
    commit()
    runs, patch = here.parent / "runs", here.parent / "a.patch"
    assert main(["diff", "-q", "-o", str(patch)]) == 1
    patch.write_bytes(planted(read_plan(patch.read_bytes()), *bad).render())
    capfd.readouterr()

    assert main(["apply", "--verify", f"printf x >> {runs}; {command}", str(patch)]) == 1

    err = capfd.readouterr().err
    assert cured(*names) == [name for name in names if name not in bad]
    assert [Path(name).read_text() for name in bad] == [COPY for _ in bad]
    assert re.findall(r"^taken back (\S+):(\d+):\d+ (\S+):", err, re.M) == [
        (name, "6", "pipe-without-pipeline") for name in bad
    ]
    assert err.count(said) >= len(bad)
    assert len(runs.read_text()) == err.count("verify: ") - 1 <= most
    assert not list(here.glob("out*"))
    assert main(["undo", "-q"]) == 0
    assert cured(*names) == []
    assert is_tidy(here)


def test_what_passes_is_written(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY)
    assert main(["fix", "--verify", "node --check a.js && test -e .git"]) == 0
    assert cured("a.js") == ["a.js"]
    assert "verify: passes with 1 change (" in capfd.readouterr().err
    assert is_tidy(here)


def test_what_fix_takes_back_is_left_and_told(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commit(a_js=COPY, b_js=COPY, c_js=COPY, d_js=COPY + COPY.replace("copy", "again"))
    quiet = "! grep -q 'await pipeline' b.js && test $(grep -c 'await pipeline' d.js) -lt 2"

    assert main(["fix", "--verify", quiet]) == 1

    out, err = capfd.readouterr()
    assert cured("a.js", "b.js", "c.js", "d.js") == ["a.js", "c.js", "d.js"]
    assert Path("d.js").read_text().count("await pipeline(") == 1
    # Where it stands in the file as it is by now, above which another one has been fixed.
    lines = Path("d.js").read_text().splitlines()
    (left,) = (number for number, line in enumerate(lines, 1) if line.startswith("      .pipe("))
    assert [line.split(": ")[0] for line in out.splitlines()] == ["b.js:6:8", f"d.js:{left}:8"]
    assert "taken back b.js:6:8 pipe-without-pipeline: " in err
    assert "3 findings fixed in 3 files" in err
    assert is_tidy(here)


def test_when_all_is_taken_back_nothing_is_written(here: Path) -> None:
    commit(a_js=COPY, b_js=COPY)
    before = contents(here)
    assert main(["fix", "-q", "--verify", "! grep -q 'await pipeline' *.js"]) == 1
    assert contents(here) == before
    assert is_tidy(here)


def test_a_helper_module_goes_with_the_findings_it_is_for(here: Path) -> None:
    commit(a_js=DRAIN, b_js=COPY)
    words = ["fix", "-q", "--helpers", "lib/drained.js"]
    assert main([*words, "--verify", "test ! -e lib/drained.js"]) == 1
    assert not Path("lib").exists()
    assert Path("a.js").read_text() == DRAIN
    assert cured("b.js") == ["b.js"]
    assert main([*words, "--verify", "node -e \"require('./a.js')\""]) == 0
    assert Path("lib/drained.js").exists()


def test_a_helper_module_is_accepted_when_one_of_its_findings_is(here: Path) -> None:
    commit(a_js=DRAIN, b_js=DRAIN)
    patch = here.parent / "a.patch"
    assert main(["diff", "-q", "--helpers", "lib/drained.js", "-o", str(patch)]) == 1
    plan = read_plan(patch.read_bytes())

    def rejecting(plan: Plan, *paths: str) -> Plan:
        def decided(file: FilePlan) -> FilePlan:
            word = "reject" if file.path in paths else "accept"
            return file.decided(Path(file.path).read_bytes(), lambda one: one.decided(word))

        for file in plan.files:
            plan = plan if file.created else plan.replaced(decided(file))
        return settled(plan)

    def makes(plan: Plan) -> list[bool]:
        return [bool(file.accepted and file.body) for file in plan.files if file.created]

    assert makes(plan) == [True]
    assert makes(rejecting(plan, "a.js")) == [True]
    none = rejecting(plan, "a.js", "b.js")
    assert makes(none) == [False]
    assert makes(read_plan(none.render())) == [False]
    assert rejecting(none).render() == rejecting(plan).render()


# The command.


def test_a_red_baseline_is_told_and_stops(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY)
    before = contents(here)
    command = "for i in $(seq 30); do echo line $i; done; exit 7"

    assert main(["fix", "-q", "--verify", command]) == 2

    err = capfd.readouterr().err.splitlines()
    assert "fails before anything was changed (exit code 7, " in err[0]
    assert "--allow-red" in err[0]
    assert err[1:] == [f"  | line {number}" for number in range(11, 31)]
    assert contents(here) == before
    assert is_tidy(here)


def test_with_a_red_baseline_the_same_ending_is_what_counts(here: Path) -> None:
    commit(a_js=COPY, b_js=COPY)
    command = "grep -q 'await pipeline' b.js && exit 8; exit 7"
    assert main(["fix", "-q", "--allow-red", "--verify", command]) == 1
    assert cured("a.js", "b.js") == ["a.js"]


def test_a_baseline_that_fails_once_is_told(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY)
    assert main(["fix", "--verify", "test -e ran || { touch ran; exit 1; }"]) == 0
    err = capfd.readouterr().err
    assert "fails without changes (exit code 1, " in err
    assert "passes when run again" in err


def test_a_failure_that_does_not_come_again_is_told(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commit(a_js=COPY)
    command = "grep -q 'await pipeline' a.js || exit 0; test -e ran || { touch ran; exit 1; }"
    assert main(["fix", "--verify", command]) == 0
    err = capfd.readouterr().err
    assert re.search("passes with 1 change .*, run again: it does not always end the same", err)
    assert cured("a.js")


def test_what_takes_too_long_fails_and_is_ended(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commit(a_js=COPY)
    command = (
        f"grep -q 'await pipeline' a.js && {{ sleep 60 & echo $! >> {here}/../pids; wait; }}; :"
    )
    assert main(["fix", "--verify-timeout", "0.5", "--verify", command]) == 1
    assert cured("a.js") == []
    assert "it fails with it (did not end in " in capfd.readouterr().err
    pids = (here.parent / "pids").read_text().split()
    assert len(pids) == 2
    assert [pid for pid in pids if is_running(int(pid))] == []


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def test_a_command_is_told_what_a_shell_would_say(tmp_path: Path) -> None:
    def code(command: str) -> int | None:
        return run_command(command, str(tmp_path), 60, {}).code

    assert code("exit 3") == 3
    assert code("kill -9 $$") == 137
    assert code("no-such-command") == 127
    assert run_command("printf '\\033[31mred\\033[0m\\r\\nx\\n'", str(tmp_path), 60, {}).tail == (
        "red",
        "x",
    )
    assert run_command("cat", str(tmp_path), 60, {}).tail == ()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(here: Path, number: signal.Signals) -> None:
    commit(a_js=COPY)
    before = contents(here)
    told = here.parent / "pid"
    command = f"echo $$ > {told}.new; mv {told}.new {told}; chmod 0 .; exec sleep 60"
    process = subprocess.Popen(
        [sys.executable, "-m", "unleak", "fix", "-q", "--verify", command], cwd=here
    )
    while not told.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)

    assert process.wait() == 130
    assert not is_running(int(told.read_text()))
    assert contents(here) == before
    assert is_tidy(here)


def test_the_setup_runs_first_and_finds_the_tree(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commit(_gitignore="/node_modules/\n/.env\n", a_js=COPY)
    put({".env": "A=1\n", "node_modules/x/index.js": "\n"})
    setup = 'test ! -e node_modules && cp "$UNLEAK_ROOT/.env" . && mkdir node_modules'
    assert main(["fix", "--setup", setup, "--verify", "test -d node_modules -a -e .env"]) == 0
    assert "verify: set up (" in capfd.readouterr().err
    assert cured("a.js")


def test_a_setup_that_fails_stops(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY)
    assert main(["fix", "-q", "--setup", "echo why; exit 1", "--verify", "true"]) == 2
    assert capfd.readouterr().err.splitlines()[1:] == ["  | why"]
    assert cured("a.js") == []
    assert is_tidy(here)


def test_it_runs_where_the_user_stands(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put({"packages/a/a.js": COPY, "packages/a/package.json": "{}"})
    commit()
    monkeypatch.chdir("packages/a")
    command = f'test "$(basename $PWD)" = a -a -e a.js -a "$PWD" != {here}/packages/a'
    assert main(["fix", "-q", "--verify", command]) == 0
    assert cured("a.js")


def test_check_verifies_and_writes_nothing(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY, b_js=COPY)
    patch = str(here.parent / "a.patch")
    assert main(["diff", "-q", "-o", patch]) == 1
    words = ["apply", "--check", patch, "--verify", "! grep -q 'await pipeline' b.js"]
    assert main(words) == 1
    assert "1 file can be written" in capfd.readouterr().err
    assert cured("a.js", "b.js") == []


def test_what_has_changed_meanwhile_is_told(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY, b_js=COPY)
    patch = str(here.parent / "a.patch")
    assert main(["diff", "-q", "-o", patch]) == 1
    for words in (["apply", patch], ["fix"]):
        capfd.readouterr()
        assert main([*words, "--verify", f"echo '//' >> {here}/b.js"]) == 3
        assert re.search(r"^problem: b.js: .* \[changed\]$", capfd.readouterr().err, re.M)
        assert cured("a.js", "b.js") == ["a.js"]
        assert main(["undo", "-q"]) == 0
        git("checkout", "-q", ".")


@pytest.mark.parametrize(
    "words",
    [
        ["fix", "--setup", "true"],
        ["fix", "--allow-red"],
        ["fix", "--verify-timeout", "5"],
        ["fix", "--verify", "true", "--verify-timeout", "0"],
        ["fix", "--max-changes", "-1"],
        ["fix", "-", "--stdin-filename", "a.js", "--verify", "true"],
        ["apply", "--setup", "true", "a.patch"],
        ["apply", "--resume", "--verify", "true"],
    ],
    ids=" ".join,
)
def test_calls_that_make_no_sense(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY)
    assert main(words) == 2
    assert "Error" in capfd.readouterr().err
    assert cured("a.js") == []


# The copy.


def test_the_copy_has_every_file_as_the_user_has_it(here: Path) -> None:
    commit(_gitignore="ignored/\n*.log\n", a_js="1\n", gone_js="1\n", staged_js="1\n")
    put({"a.js": "2\n", "staged.js": "2\n", "new/ñ \n.js": "1\n", "ignored/x.js": "", "b.log": ""})
    Path("gone.js").unlink()
    git("add", "staged.js")
    Path("staged.js").write_text("3\n")
    Path("a.js").chmod(0o755)
    Path("link.js").symlink_to("a.js")
    Path("out.js").symlink_to("../beside.js")
    Path("folder").symlink_to("new", target_is_directory=True)
    Path("absolute.js").symlink_to(here / "a.js")
    os.mkfifo("pipe")
    (here.parent / "beside.js").write_text("beside\n")
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        hook = here / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {here.parent}/hooked\n")
        hook.chmod(0o755)
    before = git("status", "--porcelain", "-z", "--", ".", ":!pipe", ":!absolute.js", ":!out.js")
    (here.parent / "hooked").unlink(missing_ok=True)

    with copied(str(here), ["ignored/x.js"]) as copy:
        top = Path(copy.folder)
        assert contents(top) == {
            name: data for name, data in contents(here).items() if name != "b.log"
        }
        assert os.access(top / "a.js", os.X_OK)
        assert os.readlink(top / "link.js") == "a.js"
        assert (top / "absolute.js").resolve() == (top / "a.js").resolve()
        assert (top / "out.js").read_text() == "beside\n"
        assert (top / "folder").resolve() == top / "new"
        assert not (here.parent / "hooked").exists()
        words = ["--porcelain", "-z", "--", ".", ":!absolute.js", ":!out.js"]
        assert git("status", *words, cwd=top) == before
        assert git("rev-parse", "HEAD", cwd=top) == git("rev-parse", "HEAD")
        assert not (top / "pipe").exists()
    assert is_tidy(here)


def test_a_repository_without_a_commit_is_copied(here: Path) -> None:
    put({"a.js": COPY})
    assert main(["fix", "-q", "--verify", "node --check a.js"]) == 0
    assert cured("a.js")


def test_repositories_within_are_copied(here: Path) -> None:
    commit(a_js="1\n")
    put({"sub/b.js": "2\n", "sub/.gitignore": "c.js\n", "sub/c.js": ""})
    git("init", "-q", cwd="sub")
    with copied(str(here)) as copy:
        assert (Path(copy.folder) / "sub/b.js").read_text() == "2\n"
        assert not (Path(copy.folder) / "sub/c.js").exists()


def test_outside_of_git_all_is_copied(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["rm", "-rf", ".git"], check=True)
    put({"a.js": COPY, "data/b": "x\n", "node_modules/x/index.js": "exports.x = 1;\n"})
    test = "test -e data/b -a -L node_modules/x && node -e \"require('x').x === 1 || exit(1)\""
    assert main(["fix", "--verify", test]) == 0, capfd.readouterr()
    assert cured("a.js")
    assert not list((here.parent / "temporary").iterdir())


def workspaces() -> None:
    """Two packages, `b` of which requires `a`, as npm installs them."""
    test = "require('@x/a').copy(__filename, 'out').then(() => console.log(require('left')))"
    put(
        {
            ".gitignore": "node_modules\n",
            "package.json": '{"private": true, "workspaces": ["packages/*"]}',
            "packages/a/package.json": '{"name": "@x/a", "main": "index.js"}',
            "packages/a/index.js": COPY,
            "packages/b/package.json": '{"name": "@x/b", "bin": "test.js"}',
            "packages/b/test.js": f"#!/usr/bin/env node\n{test};\n",
        }
    )
    Path("packages/b/test.js").chmod(0o755)
    commit()
    put(
        {
            "node_modules/left/index.js": "module.exports = require('right');\n",
            "node_modules/right/index.js": "module.exports = 'right';\n",
            "node_modules/.cache/x": "",
            "node_modules/.package-lock.json": "{}",
            "packages/b/node_modules/own/index.js": "",
        }
    )
    for name in ("a", "b"):
        link = Path("node_modules/@x") / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(Path("../../packages") / name)
    Path("node_modules/.bin").mkdir()
    Path("node_modules/.bin/b").symlink_to("../@x/b/test.js")


def test_a_package_is_tested_against_its_rewritten_sibling(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workspaces()
    before = contents(here)
    # That the test sees the new text of its sibling, by the name it requires it by:
    sees = "test \"$(node -p \"require('fs').readFileSync(require.resolve('@x/a'))+''\" |"
    sees += " grep -c 'await pipeline')\" = 1 && echo it sees it in $(node -p"
    sees += " \"require.resolve('@x/a')\") && exit 1; node test.js"

    os.chdir("packages/b")
    assert main(["fix", "..", "--verify", sees]) == 1
    os.chdir(here)

    err = capfd.readouterr().err
    assert f"  | it sees it in {here}/packages/a/index.js" in err.splitlines()
    assert contents(here) == before
    assert main(["fix", "-q", "--verify", "node_modules/.bin/b"]) == 0
    assert cured("packages/a/index.js")
    assert not Path("out").exists()
    assert is_tidy(here)


def test_node_modules_are_folders_of_links(here: Path) -> None:
    workspaces()
    Path("node_modules/linked").symlink_to(here.parent / "temporary")
    before = contents(here)
    with copied(str(here)) as copy:
        modules = Path(copy.folder) / "node_modules"
        assert os.readlink(modules / "left") == str(here / "node_modules" / "left")
        assert (modules / "@x/a").resolve() == Path(copy.folder) / "packages/a"
        assert (modules / ".bin/b").resolve() == Path(copy.folder) / "packages/b/test.js"
        assert (modules / "linked").resolve() == here.parent / "temporary"
        assert (modules / ".package-lock.json").exists()
        assert not (modules / ".cache").exists()
        assert (Path(copy.folder) / "packages/b/node_modules/own/index.js").exists()
        (modules / ".cache").mkdir()
        (modules / "fresh").mkdir()
    assert contents(here) == before


def test_a_package_that_requires_a_workspace_gets_the_rewritten_one(here: Path) -> None:
    workspaces()
    for name, needs in (("plugin", "@x/a"), ("tool", "plugin"), ("other", "right")):
        manifest = json.dumps({"peerDependencies": {needs: "*"}})
        text = f"module.exports = require.resolve('{needs}');"
        put({f"node_modules/{name}/package.json": manifest, f"node_modules/{name}/index.js": text})
    with copied(str(here)) as copy:
        modules = Path(copy.folder, "node_modules")
        linked = [(modules / name).is_symlink() for name in ("plugin", "tool", "other", "right")]
        told = "require('plugin') + ' ' + require('tool')"
        seen = subprocess.check_output(["node", "-p", told], cwd=copy.folder, text=True).split()
        assert linked == [False, False, True, True]
        assert seen == [f"{copy.folder}/packages/a/index.js", f"{modules}/plugin/index.js"]


def test_pnpm_keeps_packages_in_a_store(here: Path) -> None:
    commit(_gitignore="node_modules\n", package_json="{}")
    put({"node_modules/.pnpm/x@1/node_modules/x/index.js": "module.exports = require('y')"})
    put({"node_modules/.pnpm/y@1/node_modules/y/index.js": "module.exports = 'y'"})
    Path("node_modules/x").symlink_to(".pnpm/x@1/node_modules/x")
    Path("node_modules/.pnpm/x@1/node_modules/y").symlink_to("../../y@1/node_modules/y")
    with copied(str(here)) as copy:
        done = subprocess.check_output(["node", "-p", "require('x')"], cwd=copy.folder)
    assert done == b"y\n"


def test_a_target_in_a_package_is_tried_in_the_copy_too(here: Path) -> None:
    commit(_gitignore="node_modules\n", package_json="{}")
    put({"node_modules/@s/x/lib/a.js": COPY, "node_modules/@s/x/index.js": "require('./lib/a.js')"})
    seen = "grep -q 'await pipeline' $(node -p \"require.resolve('@s/x/lib/a.js')\") && exit 1; :"
    words = ["fix", "-q", "--no-exclude", "node_modules/@s/x/lib/a.js"]
    assert main([*words, "--verify", seen]) == 1
    assert cured("node_modules/@s/x/lib/a.js") == []
    assert main([*words, "--verify", "node -e \"require('@s/x')\""]) == 0
    assert cured("node_modules/@s/x/lib/a.js")


def test_no_place_of_a_copy_is_outside_of_it(here: Path) -> None:
    commit(_gitignore="node_modules\n", package_json="{}")
    put({"node_modules/x/index.js": "1\n"})
    with copied(str(here)) as copy:
        assert copy.place("a/b.js") == Path(copy.folder, "a", "b.js")
        with pytest.raises(Exception, match="a link leads out"):
            copy.place("node_modules/x/index.js")


def test_without_verify_nothing_of_the_repository_is_run(here: Path) -> None:
    scripts = {"test": f"touch {here.parent}/ran"}
    commit(a_js=COPY, package_json=json.dumps({"scripts": scripts | {"prepare": scripts["test"]}}))
    git("config", "filter.f.clean", f"touch {here.parent}/ran; cat")
    git("config", "filter.f.required", "true")
    git("config", "core.fsmonitor", f"touch {here.parent}/ran")
    put({".gitattributes": "*.js filter=f\n"})
    os.utime("a.js", (1, 1))

    assert main(["fix", "-q"]) == 0

    assert cured("a.js")
    assert not (here.parent / "ran").exists()


# What is not written at all.


def test_files_with_uncommitted_changes_are_left(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commit(a_js=COPY, b_js=COPY, c_js=COPY)
    put({"b.js": COPY + "\n", "c.js": COPY + "\n", "new.js": COPY, "added.js": COPY})
    git("add", "c.js", "added.js")
    names = ["a.js", "b.js", "c.js", "new.js", "added.js"]

    assert dirty(str(here), names).keys() == {"b.js", "c.js", "added.js"}
    assert main(["fix"]) == 3

    out, err = capfd.readouterr()
    assert cured(*names) == ["a.js", "new.js"]
    assert re.findall(r"^problem: (\S+): it has uncommitted changes; .* \[dirty\]$", err, re.M) == [
        "added.js",
        "b.js",
        "c.js",
    ]
    assert [line.partition(":")[0] for line in out.splitlines()] == ["added.js", "b.js", "c.js"]
    assert main(["fix", "-q", "--allow-dirty"]) == 0
    assert cured(*names) == names


def test_apply_leaves_them_too(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY, b_js=COPY)
    put({"b.js": COPY + "\n"})
    patch = str(here.parent / "a.patch")
    assert main(["diff", "-q", "-o", patch]) == 1
    assert main(["apply", "-q", "--check", patch]) == 3
    assert main(["apply", "-q", patch]) == 3
    assert cured("a.js", "b.js") == ["a.js"]
    assert main(["apply", "-q", "--allow-dirty", patch]) == 0
    assert cured("a.js", "b.js") == ["a.js", "b.js"]


def test_a_module_for_nothing_but_dirty_files_is_not_made(here: Path) -> None:
    commit(a_js=DRAIN)
    put({"a.js": DRAIN + "\n"})
    patch = str(here.parent / "a.patch")
    words = ["--helpers", "lib/drained.js"]
    assert main(["diff", "-q", *words, "-o", patch]) == 1
    assert main(["apply", "-q", patch]) == 3
    assert main(["fix", "-q", *words]) == 3
    assert not Path("lib").exists()
    assert main(["apply", "-q", "--allow-dirty", patch]) == 0
    assert Path("lib/drained.js").exists()


def test_a_file_in_a_folder_below_is_dirty(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put({"a b/ñ.js": COPY})
    commit()
    put({"a b/ñ.js": COPY + "\n"})
    monkeypatch.chdir("a b")
    assert main(["fix", "-q"]) == 3
    assert cured("ñ.js") == []


def test_a_repository_within_is_asked_about_its_own(here: Path) -> None:
    commit(a_js=COPY)
    put({"sub/b.js": COPY, "sub/c.js": COPY})
    git("init", "-q", cwd="sub")
    git("add", "-A", cwd="sub")
    git("commit", "-qm", "x", cwd="sub")
    put({"sub/b.js": COPY + "\n"})
    assert dirty(str(here), ["a.js", "sub/b.js", "sub/c.js"]).keys() == {"sub/b.js"}


def test_outside_of_git_nothing_is_dirty(here: Path) -> None:
    put({"a.js": COPY})
    subprocess.run(["rm", "-rf", ".git"], check=True)
    assert main(["fix", "-q"]) == 0
    put({"b.js": COPY, ".git/x": ""})  # no repository either
    assert main(["fix", "-q"]) == 0


def test_when_git_cannot_say_nothing_is_written(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commit(a_js=COPY)
    (here / ".git" / "index").write_bytes(b"damaged")
    assert main(["fix", "-q", "a.js"]) == 3
    assert "a.js: git cannot say whether it has uncommitted changes (" in capfd.readouterr().err
    assert cured("a.js") == []
    assert main(["fix", "-q", "--allow-dirty", "a.js"]) == 0


def test_more_changes_than_wanted_are_none(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commit(a_js=COPY, b_js=COPY, c_js="1\n")
    assert main(["fix", "-q", "--max-changes", "1"]) == 2
    assert "2 files would change, more than --max-changes 1" in capfd.readouterr().err
    assert cured("a.js", "b.js") == []
    assert main(["fix", "-q", "--max-changes", "2"]) == 0
    assert cured("a.js", "b.js") == ["a.js", "b.js"]
