"""There and back: `diff`, `apply` and `undo` leave no trace; git and patch write what `fix` does.

For every line ending and odd byte that a text may have, every name that a file may have, and every
place that a tree may lie in.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from unleak.cli import main

LEAK = b"""\
const fs = require('node:fs');

exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};

exports.last = 1;
"""


def every_other(text: bytes) -> bytes:
    lines = text.split(b"\n")
    return b"".join(line + (b"\n", b"\r\n")[at % 2] for at, line in enumerate(lines[:-1]))


def with_comment(odd: bytes) -> bytes:
    """`odd` in comments before, between, inside and behind what is rewritten."""
    comment = b" /* one" + odd + b"two */"
    lines = LEAK.split(b"\n")
    for at in (0, 2, 3, 4, 5, 9):
        lines[at] += comment
    return b"\n".join(lines)


TEXTS = {
    "lf": LEAK,
    "crlf": LEAK.replace(b"\n", b"\r\n"),
    "mixed": every_other(LEAK),
    "lone-cr": with_comment(b"\r").replace(b"last = 1", b"last =\r1"),
    "cr-only": LEAK.replace(b"\n", b"\r"),
    "bom": b"\xef\xbb\xbf" + LEAK,
    "bom-crlf": b"\xef\xbb\xbf" + LEAK.replace(b"\n", b"\r\n"),
    "no-newline": LEAK.rstrip(),
    "no-newline-crlf": LEAK.replace(b"\n", b"\r\n").rstrip(),
    "ends-in-the-cure": LEAK[: LEAK.index(b"\n\nexports.last")],
    "form-feed": with_comment(b"\f").replace(b"\nexports", b"\n\fexports", 1),
    "vertical-tab": with_comment(b"\v"),
    "separators": with_comment("\u2028 \u2029".encode()),
    "nel": with_comment("\u0085".encode()),
    "file-separators": with_comment(b"\x1c\x1d\x1e"),
    "astral": with_comment("🚰 e\u0301 \ufeff".encode()),
    "tabs": LEAK.replace(b"  ", b"\t"),
    "trailing-blanks": LEAK.replace(b"\n", b"  \n"),
    "like-a-diff": with_comment(b"\n-- a/x\n++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n"),
    "long-line": LEAK.replace(b"last = 1", b"last = '" + b"x" * 70_000 + b"'"),
}
LEFT_ALONE = {
    "latin-1": with_comment("ä".encode("latin-1")),
    "zero": with_comment(b"\0"),
    "utf-16": LEAK.decode().encode("utf-16"),
}
NAMES = [
    "a b.js",
    "it's.js",
    'quo"ted.js',
    "back\\slash.js",
    "back\\nslash.js",
    "tab\there.js",
    "new\nline.js",
    "return\rhere.js",
    unicodedata.normalize("NFC", "composed/né.js"),
    unicodedata.normalize("NFD", "decomposed/né.js"),
    "-dash.js",
    "--output-file=x.js",
    "trailing .js",
    " leading.js",
    "folder /file.js",
    "a/b/b/a.js",
    "b/a.js",
    "日本/語.js",
    "🚰.mjs",
    "*?[x].js",
    "#hash.js",
    "$HOME.js",
    "dev/null/x.js",
    ".hidden/x.js",
    "CON.js",
]


def fill(tree: Path) -> None:
    """All of these, with modes and links."""
    for name, text in TEXTS.items():
        put(tree / "texts" / f"{name}.js", text)
    for name in NAMES:
        put(tree / name, LEAK)
    for name, text in LEFT_ALONE.items():
        put(tree / "left" / f"{name}.js", text)
    put(tree / "real" / "in.js", LEAK)
    put(tree / "modes" / "runs.js", b"#!/usr/bin/env node\n" + LEAK).chmod(0o755)
    put(tree / "modes" / "private.js", LEAK).chmod(0o600)
    put(tree / "modes" / "shared.js", LEAK).chmod(0o664)
    (tree / "link.js").symlink_to("real/in.js")
    (tree / "linked").symlink_to("real", target_is_directory=True)
    (tree / "broken.js").symlink_to("nowhere.js")


CURED = len(TEXTS) + len(NAMES) + 4
"""Of them all but what is no UTF-8 text; none is counted twice for a link."""


def put(path: Path, text: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return path


def state(tree: Path) -> dict[str, str]:
    """Every file's kind, mode and hash, every link's target, and every folder."""
    found = {}
    for path in tree.rglob("*"):
        name = os.fsencode(path.relative_to(tree)).decode("utf-8", "surrogateescape")
        if ".git" in path.relative_to(tree).parts:
            continue
        if path.is_symlink():
            found[name] = f"link {os.readlink(path)}"
        elif path.is_dir():
            found[name] = "folder"
        else:
            mode = stat.S_IMODE(path.lstat().st_mode)
            found[name] = f"{mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return found


def run(*words: str, folder: Path, stdin: bytes = b"") -> None:
    done = subprocess.run(words, cwd=folder, input=stdin, capture_output=True)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def repository(folder: Path) -> Path:
    run("git", "init", "-q", folder=folder)
    return folder


def committed(folder: Path) -> Path:
    repository(folder)
    run("git", "add", "-A", folder=folder)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    run("git", *who, "commit", "-qm", "x", folder=folder)
    return folder


def plain(folder: Path) -> Path:
    return folder


def below(folder: Path) -> Path:
    """A folder of a repository: names in its patch count from the top."""
    return repository(folder.parent)


def nested(folder: Path) -> Path:
    """A repository that lies in another one."""
    repository(folder.parent)
    put(folder.parent / "outer.js", LEAK)
    return committed(folder)


PLACES = [repository, committed, plain, below, nested]


@pytest.mark.parametrize("place", PLACES)
def test_there_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Callable[[Path], Path]
) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    tree = tmp_path / "outer" / "the tree"
    tree.mkdir(parents=True)
    fill(tree)
    top = place(tree)
    monkeypatch.chdir(tree)
    patch = tmp_path / "a.patch"
    before = state(top)

    assert main(["diff", "-q", "-o", str(patch)]) == 3, "some are left alone"
    assert state(top) == before
    assert main(["fix", "-q"]) == 3
    fixed = state(top)
    changed = {name for name in before if before[name] != fixed[name]}
    assert len(changed) == CURED
    assert fixed.keys() == before.keys()
    assert [name for name in changed if before[name].split()[0] != fixed[name].split()[0]] == []
    assert main(["undo", "-q"]) == 0
    assert state(top) == before

    assert main(["apply", "-q", str(patch)]) == 0
    assert state(top) == fixed
    assert main(["undo", "-q"]) == 0
    assert state(top) == before

    apply = ["git", "apply", "--whitespace=nowarn", str(patch)]
    run(*apply, folder=top)
    assert texts_of(state(top)) == texts_of(fixed)
    run(*apply, "-R", folder=top)
    assert texts_of(state(top)) == texts_of(before)


def texts_of(found: dict[str, str]) -> dict[str, str]:
    """Without modes: git knows two of them, and the umask says the rest."""
    return {name: told.split()[-1] for name, told in found.items()}


@pytest.mark.skipif(
    shutil.which("patch") is None and not os.environ.get("CI"),
    reason="patch(1) is not installed, so only git says whether patches apply",
)
def test_patch_writes_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    fill(tree)
    monkeypatch.chdir(tree)
    assert main(["diff", "-q", "-o", "../a.patch"]) == 3
    before = state(tree)
    assert main(["fix", "-q"]) == 3
    fixed = state(tree)
    assert main(["undo", "-q"]) == 0
    text = (tmp_path / "a.patch").read_bytes()
    words = ["patch", "-p1", "--binary", "--batch", "--silent"]
    run(*words, folder=tree, stdin=text)
    assert state(tree) == fixed
    run(*words, "-R", folder=tree, stdin=text)
    assert state(tree) == before


def test_a_tree_of_another_place_takes_the_patch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patch holds names and texts, and nothing of the place it was made in."""
    first, second = tmp_path / "first", tmp_path / "second"
    for tree in (first, second):
        tree.mkdir()
        fill(tree)
    repository(first)
    monkeypatch.chdir(first)
    assert main(["diff", "-q", "-o", "../a.patch"]) == 3
    assert main(["fix", "-q"]) == 3
    monkeypatch.chdir(second)
    assert main(["apply", "-q", "../a.patch"]) == 0
    assert state(second) == state(first)
