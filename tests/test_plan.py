"""The patch is the plan: what is accepted in it is written, exactly that, or nothing is."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from unleak.applying import unsafe_name
from unleak.changes import finish, make, take_back
from unleak.cli import main
from unleak.errors import JournalError, LockedError
from unleak.journal import DONE, OPEN, UNDONE, Change, Journal
from unleak.plan import ACCEPT, REJECT, Entry, Plan, read_plan
from unleak.workspace.read import sha256
from unleak_engine.patch import apply_diff

TWO = b"""\
const fs = require('node:fs');

exports.one = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};

exports.two = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('close', resolve).on('error', reject);
  });
};
"""
DRAIN = b"""\
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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    subprocess.run(["git", "init", "-q"], check=True)
    (tree / "two.js").write_bytes(TWO)
    (tree / "sub dir").mkdir()
    (tree / "sub dir" / "drän.js").write_bytes(DRAIN)
    return tree


def patch_of(here: Path, *flags: str) -> Plan:
    name = here.parent / "a.patch"
    assert main(["diff", "-q", "-o", str(name), *flags]) == 1
    return read_plan(name.read_bytes())


def contents(here: Path) -> dict[str, bytes]:
    found = (path for path in here.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(here)): path.read_bytes() for path in found}


def save(here: Path, plan: Plan) -> str:
    name = here.parent / "reviewed.patch"
    name.write_bytes(plan.render())
    return str(name)


def rejecting(plan: Plan, path: str, *, wanted: Callable[[int], bool]) -> Plan:
    file = next(file for file in plan.files if file.path == path)
    old = Path(path).read_bytes()
    numbers = {entry.fingerprint: number for number, entry in enumerate(file.entries)}

    def decide(entry: Entry) -> Entry:
        return entry.decided(REJECT if wanted(numbers[entry.fingerprint]) else ACCEPT)

    return plan.replaced(file.decided(old, decide))


def test_a_patch_is_read_and_written_byte_for_byte(here: Path) -> None:
    name = here.parent / "a.patch"
    plan = patch_of(here)
    assert plan.render() == name.read_bytes()
    assert [file.path for file in plan.files] == ["sub dir/drän.js", "two.js"]
    assert len(list(plan.findings())) == 3


def test_apply_writes_what_fix_would(here: Path) -> None:
    before = contents(here)
    plan = patch_of(here)
    assert main(["apply", "-q", save(here, plan)]) == 0
    applied = contents(here)
    assert main(["undo", "-q"]) == 0
    assert contents(here) == before
    assert main(["fix", "-q"]) == 0
    assert contents(here) == applied != before


def test_git_takes_the_patch_too(here: Path) -> None:
    save(here, patch_of(here))
    subprocess.run(["git", "apply", "../reviewed.patch"], check=True)
    applied = contents(here)
    subprocess.run(["git", "apply", "-R", "../reviewed.patch"], check=True)
    assert main(["apply", "-q", "../reviewed.patch"]) == 0
    assert contents(here) == applied


@pytest.mark.parametrize("number", [0, 1])
def test_a_rejected_finding_is_not_written_and_its_import_stays_for_the_other(
    here: Path, number: int
) -> None:
    plan = rejecting(patch_of(here), "two.js", wanted=lambda at: at == number)
    assert main(["apply", "-q", save(here, plan)]) == 0
    text = (here / "two.js").read_text()
    assert text.count("await pipeline(") == 1
    assert text.count("pipeline } = require(") == 1
    assert text.count("new Promise") == 1
    subprocess.run(["node", "--check", "two.js"], check=True)


def test_a_file_of_which_all_is_rejected_keeps_its_lines(here: Path) -> None:
    plan = rejecting(patch_of(here), "two.js", wanted=lambda _: True)
    again = read_plan(plan.render())
    assert again == plan
    assert b"diff --git a/two.js" not in plan.render()
    assert main(["apply", "-q", save(here, plan)]) == 0
    assert (here / "two.js").read_bytes() == TWO
    back = rejecting(again, "two.js", wanted=lambda _: False)
    assert apply_diff(TWO, back.files[1].body) != TWO


def test_nothing_accepted_is_nothing_written(here: Path) -> None:
    plan = rejecting(patch_of(here), "two.js", wanted=lambda _: True)
    plan = rejecting(plan, "sub dir/drän.js", wanted=lambda _: True)
    assert read_plan(plan.render()) == plan
    before = contents(here)
    assert main(["apply", "-q", save(here, plan)]) == 0
    assert contents(here) == before


def test_a_helper_module_is_made_and_taken_back(here: Path) -> None:
    before = contents(here)
    plan = patch_of(here, "--helpers", "lib/drained.js")
    assert main(["apply", "-q", save(here, plan)]) == 0
    assert (here / "lib" / "drained.js").exists()
    assert main(["apply", "-q", save(here, plan)]) == 0, "all of it is there already"
    assert main(["undo", "-q"]) == 0
    assert contents(here) == before


def test_a_changed_file_is_left_and_the_others_are_written(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name = save(here, patch_of(here))
    (here / "two.js").write_bytes(TWO + b"\n")
    assert main(["apply", name]) == 3
    assert "two.js: it has changed since the patch was made [changed]" in capfd.readouterr().err
    assert (here / "two.js").read_bytes() == TWO + b"\n"
    assert b"drainedStrict" in (here / "sub dir" / "drän.js").read_bytes()


def test_check_writes_nothing(here: Path) -> None:
    before, name = contents(here), save(here, patch_of(here))
    assert main(["apply", "--check", "-q", name]) == 0
    (here / "two.js").unlink()
    assert main(["apply", "--check", "-q", name]) == 3
    assert contents(here).keys() == before.keys() - {"two.js"}


def test_three_way_lets_git_merge_what_has_changed(here: Path) -> None:
    subprocess.run(["git", "add", "-A"], check=True)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *who, "commit", "-qm", "x"], check=True)
    name = save(here, patch_of(here))
    (here / "two.js").write_bytes(b"// first\n" + TWO)
    subprocess.run(["git", *who, "commit", "-qam", "y"], check=True)
    assert main(["apply", "-q", name]) == 3  # what has not changed is written
    assert main(["apply", "--3way", "-q", name]) == 0
    text = (here / "two.js").read_bytes()
    assert text.startswith(b"// first\n")
    assert text.count(b"await pipeline(") == 2


# What a patch may not do.


def entry(**said: object) -> bytes:
    made: dict[str, object] = {
        "fingerprint": "f" * 64,
        "codemod": "a",
        "safety": "safe",
        "decision": "accept",
        "message": "m",
        "path": "two.js",
        "edits": [{"start": 0, "end": 5, "text": "let  "}],
        "sha256": sha256(TWO),
    }
    return b"# unleak: " + json.dumps(made | said).encode() + b"\n"


BODY = b"""\
diff --git a/two.js b/two.js
--- a/two.js
+++ b/two.js
@@ -1,4 +1,4 @@
-const fs = require('node:fs');
+let   fs = require('node:fs');
{blank}
 exports.one = async (from, to) => {
   await new Promise((resolve, reject) => {
""".replace(b"{blank}", b" ")


def elsewhere(path: str) -> bytes:
    return entry(path=path) + BODY.replace(b"two.js", path.encode())


HOSTILE = {
    "two dots": elsewhere("../two.js"),
    "two dots inside": elsewhere("a/../../two.js"),
    "absolute": elsewhere("/etc/passwd"),
    "git's own": elsewhere(".git/config"),
    "git's own, in capitals": elsewhere(".GIT/config"),
    "an empty part": elsewhere("a//two.js"),
    "a dot": elsewhere("./two.js"),
    "a name with a zero byte": entry(path="two.js\0.js"),
    "one name in the line, another in the diff": entry(path="other.js") + BODY,
    "a link in the place": elsewhere("link.js"),
    "a link on the way": elsewhere("linked/two.js"),
    "a link that leads out": elsewhere("out/two.js"),
    "a folder": elsewhere("sub dir"),
    "a pipe": elsewhere("pipe.js"),
    "a file that is not there": elsewhere("gone.js"),
    "made for another text": entry(sha256="0" * 64) + BODY,
    "no hash": entry(sha256="") + BODY,
    "a hash that is none": entry(sha256="x" * 64) + BODY,
    "edits that say something else": entry(edits=[{"start": 0, "end": 5, "text": "var"}]) + BODY,
    "edits past the end": entry(edits=[{"start": 0, "end": 10**6, "text": ""}]) + BODY,
    "edits that run backwards": entry(edits=[{"start": 5, "end": 0, "text": ""}]) + BODY,
    "edits below zero": entry(edits=[{"start": -1, "end": 5, "text": ""}]) + BODY,
    "edits with no text": entry(edits=[{"start": 0, "end": 5}]) + BODY,
    "edits that are no list": entry(edits={"start": 0}) + BODY,
    "edits that overlap": entry(
        edits=[{"start": 0, "end": 5, "text": "a"}, {"start": 3, "end": 6, "text": "b"}]
    )
    + BODY,
    "an edit with half a character": entry(edits=[{"start": 0, "end": 5, "text": "\ud800"}]) + BODY,
    "no edits, but hunks": entry(edits=[]) + BODY,
    "hunks without a line of findings": BODY,
    "a decision that is none": entry(decision="maybe") + BODY,
    "rejected, but with hunks": entry(decision="reject") + BODY,
    "a finding twice": entry() + entry() + BODY,
    "a file twice": entry() + BODY + entry(fingerprint="e" * 64) + BODY,
    "a follower with no leader": entry(**{"with": "e" * 64}) + BODY,
    "a leader that follows itself": entry(**{"with": "f" * 64}) + BODY,
    "damaged JSON": b"# unleak: {\n" + BODY,
    "JSON that is deep": b"# unleak: " + b"[" * 100_000 + b"\n" + BODY,
    "JSON that is no object": b"# unleak: 7\n" + BODY,
    "not UTF-8": b"# unleak: \xff\n" + BODY,
    "cut short": (entry() + BODY)[:-60],
    "a hunk that says more": entry() + BODY.replace(b"-1,4 +1,4", b"-1,5 +1,5"),
    "a hunk at another line": entry() + BODY.replace(b"-1,4 +1,4", b"-2,4 +2,4"),
    "a context that differs": entry() + BODY.replace(b" exports.one", b" exports.uno"),
    "CRLF by mail": entry() + BODY.replace(b"\n", b"\r\n"),
    "a new mode": entry() + BODY.replace(b"--- a", b"old mode 100644\nnew mode 100755\n--- a", 1),
    "a file that goes": entry() + BODY.replace(b"--- a", b"deleted file mode 100644\n--- a", 1),
    "a rename": entry() + BODY.replace(b"+++ b/two.js", b"+++ b/three.js"),
    "a copy": entry() + BODY.replace(b"--- a", b"copy from two.js\ncopy to b.js\n--- a", 1),
    "binary": entry()
    + b"diff --git a/two.js b/two.js\nBinary files a/two.js and b/two.js differ\n",
    "a new file over an old one": entry(
        creates=True, sha256=sha256(b""), edits=[{"start": 0, "end": 0, "text": "x\n"}]
    )
    + b"diff --git a/two.js b/two.js\nnew file mode 100644\n--- /dev/null\n+++ b/two.js\n"
    + b"@@ -0,0 +1 @@\n+x\n",
    "a new file that is not said": entry()
    + b"diff --git a/two.js b/two.js\nnew file mode 100644\n--- /dev/null\n+++ b/two.js\n"
    + b"@@ -0,0 +1 @@\n+x\n",
    "another tool's": BODY,
    "empty": b"",
    "no patch at all": b"hello\n",
    "a megabyte of nothing": b"\n" * (1 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_patch_writes_nothing(
    here: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = here.parent / "outside"
    outside.mkdir()
    (outside / "two.js").write_bytes(TWO)
    (here.parent / "two.js").write_bytes(TWO)
    (here / "link.js").symlink_to("two.js")
    (here / "real").mkdir()
    (here / "real" / "two.js").write_bytes(TWO)
    (here / "linked").symlink_to("real", target_is_directory=True)
    (here / "out").symlink_to(outside, target_is_directory=True)
    os.mkfifo(here / "pipe.js")
    patch = here.parent / "hostile.patch"
    patch.write_bytes(HOSTILE[name])
    before = contents(here.parent)

    for flags in (["--check"], []):
        assert main(["apply", *flags, str(patch)]) in (2, 3)
        said = capfd.readouterr()
        assert "problem: " in said.err or "error: " in said.err
        assert "Traceback" not in said.err
    assert contents(here.parent) == before


SOUND = {
    "as it was": entry() + BODY,
    "with a mail around it": b"From: me\n\nHello\n---\n" + entry() + BODY + b"-- \n2.39.5\n",
    "with less context": entry() + BODY.replace(b"-1,4 +1,4", b"-1,3 +1,3"),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_one_is_taken(here: Path, name: str) -> None:
    patch = here.parent / "sound.patch"
    patch.write_bytes(SOUND[name])
    assert main(["apply", "-q", str(patch)]) == 0
    assert (here / "two.js").read_bytes() == TWO.replace(b"const", b"let  ", 1)


@pytest.mark.parametrize("name", ["a.js", "a b/ä.js", "...js", "a..b/c.js", ".github/a.js"])
def test_names_that_are_sound(name: str) -> None:
    assert unsafe_name(name) is None


# The journal.


def changes(here: Path, count: int = 3) -> list[Change]:
    made = []
    for number in range(count):
        old, new = b"old %d\n" % number, b"new %d\n" % number
        (here / f"{number}.txt").write_bytes(old)
        made.append(Change(f"{number}.txt", old, new))
    return made


def test_a_run_is_written_down_before_it_changes_anything(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = changes(here)
    replace = os.replace

    def stop(old: str, new: str) -> None:
        if str(new).endswith("1.txt"):
            raise KeyboardInterrupt
        replace(old, new)

    monkeypatch.setattr(os, "replace", stop)
    with Journal(str(here)) as journal, pytest.raises(KeyboardInterrupt):
        make(journal, wanted, "a test")
    monkeypatch.undo()

    with Journal(str(here)) as journal:
        [run] = journal.runs()
        assert (run.state, run.files, journal.changes(run)) == (OPEN, 3, wanted)
        assert finish(journal, run).written == ("1.txt", "2.txt")
        assert [(here / change.path).read_bytes() for change in wanted] == [
            change.new for change in wanted
        ]
        [run] = journal.runs()
        assert run.state == DONE
        assert take_back(journal, run).written == ("0.txt", "1.txt", "2.txt")
        assert journal.runs()[0].state == UNDONE
    assert [(here / change.path).read_bytes() for change in wanted] == [c.old for c in wanted]


def test_a_file_that_has_changed_since_is_not_taken_back(here: Path) -> None:
    wanted = changes(here)
    with Journal(str(here)) as journal:
        make(journal, wanted, "a test")
        (here / "1.txt").write_bytes(b"mine\n")
        [run] = journal.runs()
        made = take_back(journal, run)
        assert [(str(problem.path), problem.code) for problem in made.problems] == [
            ("1.txt", "changed")
        ]
        assert (here / "1.txt").read_bytes() == b"mine\n"
        (here / "1.txt").write_bytes(b"new 1\n")
        [run] = journal.runs()
        assert (run.state, run.files) == (DONE, 1)
        assert take_back(journal, run).written == ("1.txt",)


def test_two_at_once_lock_each_other_out(here: Path) -> None:
    with Journal(str(here)), pytest.raises(LockedError, match=str(os.getpid())):
        Journal(str(here))
    with Journal(str(here)) as journal:
        assert journal.runs() == []


def test_a_run_that_is_locked_out_writes_nothing(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = contents(here)
    with Journal(str(here)):
        assert main(["fix", "-q"]) == 3
    assert "another unleak" in capfd.readouterr().err
    assert contents(here) == before


def test_a_damaged_journal_is_told(here: Path) -> None:
    wanted = changes(here)
    with Journal(str(here)) as journal:
        make(journal, wanted, "a test")
        where = journal.folder / "journal.sqlite"
    where.write_bytes(b"not a database, and longer than its header" * 4)
    with pytest.raises(JournalError, match=r"journal\.sqlite"):
        Journal(str(here))


def test_what_is_left_of_a_stopped_write_is_swept(here: Path) -> None:
    wanted = changes(here)
    with Journal(str(here)) as journal:
        run = journal.begin("a test", wanted)
        left = here / f".unleak-r{run.id}-0123456789abcdef.tmp"
        other = here / ".unleak-r77-0123456789abcdef.tmp"
        left.write_bytes(b"")
        other.write_bytes(b"")
        take_back(journal, run)
    assert not left.exists()
    assert other.exists()


def test_runs_are_listed_the_last_one_first(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "-q"]) == 0
    assert main(["undo", "-q"]) == 0
    assert main(["fix", "-q", "two.js"]) == 0
    capfd.readouterr()
    assert main(["undo", "--list"]) == 0
    first, second = capfd.readouterr().out.splitlines()
    assert first.split()[:1] + first.split()[2:5] == ["2", "done", "1", "file"]
    assert second.split()[:1] + second.split()[2:5] == ["1", "undone", "2", "files"]
    assert main(["undo", "-q", "1"]) == 2
    assert main(["undo", "-q", "7"]) == 2


def test_what_imports_a_module_that_cannot_be_made_is_left(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name = save(here, patch_of(here, "--helpers", "lib/drained.js"))
    (here / "lib").mkdir()
    (here / "lib" / "drained.js").write_bytes(b"exports.mine = 1;\n")
    before = contents(here)
    assert main(["apply", "--check", name]) == 3
    assert main(["apply", name]) == 3
    err = capfd.readouterr().err
    assert "lib/drained.js: there is another file of that name by now [changed]" in err
    assert "drän.js: the module that it would import, lib/drained.js, cannot be made [chan" in err
    after = contents(here)
    assert {path for path in before if before[path] != after[path]} == {"two.js"}


def test_what_stands_around_a_patch_stays_there_when_all_is_rejected(here: Path) -> None:
    plan = patch_of(here)
    mail = read_plan(b"From: me\n\nHello\n---\n" + plan.render() + b"-- \n2.39.5\n")
    for path in ("two.js", "sub dir/drän.js"):
        mail = rejecting(mail, path, wanted=lambda _: True)
        assert mail.render().startswith(b"From: me\n\nHello\n---\n# unleak: ")
        assert mail.render().endswith(b"}\n-- \n2.39.5\n")
        assert read_plan(mail.render()) == mail
