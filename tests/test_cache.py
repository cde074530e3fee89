"""What is remembered of a run never shows but in how long the next one takes."""

import contextlib
import errno
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from unleak import run
from unleak.cache import memory, store
from unleak.cli import main
from unleak.workspace import resolve

HELPERS = {
    "file": 'const fs = require("fs")\nexports.make = (q) => fs.createWriteStream(q)\n',
    "gzip": 'const zlib = require("zlib")\nexports.make = (q) => zlib.createGzip()\n',
    "nothing": "exports.make = (q) => ({ on() {}, q })\n",
    "other": 'exports.make = require("./deep").make\n',
    "sibling": 'exports.make = require("@x/b/y").make\n',
    "broken": "exports.make = (q) => {{{ \n",
}
USERS = {
    "near": 'const fs = require("fs")\nconst { make } = require("./y")\n'
    "function f(p, q) {\n  fs.createReadStream(p).pipe(make(q))\n}\n",
    "far": 'const fs = require("fs")\nconst { make } = require("@x/b/y")\n'
    "exports.f = (p, q) => {\n  fs.createReadStream(p).pipe(make(q))\n}\n",
    "alias": 'const fs = require("fs")\nconst { make } = require("@/y")\n'
    "exports.f = (p, q) => {\n  fs.createReadStream(p).pipe(make(q))\n}\n",
    "called": "exports.send = function (from, to) {\n  from.pipe(to)\n}\n",
    "plain": 'require("fs").createReadStream("a").pipe(require("fs").createWriteStream("b"))\n',
    "dist": 'const fs = require("fs")\nconst { make } = require("./dist/z")\n'
    "function f(p, q) {\n  fs.createReadStream(p).pipe(make(q))\n}\n",
    "caller": 'const fs = require("fs")\nconst { send } = require("./x")\n'
    'send(fs.createReadStream("a"), fs.createWriteStream("b"))\n',
    "generated": "// @generated\na.pipe(b)\n",
    "nothing": "module.exports = 1\n",
    "torn": "function f( {\n  a.pipe(b)\n",
    "accepted": "// unleak-disable-next-line pipe-without-pipeline -- known\n"
    'require("fs").createReadStream("a").pipe(require("fs").createWriteStream("b"))\n',
    "unused": "// unleak-disable-next-line pipe-without-pipeline -- known\nmodule.exports = 1\n",
}


class Tree:
    """A small monorepo, and what may be done to it."""

    def __init__(self, top: Path) -> None:
        self.top = top
        top.mkdir()
        self.git("init", "-q", "-b", "main")
        self.put("package.json", '{"name": "x", "private": true, "workspaces": ["packages/*"]}')
        for name in "abc":
            at = f"packages/{name}"
            self.put(
                f"{at}/package.json",
                f'{{"name": "@x/{name}", "version": "1.0.0", "engines": {{"node": ">=20"}}}}',
            )
            self.put(f"{at}/x.js", USERS["near"])
            self.put(f"{at}/y.js", HELPERS["file"])
            self.put(f"{at}/deep.js", HELPERS["gzip"])
        self.put("packages/a/far.js", USERS["far"])
        self.put("packages/c/src/user.ts", USERS["caller"])
        self.put(".gitignore", "dist/\n*.tmp.js\n")
        self.commit()

    def put(self, path: str, text: str) -> None:
        file = self.top / path
        if file.is_symlink():
            file.unlink()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, newline="")

    def drop(self, path: str) -> None:
        file = self.top / path
        if file.is_symlink() or file.is_file():
            file.unlink()

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *words], cwd=self.top, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x", "--allow-empty")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    # What was written a moment ago is not trusted; here it would leave nothing to remember.
    monkeypatch.setattr(memory, "TICK", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Tree(tmp_path / "tree")
    monkeypatch.chdir(made.top)
    return made


Told = tuple[int, str, str]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def asked(*words: str) -> Told:
        capfd.readouterr()
        code = main([*words])
        out, err = capfd.readouterr()
        return code, out, err

    return asked


CALLS = (
    ("check", "--output-format", "json"),
    ("check", "--output-format", "full", "packages/a"),
    ("diff", "--unsafe-fixes"),
)


def same(ask: Callable[..., Told], calls: tuple[tuple[str, ...], ...] = CALLS) -> None:
    for call in calls:
        cold = ask(*call, "--no-cache")
        assert ask(*call) == cold
        assert ask(*call) == cold


MISHAPS = (
    *("user", "user", "user", "helper", "helper", "helper", "drop", "rename", "manifest"),
    *("other", "other", "without", "without", "commit", "stage", "back", "touch", "folder"),
    *("ends", "link", "index", "replace", "branch", "baseline"),
)


def mishap(tree: Tree, dice: Random) -> str:
    """Do one thing to the tree, and say what."""
    package = f"packages/{dice.choice('abc')}"
    name = dice.choice(("x.js", "y.js", "far.js", "deep.js", "src/user.ts", "new.js", "z.mjs"))
    file = f"{package}/{name}"
    own = f'"name": "@x/{package[-1]}"'
    manifest = {
        "range": f'{{{own}, "engines": {{"node": ">={dice.choice((14, 18, 22))}"}}}}',
        "main": f'{{{own}, "main": "y.js"}}',
        "nameless": "{}",
        "renamed": '{"name": "@x/z"}',
        "bad": "{",
        "aliases": f'{{{own}, "imports": {{"#y": "./y.js"}}}}',
        "configured": f'{{{own}, "unleak": {{"node": ">=18"}}}}',
    }
    others = {
        "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./*"]}}}',
        ".nvmrc": "14\n",
        "Dockerfile": "FROM node:16\n",
        "unleak.toml": 'exclude = ["src"]\n',
        ".unleak.toml": 'ignore = ["pipe-without-pipeline"]\n',
        ".unleak-baseline.json": "{}",
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "dist/z.js": HELPERS[dice.choice((*HELPERS,))],
        "dist/package.json": '{"type": "module"}',
        "src/package.json": '{"name": "@x/inner"}',
        "README.md": str(dice.random()),
        "y.tmp.js": HELPERS["file"],
        ".gitignore": "y.js\n",
        "pnpm-workspace.yaml": "packages:\n  - packages/a\n",
    }
    other = dice.choice((*others,))
    place = dice.choice(("", f"{package}/"))
    what = dice.choice(MISHAPS)
    if what == "user":
        key = dice.choice((*USERS,))
        tree.put(file, USERS[key])
        return f"{file} := {key}"
    if what == "helper":
        key = dice.choice((*HELPERS,))
        helper = f"{package}/{dice.choice(('y.js', 'deep.js', 'y/index.js'))}"
        if not (tree.top / package / "y").is_file():
            tree.put(helper, HELPERS[key])
        return f"{helper} := {key}"
    if what == "drop":
        tree.drop(file)
    elif what == "rename" and (tree.top / file).is_file():
        other = f"packages/{dice.choice('abc')}/{dice.choice(('x.js', 'moved.js', 'q/y.js'))}"
        (tree.top / other).parent.mkdir(exist_ok=True)
        os.replace(tree.top / file, tree.top / other)
    elif what == "manifest":
        key = dice.choice((*manifest,))
        tree.put(f"{package}/package.json", manifest[key])
        return f"{package}/package.json := {key}"
    elif what == "other":
        tree.put(place + other, others[other])
    elif what == "without":
        tree.drop(place + other)
    elif what == "commit":
        tree.commit()
    elif what == "stage":
        tree.git("add", "-A")
    elif what == "back":
        with contextlib.suppress(subprocess.CalledProcessError):
            tree.git("checkout", "-q", "HEAD", "--", package)
    elif what == "touch" and (tree.top / file).exists():
        os.utime(tree.top / file)
    elif what == "folder":
        shutil.rmtree(tree.top / package / dice.choice(("src", "dist", "q")), ignore_errors=True)
    elif what == "ends":
        tree.put(".gitattributes", dice.choice(("* text=auto\n", "*.js eol=crlf\n", "")))
        if (tree.top / file).is_file():
            text = (tree.top / file).read_bytes().replace(b"\r\n", b"\n")
            crlf = text.replace(b"\n", b"\r\n")
            (tree.top / file).write_bytes(dice.choice((text, crlf)))
    elif what == "link":
        tree.drop(file)
        (tree.top / file).parent.mkdir(exist_ok=True)
        os.symlink(tree.top / f"packages/{dice.choice('abc')}/deep.js", tree.top / file)
    elif what == "index" and (tree.top / file).is_file():
        with contextlib.suppress(subprocess.CalledProcessError):
            flag = dice.choice(("--assume-unchanged", "--no-assume-unchanged"))
            tree.git("update-index", flag, file)
    elif what == "replace" and (tree.top / file).is_file():
        (tree.top / "packages/n.tmp").write_bytes((tree.top / file).read_bytes())
        os.replace(tree.top / "packages/n.tmp", tree.top / file)
    elif what == "baseline":
        main(["baseline", "write", "-q", place or "."])
    elif what == "branch":
        tree.commit()
        tree.git("checkout", "-q", "-B", dice.choice(("main", "other")))
        with contextlib.suppress(subprocess.CalledProcessError):
            tree.git("checkout", "-q", dice.choice(("main", "other", "HEAD~1")))
    return f"{what} {file} {place}{other}"


SEEDS = int(os.environ.get("UNLEAK_CACHE_SEEDS", "3"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_to_a_tree_a_warm_run_says_what_a_cold_one_does(
    tree: Tree, ask: Callable[..., Told], seed: int
) -> None:
    dice = Random(seed)
    done: list[str] = []
    for _ in range(int(os.environ.get("UNLEAK_CACHE_STEPS", "12"))):
        for _ in range(dice.choice((1, 1, 2))):
            done.append(mishap(tree, dice))
        try:
            same(ask, (dice.choice(CALLS),))
        except AssertionError:
            print("\n".join(done[-12:]))
            raise


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are judged from now on, by their paths in the tree."""
    paths: list[str] = []
    judge = run.judge

    def seen(job: run.Job) -> run.FileResult:
        paths.append(job.path)
        return judge(job)

    monkeypatch.setattr(run, "judge", seen)
    return paths


CHECK = CALLS[0]


def test_nothing_is_judged_twice(tree: Tree, ask: Callable[..., Told], judged: list[str]) -> None:
    told = ask(*CHECK)
    assert "packages/a/far.js" in judged
    judged.clear()
    assert ask(*CHECK) == told  # word by word
    assert ask("check", "-v", "--output-format", "json")[1] == told[1]  # from its results
    assert judged == []


def test_a_changed_helper_costs_its_users_and_nobody_else(
    tree: Tree, ask: Callable[..., Told], judged: list[str]
) -> None:
    before = ask(*CHECK)
    judged.clear()
    tree.put("packages/b/y.js", HELPERS["nothing"])
    after = ask(*CHECK)
    # far.js of a asks b, so what asks about a is in doubt as well; c has nothing to do with it.
    assert {path[: len("packages/a")] for path in judged} == {"packages/a", "packages/b"}
    assert after == ask(*CHECK, "--no-cache")
    assert after != before


@pytest.mark.parametrize("name", ["package.json", "packages/c/tsconfig.json", ".nvmrc"])
def test_a_manifest_that_comes_or_changes_makes_all_new(
    tree: Tree, ask: Callable[..., Told], judged: list[str], name: str
) -> None:
    ask(*CHECK)
    every = len(judged)
    judged.clear()
    tree.put(name, "{}")
    ask(*CHECK)
    assert len(judged) == every


def test_a_file_that_git_lets_go_of_is_watched_from_then_on(
    tree: Tree, ask: Callable[..., Told]
) -> None:
    tree.put("packages/a/x.js", USERS["dist"])
    tree.put("packages/a/dist/z.js", HELPERS["file"])
    tree.git("add", "-f", "packages/a/dist/z.js")
    tree.commit()
    same(ask, (CHECK,))
    tree.git("rm", "-q", "--cached", "packages/a/dist/z.js")
    known = ask(*CHECK)
    tree.put("packages/a/dist/z.js", HELPERS["nothing"])  # git ignores it, its folder is the same
    assert ask(*CHECK) != known
    same(ask, (CHECK,))


def test_a_file_that_git_takes_on_is_no_surprise(tree: Tree, ask: Callable[..., Told]) -> None:
    tree.put("packages/a/x.js", USERS["dist"])
    tree.put("packages/a/dist/z.js", HELPERS["file"])
    same(ask, (CHECK,))
    tree.git("add", "-f", "packages/a/dist/z.js")
    same(ask, (CHECK,))
    tree.put("packages/a/dist/z.js", HELPERS["nothing"])
    same(ask, (CHECK,))


def test_a_folder_that_crowds_a_package_out_of_the_workspace(
    tree: Tree, ask: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The top, packages, a and b are looked into, so b is known until a folder comes before it.
    monkeypatch.setattr(resolve, "_MOST_FOLDERS", 4)
    known = ask(*CHECK)
    tree.put("packages/aa/new.js", USERS["nothing"])
    assert ask(*CHECK) != known
    same(ask, (CHECK,))


def test_the_day_counts_for_a_comment_that_expires(
    tree: Tree, ask: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "// unleak-disable-next-line pipe-without-pipeline until=2031-05-31 -- known\n"
    tree.put("packages/a/x.js", said + USERS["plain"])
    for day in ("2031-05-31", "2031-06-01"):
        monkeypatch.setattr("unleak.cli.session.today", lambda day=day: day)
        same(ask)
    assert "expired-suppression" in ask(*CHECK)[1]


def test_a_baseline_counts_from_the_moment_it_is_there(
    tree: Tree, ask: Callable[..., Told]
) -> None:
    same(ask)
    assert '"baselined": 0' in ask(*CHECK)[1]
    assert main(["baseline", "write", "-q"]) == 0
    same(ask)
    assert '"baselined": 0' not in ask(*CHECK)[1]
    tree.drop("packages/a/x.js")
    same(ask)
    tree.drop(".unleak-baseline.json")
    same(ask)
    assert '"baselined": 0' in ask(*CHECK)[1]


@pytest.mark.parametrize("path", ["README.md", "script.py", "logo.png"])
def test_what_cannot_matter_costs_nothing(
    tree: Tree, ask: Callable[..., Told], judged: list[str], path: str
) -> None:
    told = ask(*CHECK)
    judged.clear()
    tree.put(path, "x")
    tree.commit()
    assert ask(*CHECK) == told
    assert judged == []


def test_a_file_that_changes_during_a_run_is_not_remembered(
    tree: Tree, ask: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = run.judge

    def late(job: run.Job) -> run.FileResult:
        result = judge(job)
        if job.path == "packages/a/x.js":
            tree.put(job.path, USERS["nothing"])
        return result

    with monkeypatch.context() as patched:
        patched.setattr(run, "judge", late)
        ask(*CHECK)
    tree.git("checkout", "-q", ".")
    same(ask)


def stored(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "unleak").iterdir())


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="one-bit"),
        pytest.param(lambda data: b"unleak 0\n" + data[9:], id="another-format"),
    ],
)
def test_a_spoiled_cache_is_as_good_as_none(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    told = ask(*CHECK)
    assert [path.suffix for path in stored(tmp_path)].count(".tree") == 1
    for path in stored(tmp_path):
        path.write_bytes(spoil(path.read_bytes()))
    assert ask(*CHECK) == told
    assert ask(*CHECK) == told


def test_a_value_of_another_shape_is_as_good_as_none(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path
) -> None:
    told = ask(*CHECK)
    for path in stored(tmp_path):
        assert store.keep(path.name, (1, "two", [3])) is None
    assert ask(*CHECK) == told


def test_what_others_may_write_is_not_read(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path, judged: list[str]
) -> None:
    ask(*CHECK)
    judged.clear()
    for path in stored(tmp_path):
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o666)
    ask(*CHECK)
    assert judged


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_as_good_as_none(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path, make: Callable[[Path], None]
) -> None:
    told = ask(*CHECK)
    for path in stored(tmp_path):
        path.unlink()
        make(path)
    assert ask(*CHECK) == told


def test_a_full_disk_is_no_failure(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(_old: str, _new: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store.os, "replace", replace)
    assert ask(*CHECK) == ask(*CHECK, "--no-cache")
    assert stored(tmp_path) == []  # nothing is left half done


def test_no_place_to_remember_is_no_failure(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("no folder")
    cold = ask(*CHECK, "--no-cache")
    assert ask(*CHECK) == cold
    code, out, err = ask(*CHECK, "-v")
    assert (code, out) == cold[:2]
    assert "cache: not used: " in err


def test_no_cache_leaves_nothing(tree: Tree, ask: Callable[..., Told], tmp_path: Path) -> None:
    ask(*CHECK, "--no-cache")
    assert not (tmp_path / "cache").exists()


def test_the_cache_does_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(store, "LARGEST", 3_000)
    for number in range(5):
        assert store.keep(f"{number}.tree", "x" * 1_000) is None
        os.utime(tmp_path / "cache/unleak" / f"{number}.tree", (number, number))
    assert [path.name for path in stored(tmp_path)] == ["3.tree", "4.tree"]


def test_submodules_and_filters_are_not_remembered(
    tree: Tree, ask: Callable[..., Told], tmp_path: Path
) -> None:
    tree.git("config", "filter.x.clean", "cat")
    tree.put(".gitattributes", "*.js filter=x\n")
    tree.commit()
    assert "git filters source files" in ask(*CHECK, "-v")[2]
    same(ask)


def paths(told: Told) -> set[str]:
    return {finding["path"] for finding in json.loads(told[1])["findings"]}


def test_since_takes_what_this_branch_has_changed(tree: Tree, ask: Callable[..., Told]) -> None:
    tree.git("checkout", "-q", "-b", "topic")
    tree.put("packages/a/committed.js", USERS["plain"])
    tree.commit()
    tree.put("packages/b/x.js", USERS["plain"])
    tree.put("packages/b/odd \nname.js", USERS["plain"])
    tree.put("packages/c/ignored.tmp.js", USERS["plain"])
    (tree.top / "packages/c/x.js").unlink()
    tree.git("checkout", "-q", "-b", "elsewhere", "main")
    tree.put("packages/a/y.js", USERS["plain"])
    tree.git("commit", "-q", "-m", "x", "packages/a/y.js")
    tree.git("checkout", "-q", "topic")

    odd = "packages/b/odd \nname.js"
    found = {"packages/a/committed.js", "packages/b/x.js", odd}
    assert paths(ask(*CHECK, "--since", "elsewhere")) == found
    assert paths(ask(*CHECK, "--since", "HEAD")) == found - {"packages/a/committed.js"}
    assert paths(ask(*CHECK, "--since", "main", "packages/a")) == {"packages/a/committed.js"}
    assert ask(*CHECK, "--since", "--nonsense")[0] == 2
    assert "names no commit" in ask(*CHECK, "--since", "nonsense")[2]


def test_since_knows_files_that_it_does_not_judge(tree: Tree, ask: Callable[..., Told]) -> None:
    tree.put("packages/a/far.js", USERS["far"] + "// more\n")
    told = json.loads(ask(*CHECK, "--since", "HEAD")[1])["findings"]
    assert "packages/b/y.js" in "".join(told[0]["evidence"])


def test_staged_judges_what_is_staged(tree: Tree, ask: Callable[..., Told]) -> None:
    tree.put("packages/a/x.js", USERS["plain"])
    tree.git("add", "packages/a/x.js")
    tree.put("packages/a/x.js", USERS["nothing"])
    tree.put("packages/b/x.js", USERS["plain"])
    assert paths(ask(*CHECK, "--staged")) == {"packages/a/x.js"}
    code, patch, _ = ask("diff", "--staged", "--unsafe-fixes")
    assert code == 1
    words = ["git", "apply", "--cached", "--check"]
    subprocess.run(words, cwd=tree.top, input=patch.encode(), check=True)


def test_fix_staged_keeps_off_what_is_not_staged(tree: Tree, ask: Callable[..., Told]) -> None:
    for package in "ab":
        tree.put(f"packages/{package}/x.js", USERS["plain"])
    tree.git("add", "-A")
    mixed = USERS["plain"] + "// more\n"
    tree.put("packages/b/x.js", mixed)
    code, _, err = ask("fix", "--staged", "--unsafe-fixes")
    assert code == 3
    assert "packages/b/x.js" in err
    assert "[unstaged]" in err
    assert (tree.top / "packages/b/x.js").read_text() == mixed
    assert (tree.top / "packages/a/x.js").read_text() != USERS["plain"]


def test_staged_takes_the_index_of_the_commit_to_be(
    tree: Tree, ask: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tree.top / ".git/index", tree.top / ".git/other")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other")
    tree.put("packages/a/x.js", USERS["plain"])
    tree.git("add", "packages/a/x.js")
    assert paths(ask(*CHECK, "--staged")) == {"packages/a/x.js"}
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert paths(ask(*CHECK, "--staged")) == set()


@pytest.mark.parametrize("words", [["--since", "HEAD", "--staged"], ["--staged", "-"]])
def test_what_does_not_go_together(tree: Tree, ask: Callable[..., Told], words: list[str]) -> None:
    assert ask(*CHECK, "--stdin-filename", "x.js", *words)[0] == 2
