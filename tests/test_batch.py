"""A migration shard by shard: cut as asked, handed over whole, gone on with after any stop."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from unleak.batch import handing
from unleak.batch.state import State, alone
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
        assert main(["batch"]) == 3

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


# How it is cut.


def test_by_owner() -> None:
    assert main(["batch", "-q", "--by", "owner"]) == 0

    assert shards() == {
        "acme-zippers": ["packages/zip/lib/zip.js"],
        "ann": ["packages/api/a.js", "packages/api/b.js"],
        "nobody": ["tool.js"],
    }


def test_by_folder_of_the_root() -> None:
    assert main(["batch", "-q", "--by", "dir", "packages"]) == 0

    assert shards() == {
        "packages-api": ["packages/api/a.js", "packages/api/b.js"],
        "packages-zip": ["packages/zip/lib/zip.js"],
    }


def test_by_codemod_what_belongs_together_stays_together(tree: Path) -> None:
    service = Path(__file__).resolve().parent.parent / "examples" / "leaky-service" / "packages"
    put({f"packages/api/{one.name}": one.read_text() for one in service.glob("*/src/*.*js")})
    commit()
    main(["batch", "-q", "--unsafe-fixes"])
    whole = {
        entry.fingerprint: entry
        for patch in Path("unleak-batch").glob("*.patch")
        for _, entry in read_plan(patch.read_bytes()).findings()
    }

    assert main(["batch", "-q", "--unsafe-fixes", "--by", "codemod", "--patches", "out"]) == 0

    cut = {}
    for patch in Path("out").glob("*.patch"):
        git("apply", "--check", str(patch))
        for _, entry in read_plan(patch.read_bytes()).findings():
            leader = whole[entry.with_ or entry.fingerprint]
            assert leader.codemod == patch.stem
            assert entry.fingerprint not in cut
            cut[entry.fingerprint] = entry
    assert cut.keys() == whole.keys()
    assert len({entry.codemod for entry in cut.values()}) > 3


def test_what_changes_many_files_is_split(capsys: pytest.CaptureFixture[str]) -> None:
    put({f"packages/zip/z{number}.js": COPY for number in range(4)})
    commit()

    assert main(["batch", "-q", "--max-files", "2"]) == 0

    found = shards()
    parts = [files for name, files in found.items() if name.startswith("acme-zip+")]
    assert [len(files) for files in parts] == [2, 2, 1]
    assert len({path for files in parts for path in files}) == 5
    assert "@acme/zip (2 of 3)" in Path("unleak-batch/acme-zip+2.md").read_text()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--only", "@acme/*"], {"acme-api", "acme-zip"}),
        (["--only", "packages/api"], {"acme-api"}),
        (["--skip", "@acme/zip"], {"acme-api", "top"}),
        (["--only", "packages/**", "--skip", "**/zip"], {"acme-api"}),
    ],
)
def test_only_and_skip(words: list[str], names: set[str]) -> None:
    assert main(["batch", "-q", *words]) == 0

    assert shards().keys() == names


def test_a_narrower_batch_leaves_the_other_patches() -> None:
    main(["batch", "-q", "--only", "@acme/api"])
    main(["batch", "-q", "--only", "@acme/zip"])

    assert shards().keys() == {"acme-api", "acme-zip"}


def test_the_patch_of_a_shard_that_is_gone_goes() -> None:
    main(["batch", "-q"])
    put({"tool.js": "exports.a = 1;\n"})
    commit()

    assert main(["batch", "-q"]) == 0
    assert shards().keys() == {"acme-api", "acme-zip"}
    assert not Path("unleak-batch/top.md").exists()


def test_a_module_of_helpers_goes_to_each_shard_that_needs_it() -> None:
    put({"packages/api/c.js": DRAIN})
    commit()

    assert main(["batch", "-q", "--helpers", "packages/zip/drained.js", "--branches", "u/"]) == 0

    assert shards()["acme-api"] == [
        "packages/api/a.js",
        "packages/api/b.js",
        "packages/api/c.js",
        "packages/zip/drained.js",
    ]
    assert shards()["acme-zip"] == ["packages/zip/drained.js", "packages/zip/lib/zip.js"]
    assert "packages/zip/drained.js" not in shards()["top"]
    git("merge", "-q", "--no-edit", "u/acme-api")
    git("merge", "-q", "--no-edit", "u/acme-zip")


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = mine()

    assert main(["batch", "--dry-run", "--branches", "unleak/"]) == 1

    assert "@acme/api" in capsys.readouterr().out
    assert mine() == before
    assert not Path("unleak-batch").exists()
    assert main(["batch", "--resume"]) == 2


# What of it is written, and tried before.


def test_writing_can_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    before = mine()

    assert main(["batch", "-q", "--write"]) == 0
    changed = git("diff", "--name-only").split()
    assert changed == [*shards()["acme-api"], *shards()["acme-zip"], *shards()["top"]]
    assert main(["batch", "-q", "--write"]) == 0
    for _ in range(3):
        assert main(["undo", "-q"]) == 0
    git("update-index", "--refresh")
    git("add", "-A")
    assert mine()[:4] == before[:4]
    assert git("status", "--porcelain") == ""


def test_by_codemod_one_file_is_written_twice() -> None:
    put({"tool.js": COPY + DRAIN.replace("const fs = require('node:fs');\n", "")})
    commit()

    assert main(["batch", "-q", "--write", "--by", "codemod"]) == 0

    written = Path("tool.js").read_text()
    git("checkout", "-q", ".")
    assert main(["fix", "-q", "tool.js"]) == 0
    assert "pipeline(" in written
    assert "drained" in written
    assert sorted(written.split()) == sorted(Path("tool.js").read_text().split())


def test_files_with_uncommitted_changes_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    put({"tool.js": "// mine\n" + COPY})

    assert main(["batch"]) == 3

    assert "tool.js: it has uncommitted changes" in capsys.readouterr().err
    assert "top" not in shards()
    assert main(["batch", "-q", "--allow-dirty"]) == 0
    assert "top" in shards()


def test_what_makes_the_command_fail_is_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    put({"packages/api/check.sh": "! grep -q pipeline b.js", "packages/zip/check.sh": "exit 7"})
    put({"check.sh": "true"})
    commit()
    before = mine()

    words = ["--verify", "sh check.sh", "--branches", "unleak/"]
    assert main(["batch", *words]) == 3

    told = capsys.readouterr().err
    assert "taken back packages/api/b.js" in told
    assert "failed @acme/zip" in told
    assert shards() == {"acme-api": ["packages/api/a.js"], "top": ["tool.js"]}
    assert git("diff", "--name-only", "trunk", "unleak/acme-api").split() == ["packages/api/a.js"]
    assert "`sh check.sh` fails with it" in Path("unleak-batch/acme-api.md").read_text()
    assert "`sh check.sh` passes in packages/api" in Path("unleak-batch/acme-api.md").read_text()
    assert mine() == before

    put({"packages/zip/check.sh": "true"})
    commit()
    assert main(["batch", "--failed"]) == 1
    assert shards().keys() == {"acme-api", "acme-zip", "top"}
    assert git("log", "-1", "--format=%P", "unleak/acme-zip") == git("log", "-1", "--format=%H")


def test_what_a_command_leaves_does_not_reach_the_next_shard() -> None:
    put({"check.sh": "test ! -e ../zip/left && ! grep -q pipeline ../zip/lib/zip.js && touch left"})
    put({f"packages/{one}/check.sh": Path("check.sh").read_text() for one in ("api", "zip")})
    put({"packages/zip/check.sh": "touch left", "check.sh": "true"})
    commit()

    assert main(["batch", "-q", "--verify", "sh check.sh", "--branches", "unleak/"]) == 0


def test_it_stops_after_so_many_failures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--verify", "false", "--max-failures", "1"]) == 3

    told = capsys.readouterr().err
    assert told.count("fails before anything was changed") == 1
    assert main(["batch", "--failed"]) == 2
    assert main(["batch", "--resume"]) == 3
    assert shards() == {}


def test_a_set_up_that_fails_stops_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--setup", "false", "--verify", "true"]) == 2

    assert "the set-up `false` fails" in capsys.readouterr().err
    assert shards() == {}


# Odd trees.


def test_a_branch_has_what_git_would_have_added() -> None:
    put({".gitattributes": "*.js text eol=crlf\n", "packages/api/a b'ü.js": COPY})
    git("add", "-A")
    git("update-index", "--chmod=+x", "packages/api/b.js")
    Path("packages/api/b.js").chmod(0o755)
    git("commit", "-qm", "x")
    git("rm", "-rq", "--cached", ".")
    git("reset", "-q", "--hard")
    assert b"\r\n" in Path("tool.js").read_bytes()

    assert main(["batch", "-q", "--branches", "unleak/"]) == 0
    made = {name: git("rev-parse", f"unleak/{name}^{{tree}}") for name in shards()}
    for name in made:
        git("checkout", "-q", "-b", name, "trunk")
        assert main(["apply", "-q", f"unleak-batch/{name}.patch"]) == 0
        git("commit", "-qam", "x")
        assert git("rev-parse", "HEAD^{tree}") == made[name]


def test_filters_of_the_repository_are_not_run(tree: Path) -> None:
    put({".gitattributes": "tool.js filter=odd\n"})
    commit()
    git("config", "filter.odd.clean", f"touch {tree.parent}/ran; cat")
    git("config", "filter.odd.smudge", f"touch {tree.parent}/ran; cat")

    assert main(["batch", "-q", "--branches", "unleak/"]) == 0

    assert "top" in shards()
    assert not (tree.parent / "ran").exists()


def test_a_repository_within_is_left_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    put({"packages/inner/x.js": COPY})
    git("init", "-q", cwd="packages/inner")

    assert main(["batch"]) == 3

    assert "packages/inner: a repository of its own" in capsys.readouterr().err
    assert not [files for files in shards().values() if "packages/inner/x.js" in files]


def test_what_a_killed_batch_has_left_is_removed(tree: Path) -> None:
    left = tree.parent / "temporary" / "unleak-batch-left"
    git("worktree", "add", "-q", "--detach", str(left / "tree"))
    with State(str(tree)) as state:
        state.remember(handing.COPY, str(left), "")

    assert main(["batch", "-q"]) == 0

    assert not left.exists()
    assert git("worktree", "list").count("\n") == 1


def test_outside_of_git_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["batch"]) == 2
    assert "git work tree" in capsys.readouterr().err


def test_what_nobody_of_a_batch_has_made_is_not_replaced() -> None:
    put({"out/acme-api.patch": "mine"})

    assert main(["batch", "-q", "--patches", "out"]) == 3
    assert Path("out/acme-api.patch").read_text() == "mine"
    assert not Path("out/.gitignore").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--by", "size"],
        ["--max-files", "0"],
        ["--json"],
        ["--resume", "--verify", "true"],
        ["--resume", "--failed"],
        ["--write", "--branches", "x/"],
        ["--setup", "true"],
        ["--branches", "a..b"],
        ["--select", "nothing-known"],
        ["nowhere"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(words: list[str]) -> None:
    assert main(["batch", "-q", *words]) == 2
    assert not Path("unleak-batch").exists()


def test_a_package_is_tried_against_its_rewritten_sibling() -> None:
    same = 'test "$(cat ../../node_modules/@acme/zip/lib/zip.js)" = "$(cat ../zip/lib/zip.js)"'
    put({f"packages/{name}/check.sh": same for name in ("api", "zip")})
    put({"check.sh": "true", ".gitignore": "node_modules\n"})
    commit()
    Path("node_modules/@acme").mkdir(parents=True)
    Path("node_modules/@acme/zip").symlink_to("../../packages/zip")

    for outcome in (["--branches", "unleak/"], ["--patches", "out"], ["--write"]):
        assert main(["batch", "-q", "--verify", "sh check.sh", *outcome]) == 0, outcome
        assert "packages/zip/lib/zip.js" in shards()["acme-zip"]


def test_a_branch_that_is_of_no_shard_any_more_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["batch", "-q", "--branches", "unleak/"])
    put({"tool.js": "exports.a = 1;\n"})
    commit()
    capsys.readouterr()

    assert main(["batch", "--branches", "unleak/"]) == 0

    assert "the branch unleak/top is of an earlier batch" in capsys.readouterr().err
    assert git("log", "-1", "--format=%P", "unleak/acme-api") == git("log", "-1", "--format=%H")


def test_what_was_rejected_gets_no_branch() -> None:
    main(["batch", "-q"])
    patch = Path("unleak-batch/top.patch")
    plan = read_plan(patch.read_bytes())
    (file,) = plan.files
    rejected = file.decided(Path("tool.js").read_bytes(), lambda one: one.decided(REJECT))
    patch.write_bytes(plan.replaced(rejected).render())

    assert main(["batch", "-q", "--branches", "unleak/"]) == 0

    assert "unleak/top" not in git("branch")
    assert "unleak/acme-api" in git("branch")
    assert "rejected in review" in Path("unleak-batch/top.md").read_text()


def test_the_burn_down_goes_over_runs(capsys: pytest.CaptureFixture[str]) -> None:
    main(["batch", "-q", "--only", "@acme/api"])
    main(["batch", "-q"])
    put({"packages/api/a.js": "exports.a = 1;\n"})
    commit()
    main(["batch", "-q"])
    capsys.readouterr()

    main(["batch", "--status"])

    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines]
    assert ["pipe-without-pipeline", "3", "2"] in rows
    assert ["@ann", "2", "1"] in rows
    assert ["all", "4", "3"] in rows


def test_names_that_are_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.fsdecode(b"packages/p\xe9")
    put({f"{folder}/package.json": '{"dependencies": {"x": "1"}}'})
    put({f"{folder}/{folder[-1:]}.js": COPY, f"{folder}/x.js": COPY})
    commit()
    main(["batch", "-q"])
    (patch,) = (one for one in Path("unleak-batch").glob("packages-p*.patch"))
    plan = read_plan(patch.read_bytes())
    file = plan.files[0]
    rejected = file.decided(COPY.encode(), lambda one: one.decided(REJECT))
    patch.write_bytes(plan.replaced(rejected).render())

    assert main(["batch", "-q", "--branches", "unleak/"]) == 0
    assert git("log", "-1", "--format=%s", "unleak/packages-p").startswith("Fix 1 stream leak in")
    assert main(["batch", "--status"]) == 0
    assert main(["batch", "--status", "--json"]) == 0


def test_a_mistake_in_a_configuration_is_told_where_the_user_finds_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put({"packages/api/unleak.toml": "nod = 1\n"})
    commit()

    assert main(["batch", "--branches", "unleak/"]) == 2
    assert "error: packages/api/unleak.toml" in capsys.readouterr().err
    assert git("worktree", "list").count("\n") == 1


def test_what_was_changed_since_it_failed_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    put({"packages/zip/check.sh": "exit 7", "packages/api/check.sh": "true", "check.sh": "true"})
    commit()
    assert main(["batch", "-q", "--verify", "sh check.sh"]) == 3
    put({"packages/zip/check.sh": "true", "packages/zip/lib/zip.js": "// mine\n" + DRAIN})

    assert main(["batch", "--failed"]) == 3

    assert "packages/zip/lib/zip.js: it has uncommitted changes" in capsys.readouterr().err
    assert "acme-zip" not in shards()


def test_what_was_accepted_is_left_alone() -> None:
    commented = COPY.replace(
        "    fs.", "    // unleak-disable-next-line pipe-without-pipeline\n    fs."
    )
    put({"packages/api/a.js": commented})
    assert main(["baseline", "write", "-q", "packages/zip", "tool.js"]) == 0
    commit()

    assert main(["batch", "-q"]) == 0
    assert shards() == {"acme-api": ["packages/api/b.js"]}
    assert main(["batch", "-q", "--fresh", "--no-baseline"]) == 0
    assert {file for files in shards().values() for file in files} == {
        "packages/api/b.js",
        "packages/zip/lib/zip.js",
        "tool.js",
    }
