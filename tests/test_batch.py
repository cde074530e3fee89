"""A migration shard by shard: cut as asked, handed over whole, gone on with after any stop."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from unleak.batch import handing
from unleak.batch.state import alone
from unleak.cli import main
from unleak.plan import REJECT, read_plan

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
FILES = {
    "package.json": '{"workspaces": ["packages/*"]}',
    "packages/api/package.json": '{"name": "@acme/api", "dependencies": {"@acme/zip": "*"}}',
    "packages/api/a.js": COPY,
    "packages/api/b.js": COPY,
    "packages/zip/package.json": '{"name": "@acme/zip"}',
    "packages/zip/lib/zip.js": DRAIN,
    "packages/calm/package.json": '{"name": "@acme/calm"}',
    "packages/calm/calm.js": "exports.a = 1;\n",
    "tool.js": COPY,
    "CODEOWNERS": "/packages/api/ @ann\n/packages/zip/ @acme/zippers\n",
}


def git(*words: str, cwd: Path | str = ".") -> str:
    return subprocess.run(
        ["git", *words], cwd=cwd, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a small monorepo, committed; temporary files are made beside it."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    top = tmp_path / "tree"
    top.mkdir()
    monkeypatch.chdir(top)
    git("init", "-q", "-b", "trunk")
    git("config", "user.name", "Ann")
    git("config", "user.email", "ann@localhost")
    put(FILES)
    commit()
    return top


def put(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text.encode())


def commit() -> None:
    git("add", "-A")
    git("commit", "-qm", "x")


def shards() -> dict[str, list[str]]:
    """The names of the shards with a patch, and the files that each changes."""
    found = {}
    for patch in sorted(Path("unleak-batch").glob("*.patch")):
        plan = read_plan(patch.read_bytes())
        found[patch.stem] = [file.path for file in plan.files if file.accepted]
    return found


def mine() -> tuple[str, ...]:
    """All of the user's that a batch must leave as it is."""
    index = Path(git("rev-parse", "--git-path", "index").strip()).read_bytes().hex()
    files = [
        f"{path}:{path.read_bytes().hex()}"
        for path in sorted(Path().rglob("*"))
        if path.is_file() and not {".git", "unleak-batch"} & {*path.parts}
    ]
    return (
        git("rev-parse", "HEAD"),
        git("symbolic-ref", "HEAD"),
        git("stash", "list"),
        git("worktree", "list"),
        index,
        *files,
    )


def test_each_package_gets_a_patch_behind_those_it_depends_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = mine()

    assert main(["batch"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told.index("unleak-batch/acme-zip.patch") < told.index("unleak-batch/acme-api.patch")
    assert shards() == {
        "acme-api": ["packages/api/a.js", "packages/api/b.js"],
        "acme-zip": ["packages/zip/lib/zip.js"],
        "top": ["tool.js"],
    }
    assert mine() == before
    assert git("status", "--porcelain") == ""


def test_the_patches_together_are_what_fix_does(tree: Path) -> None:
    main(["batch", "-q"])
    for patch in sorted(Path("unleak-batch").glob("*.patch")):
        git("apply", str(patch))
    applied = git("diff")
    git("checkout", "-q", ".")

    assert main(["fix", "-q"]) == 0

    assert applied
    assert git("diff") == applied


def test_what_is_finished_is_not_done_again(capsys: pytest.CaptureFixture[str]) -> None:
    main(["batch", "-q"])
    capsys.readouterr()

    assert main(["batch"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing to do" in told.err

    Path("unleak-batch/acme-api.patch").unlink()
    put({"packages/api/a.js": "// more\n" + COPY})
    commit()
    assert main(["batch"]) == 0
    assert "unleak-batch/acme-api.patch" in capsys.readouterr().out
    assert "acme-api" in shards()


def test_branches_are_made_and_nothing_of_the_user_is_touched(tree: Path) -> None:
    hooks = tree / ".git" / "hooks"
    for name in ("post-checkout", "reference-transaction", "post-commit", "pre-commit"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tree.parent}/hooked\nexit 1\n")
        (hooks / name).chmod(0o755)
    put({"packages/api/a.js": "// mine\n" + COPY, "new.js": COPY})
    before = mine()

    assert main(["batch", "-q", "--branches", "unleak/"]) == 0

    assert mine() == before
    assert not (tree.parent / "hooked").exists()
    assert not list((tree.parent / "temporary").iterdir())
    for name, files in shards().items():
        assert git("diff", "--name-only", "trunk", f"unleak/{name}").split() == files
    plan = read_plan(Path("unleak-batch/acme-api.patch").read_bytes())
    assert git("show", "unleak/acme-api:packages/api/b.js").encode() == plan.files[1].after(
        COPY.encode()
    )
    told = git("log", "-1", "--format=%an %ae%n%ad%n%cd%n%P%n%B", "unleak/acme-api")
    base = git("log", "-1", "--format=%cd%n%cd%n%H", "trunk")
    assert told.startswith(f"Ann ann@localhost\n{base}")
    assert "Fix 2 stream leaks in @acme/api" in told
    assert "pipe-without-pipeline (2)" in told
    assert "revert" in told


def test_the_commands_for_the_requests_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["batch", "-q", "--branches", "unleak/"])

    line = next(one for one in capsys.readouterr().out.splitlines() if "acme-api" in one)
    assert line.startswith("git push origin unleak/acme-api && gh pr create --head unleak/acme-api")
    assert "--base trunk" in line
    text = Path("unleak-batch/acme-api.md").read_text()
    assert "`packages/api/a.js:" in text
    assert "`@ann`" in text
    assert "git revert" in text


def test_a_branch_of_somebody_else_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    git("branch", "unleak/acme-api")

    assert main(["batch", "--branches", "unleak/"]) == 3
    assert git("rev-parse", "unleak/acme-api") == git("rev-parse", "trunk")
    assert "failed @acme/api" in capsys.readouterr().err
    git("branch", "-D", "unleak/acme-api")
    assert main(["batch", "--failed"]) == 0
    assert git("rev-parse", "unleak/acme-api") != git("rev-parse", "trunk")


def test_a_stopped_batch_ends_as_if_nothing_had_happened(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tree: Path
) -> None:
    words = ["batch", "-q", "--branches", "unleak/", "--verify", "true"]
    assert main(words) == 0
    refs, patches = git("for-each-ref"), shards()
    for name in patches:
        git("branch", "-qD", f"unleak/{name}")
    subprocess.run(["rm", "-r", "unleak-batch", ".git/unleak"], check=True)
    real, calls = handing.hand_over, []

    def stopping(*given: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(handing, "hand_over", stopping)
    assert main(words) == 130
    monkeypatch.undo()
    os.chdir(tree)
    capsys.readouterr()

    assert main(words) == 2
    assert "--resume" in capsys.readouterr().err
    assert main(["batch", "-q", "--resume"]) == 0
    assert (git("for-each-ref"), shards()) == (refs, patches)


def test_two_batches_lock_each_other_out(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alone(str(tree)):
        assert main(["batch"]) == 2

    assert "another unleak" in capsys.readouterr().err


def test_decisions_are_kept_when_the_tree_moves_on(capsys: pytest.CaptureFixture[str]) -> None:
    main(["batch", "-q"])
    patch = Path("unleak-batch/acme-api.patch")
    plan = read_plan(patch.read_bytes())
    for file in plan.files:
        old = Path(file.path).read_bytes()
        plan = plan.replaced(file.decided(old, lambda e: e.decided(REJECT, note="not now")))
    patch.write_bytes(plan.render())
    put({"packages/api/a.js": "// more\n" + COPY, "packages/api/b.js": "exports.b = 1;\n"})
    commit()

    assert main(["batch"]) == 0

    told = capsys.readouterr().err
    assert "packages/api/b.js" in told
    assert "not found any more" in told
    (file,) = read_plan(patch.read_bytes()).files
    assert [(one.accepted, one.reviewed, one.note) for one in file.entries] == [
        (False, True, "not now")
    ]
    assert file.body == b""


def test_status_tells_what_is_done_and_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--status"]) == 0
    main(["batch", "-q"])
    capsys.readouterr()

    assert main(["batch", "--status", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["run"]["state"] == "finished"
    assert {one["title"]: (one["state"], one["findings"]) for one in told["shards"]} == {
        "@acme/zip": ("done", 1),
        "@acme/api": ("done", 2),
        "(top)": ("done", 1),
    }
    (burn,) = told["burn_down"]
    assert {
        "codemod": "pipe-without-pipeline",
        "package": "@acme/api",
        "owner": "@ann",
        "state": "safe",
        "count": 2,
    } in burn["findings"]
    assert main(["batch", "--status"]) == 0
    assert "findings by owner" in capsys.readouterr().out
