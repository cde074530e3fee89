"""A file of old findings: moved lines stay in it, new twins do not, and it can only shrink."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from unleak import cli
from unleak.baseline import Old, read, text_of
from unleak.config import ConfigError

FILE = Path(".unleak-baseline.json")
HEAD = "import fs from 'node:fs';\n\n"
COPY = """\
export async function copy(from, to) {
  fs.createReadStream(from).pipe(fs.createWriteStream(to));
}
"""
TWIN = COPY.replace("copy", "twin")
DRAIN = """\
import { once } from 'node:events';

export async function fill(out, chunks) {
  for (const chunk of chunks) {
    if (!out.write(chunk)) await once(out, 'drain');
  }
}
export const out = fs.createWriteStream('a');
"""

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def unleak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cli:
    """The command in a git work tree of its own."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")

    def ran(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.main(list(arguments))
        return code, *capfd.readouterr()

    return ran


def git(*words: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *words], capture_output=True, text=True)
    return done.stdout + done.stderr


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def entries(path: Path = FILE) -> list[dict[str, str]]:
    head, *found = json.loads(path.read_text())
    assert head == {"unleak-baseline": 1}
    return found


# Writing, and what it hides.


def test_what_was_there_is_set_aside(unleak: Cli) -> None:
    put("src/a.mjs", HEAD + COPY)
    put("src/b.mjs", HEAD + COPY)
    assert unleak("check")[0] == 1

    code, out, err = unleak("baseline", "write")

    assert (code, out) == (0, "")
    assert err == ".unleak-baseline.json holds 2 findings now (2 new, 0 gone)\n"
    assert [one["path"] for one in entries()] == ["src/a.mjs", "src/b.mjs"]
    code, out, err = unleak("check")
    assert (code, out) == (0, "")
    assert err == "No findings.\n  Beside them: 2 in the baseline\n"
    assert unleak("diff", "-q")[:2] == (0, "")
    assert unleak("fix", "-q")[0] == 0
    assert Path("src/a.mjs").read_text() == HEAD + COPY


def test_json_tells_of_it(unleak: Cli) -> None:
    put("a.mjs", HEAD + COPY)
    before = json.loads(unleak("check", "--output-format", "json")[1])["findings"][0]
    unleak("baseline", "write")

    told = json.loads(unleak("check", "--output-format", "json")[1])

    (found,) = told["findings"]
    assert (found["status"], found["reason"], found["edits"]) == ("baselined", None, [])
    assert found["fingerprint"] == before["fingerprint"] == entries()[0]["fingerprint"]
    assert (told["summary"]["findings"], told["summary"]["baselined"]) == (0, 1)
    assert told["stale"] == []


def test_a_moved_line_stays_and_a_new_twin_does_not_hide(unleak: Cli) -> None:
    put("a.mjs", HEAD + COPY)
    unleak("baseline", "write")

    put("a.mjs", HEAD + "// more\n" * 9 + COPY.replace("  fs", "    fs"))
    assert unleak("check")[0] == 0
    for text in (HEAD + COPY + TWIN, HEAD + TWIN + COPY):
        put("a.mjs", text)
        code, out, _ = unleak("check")
        assert (code, out.count("\n")) == (1, 1)


def test_no_baseline_sets_it_aside(unleak: Cli) -> None:
    put("a.mjs", HEAD + COPY)
    unleak("baseline", "write")

    assert unleak("check", "--no-baseline")[0] == 1
    assert unleak("diff", "--no-baseline", "-q")[0] == 1
    assert unleak("fix", "--no-baseline", "-q")[0] == 0
    assert "await pipeline(" in Path("a.mjs").read_text()
    assert unleak("check", "--baseline", str(FILE), "--no-baseline")[0] == 2


def test_fix_leaves_what_is_in_it_and_cures_the_rest(unleak: Cli) -> None:
    put("a.mjs", HEAD + COPY)
    unleak("baseline", "write")
    put("a.mjs", HEAD + COPY + TWIN)

    assert unleak("fix")[0] == 0

    text = Path("a.mjs").read_text()
    assert text.count("await pipeline(") == text.count(".pipe(") == 1
    assert unleak("check")[0] == 0


def test_comments_are_no_findings_to_set_aside(unleak: Cli) -> None:
    put("a.mjs", "// unleak-disable-file drain-wait-hangs -- why\n")
    assert unleak("check")[0] == 1

    _, _, err = unleak("baseline", "write")

    assert err == "no finding, so there is nothing to write down\n"
    assert not FILE.exists()


# It can only shrink.


@pytest.mark.parametrize("cure", ["fixed", "emptied", "deleted", "suppressed"])
def test_what_is_found_no_more_fails_until_it_is_taken_out(unleak: Cli, cure: str) -> None:
    file = put("a.mjs", HEAD + COPY)
    put("b.mjs", HEAD + COPY)
    unleak("baseline", "write")
    if cure == "fixed":
        unleak("fix", "--no-baseline", "a.mjs")
    elif cure == "emptied":
        file.write_text("export {};\n")
    elif cure == "deleted":
        file.unlink()
    else:  # it is still there
        text = COPY.replace("  fs", "  // unleak-disable-next-line pipe-without-pipeline\n  fs")
        file.write_text(HEAD + text)
        assert unleak("check")[0] == 0
        return

    code, out, err = unleak("check")
    assert (code, out) == (1, "")
    assert "stale: a.mjs: pipe-without-pipeline stands in .unleak-baseline.json" in err
    assert "`unleak baseline prune`" in err
    assert unleak("check", "--exit-zero")[0] == 0
    (stale,) = json.loads(unleak("check", "--output-format", "json")[1])["stale"]
    assert (stale["path"], stale["baseline"]) == ("a.mjs", ".unleak-baseline.json")

    code, _, err = unleak("baseline", "prune")
    assert (code, err) == (0, ".unleak-baseline.json holds 1 finding now (0 new, 1 gone)\n")
    assert [one["path"] for one in entries()] == ["b.mjs"]
    assert unleak("check")[0] == 0
    assert unleak("baseline", "prune")[2] == "nothing in the baseline is stale\n"


def test_what_was_not_looked_for_is_not_stale(unleak: Cli) -> None:
    put("x/a.mjs", HEAD + COPY)
    put("y/b.mjs", HEAD + COPY)
    unleak("baseline", "write")
    Path("x/a.mjs").unlink()

    assert unleak("check", "y")[0] == 0
    assert unleak("check", "y/b.mjs")[0] == 0
    assert unleak("check", "--select", "drain-wait-hangs")[0] == 0
    assert unleak("check", "x")[0] == 1
    put("unleak.toml", 'exclude = ["y/"]')
    Path("y/b.mjs").write_text(HEAD + TWIN)
    assert "y/b.mjs" not in unleak("check")[2]


def test_a_file_that_cannot_be_read_has_nothing_stale(unleak: Cli) -> None:
    file = put("a.mjs", HEAD + COPY)
    unleak("baseline", "write")
    file.write_bytes((HEAD + COPY).encode() + b"// \xff\n")

    code, _, err = unleak("check")

    assert (code, "stale" in err) == (3, False)


def test_prune_adds_nothing_and_write_keeps_what_it_did_not_look_at(unleak: Cli) -> None:
    put("x/a.mjs", HEAD + COPY)
    put("y/b.mjs", HEAD + DRAIN)
    unleak("baseline", "write")
    put("x/a.mjs", HEAD + COPY + TWIN)
    put("z/c.mjs", HEAD + COPY)

    unleak("baseline", "prune")
    assert len(entries()) == 2
    unleak("baseline", "write", "x")
    assert [one["path"] for one in entries()] == ["x/a.mjs", "x/a.mjs", "y/b.mjs"]
    unleak("baseline", "write", "--ignore", "drain-wait-hangs")
    assert [one["path"] for one in entries()] == ["x/a.mjs", "x/a.mjs", "y/b.mjs", "z/c.mjs"]


# Where it lies.


def test_a_baseline_lies_by_the_configuration(unleak: Cli) -> None:
    put("a.mjs", HEAD + COPY)
    put("x/unleak.toml", "")
    put("x/a.mjs", HEAD + COPY)
    put("y/unleak.toml", 'baseline = "old/leaks.json"')
    put("y/old/keep", "")
    put("y/a.mjs", HEAD + COPY)

    code, _, err = unleak("baseline", "write")

    assert (code, err.count("1 finding now")) == (0, 3)
    assert entries(Path("x") / FILE)[0]["path"] == "a.mjs"
    assert entries(Path("y/old/leaks.json"))[0]["path"] == "../a.mjs"
    assert entries()[0]["path"] == "a.mjs"
    assert unleak("check")[0] == unleak("check", "x")[0] == unleak("check", "y/a.mjs")[0] == 0


def test_from_a_folder_below_it_is_the_same(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    put("x/a.mjs", HEAD + COPY)
    unleak("baseline", "write")

    monkeypatch.chdir("x")

    assert unleak("check")[0] == 0
    assert unleak("check", "a.mjs")[0] == 0


def test_another_baseline_can_be_named(unleak: Cli) -> None:
    put("a.mjs", HEAD + COPY)
    unleak("baseline", "write", "--baseline", "mine.json")

    assert not FILE.exists()
    assert unleak("check")[0] == 1
    assert unleak("check", "--baseline", "mine.json")[0] == 0
    code, _, err = unleak("check", "--baseline", "none.json")
    assert code == 2
    assert "`unleak baseline write` makes one" in err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is damaged"),
        ("[]", "is damaged"),
        ("{}", "is damaged"),
        ('[{"unleak-baseline": 2}]', "is of version 2"),
        ('[{"unleak-baseline": 1}, {"path": "a"}]', "is damaged"),
        ('[{"unleak-baseline": 1}, {"path": 1, "codemod": "x", "fingerprint": "y"}]', "no"),
        ("<<<<<<< ours\n[]", "has conflict markers in it"),
    ],
)
def test_a_damaged_one_is_an_error(unleak: Cli, text: str, told: str) -> None:
    put("a.mjs", HEAD + COPY)
    put(str(FILE), text)

    for verb in (["check"], ["fix"], ["baseline", "prune"], ["baseline", "write"]):
        code, out, err = unleak(*verb)
        assert (code, out) == (2, "")
        assert told in err
    assert FILE.read_text() == text


def test_nothing_is_written_out_of_the_tree(
    unleak: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository may be somebody's who means no good."""
    monkeypatch.chdir(tmp_path.parent)
    top = put(f"{tmp_path.name}-in/a.mjs", HEAD + COPY).parent
    monkeypatch.chdir(top)
    git("init", "-q")
    out = tmp_path.parent / f"{tmp_path.name}.json"
    put("unleak.toml", f'baseline = "../{out.name}"')
    code, _, err = unleak("baseline", "write")
    assert (code, "which lies outside of" in err) == (2, True)

    Path("unleak.toml").unlink()
    FILE.symlink_to(out)
    code, _, err = unleak("baseline", "write")
    assert code == 2
    assert not out.exists()
    out.write_text('[{"unleak-baseline": 1}]')
    code, _, err = unleak("baseline", "write")
    assert (code, "is a link that leads out of" in err) == (2, True)
    assert out.read_text() == '[{"unleak-baseline": 1}]'


def test_two_branches_merge_line_by_line(unleak: Cli) -> None:
    for name in ("a", "c", "e"):
        put(f"{name}.mjs", HEAD + COPY)
    unleak("baseline", "write")
    git("add", "-A")
    git("commit", "-qm", "old")
    git("checkout", "-qb", "other")
    put("b.mjs", HEAD + COPY)
    unleak("baseline", "write")
    git("add", "-A")
    git("commit", "-qm", "other")
    git("checkout", "-q", "-")
    Path("e.mjs").unlink()
    put("d.mjs", HEAD + COPY)
    unleak("baseline", "write")
    git("add", "-A")
    git("commit", "-qm", "ours")

    git("merge", "-q", "--no-edit", "other")

    assert [one["path"] for one in entries()] == ["a.mjs", "b.mjs", "c.mjs", "d.mjs"]
    assert unleak("check")[0] == 0


def test_the_text_is_sorted_and_reads_back(tmp_path: Path) -> None:
    path = str(tmp_path / "old.json")
    old = [Old(str(tmp_path / "b.js"), "x", "2"), Old(str(tmp_path / "a.js"), "y", "1")]

    Path(path).write_text(text_of(old * 2, path))

    assert read(path) == (old[1], old[0])
    assert text_of(reversed(old), path) == Path(path).read_text()
    with pytest.raises(ConfigError, match="no longer there"):
        read(str(tmp_path / "none.json"))


def test_a_file_of_the_baseline_may_be_anywhere(unleak: Cli, tmp_path: Path) -> None:
    """A text from stdin has the baseline of its place."""
    import io
    import sys

    put("a.mjs", HEAD + COPY)
    unleak("baseline", "write")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD + COPY).encode())))
        assert unleak("check", "-", "--stdin-filename", "a.mjs")[0] == 0
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"export {};\n")))
        assert unleak("check", "-", "--stdin-filename", "a.mjs")[0] == 1
