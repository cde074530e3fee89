"""What is remembered of a run never shows but in how long the next one takes."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from unleak.cache import memory, replay, store
from unleak.cli import main

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


def mishap(tree: Tree, dice: Random) -> str:
    """Do one thing to the tree, and say what."""
    package = f"packages/{dice.choice('abc')}"
    name = dice.choice(("x.js", "y.js", "far.js", "deep.js", "src/user.ts", "new.js", "z.mjs"))
    file = f"{package}/{name}"
    manifest = {
        "range": '{"name": "@x/%s", "engines": {"node": ">=%d"}}'
        % (package[-1], dice.choice((14, 18, 22))),
        "main": '{"name": "@x/%s", "main": "y.js"}' % package[-1],
        "nameless": "{}",
        "renamed": '{"name": "@x/z"}',
        "bad": "{",
        "aliases": '{"name": "@x/%s", "imports": {"#y": "./y.js"}}' % package[-1],
        "configured": '{"name": "@x/%s", "unleak": {"node": ">=18"}}' % package[-1],
    }
    others = {
        "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./*"]}}}',
        ".nvmrc": "14\n",
        "Dockerfile": "FROM node:16\n",
        "unleak.toml": 'exclude = ["src"]\n',
        ".unleak.toml": 'ignore = ["pipe-without-pipeline"]\n',
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
    what = dice.choice(
        ("user", "user", "user", "helper", "helper", "helper", "drop", "rename", "manifest")
        + ("other", "other", "without", "without", "commit", "stage", "back", "touch", "folder")
        + ("ends", "link", "index", "replace", "branch")
    )
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
