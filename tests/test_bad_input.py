"""Whatever lies in a tree: it is told by name, nothing is lost, and the other files are done.

Each row of `BAD` is a tree with one sound file and one thing that is not. `check`, `diff` and
`fix` all have to get through it: with the right exit code, a line on stderr that names the thing
and says what is wrong, no traceback, and every byte and mode on disk as it was, but for those
files that `fix` cures.
"""

import ctypes
import io
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from unleak import cli, run
from unleak.run import FileResult, Job

with warnings.catch_warnings():  # typer asks click for names that click will drop some day
    warnings.simplefilter("ignore", DeprecationWarning)
    import unleak.cli.session as _  # noqa: F401

# The runner of the tests has a thread; the command that is tested has none.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

LEAK = b"""\
const fs = require('node:fs');

module.exports = (from, to) =>
  new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .on('error', reject)
      .pipe(fs.createWriteStream(to))
      .on('error', reject)
      .on('finish', resolve);
  });
"""
CALL = b"fs.createReadStream('a').pipe(fs.createWriteStream('b'))"
SOUND = "sound.js"


class Bad(NamedTuple):
    """A bad thing, made by `make` in a folder, and what is to be said of it.

    `told` are parts of one line on stderr, the name first; nothing needs to be said of a thing
    with none. `code` is the exit code of every command, unless only findings were left.
    `cured` are the files that `fix` changes beside the sound one. `paths` are what is asked for.
    """

    what: str
    make: Callable[[Path], object]
    told: tuple[str, ...] = ()
    code: int = 3
    cured: tuple[str, ...] = ()
    paths: tuple[str, ...] = (".",)


def put(data: bytes, name: str | bytes = "bad.js") -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        path = os.path.join(os.fsencode(folder), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    return make


def both(*makers: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [make(folder) for make in makers]


def link(name: str, target: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).symlink_to(target)


def bind(folder: Path) -> None:
    """A socket; its address may not be long, so it is given from within."""
    before = os.getcwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("bad.js")
    os.chdir(before)


def noise(seed: int, alphabet: bytes) -> bytes:
    return bytes(random.Random(seed).choices(alphabet, k=1 << 20))


def odd(name: str | bytes) -> Bad:
    """A sound file of an odd name: all goes well with it."""
    return Bad(f"a file called {name!r}", put(LEAK, name), code=0, cured=(os.fsdecode(name),))


PUNCTUATION = b"(){}[]<>.,;:?!&|^%*/+-=~@#\"'`\\ \n"
DEEP = ("bad.js", "nested too deep", "line 1")
SYNTAX = ("bad.js", "syntax error at line", "mend it")

BAD = [
    # Paths that lead nowhere.
    Bad(
        "a missing path", put(b""), ("nowhere", "no such file", "spelling"), 2, (), (".", "nowhere")
    ),
    Bad("a missing file", put(b""), ("no.js", "no such file", "spelling"), 2, (), (".", "no.js")),
    Bad("a path below a file", put(b""), ("bad.js/x", "no such"), 2, (), (".", "bad.js/x")),
    Bad(
        "a file of another kind", put(LEAK, "a.txt"), ("a.txt", "not a Java"), 3, (), (".", "a.txt")
    ),
    # Links.
    Bad(
        "a loop of folder links",
        both(put(LEAK, "d/in.js"), link("d/up", "..")),
        (),
        0,
        ("d/in.js",),
    ),
    Bad("a link to itself", link("bad.js", "bad.js"), (), 0),
    Bad(
        "a link to itself, named",
        link("bad.js", "bad.js"),
        ("bad.js", "levels"),
        3,
        (),
        (".", "bad.js"),
    ),
    Bad("a link to nothing", link("bad.js", "gone.js"), (), 0),
    Bad(
        "a link to nothing, named",
        link("bad.js", "gone.js"),
        ("bad.js", "link to nothing"),
        2,
        (),
        (".", "bad.js"),
    ),
    Bad("a link inside", link("bad.js", SOUND), (), 0),
    Bad("a link inside, named", link("bad.js", SOUND), (), 0, (), (".", "bad.js")),
    Bad(
        "a link to a file outside",
        both(put(LEAK, "../outside.js"), link("bad.js", "../outside.js")),
        (),
        0,
    ),
    Bad(
        "a link to a file outside, named",
        both(put(LEAK, "../outside.js"), link("bad.js", "../outside.js")),
        ("bad.js", "link that leads out"),
        3,
        (),
        (".", "bad.js"),
    ),
    Bad("a link to a folder outside", both(put(LEAK, "../out/x.js"), link("bad", "../out")), (), 0),
    # Names.
    odd("with\nnewline.js"),
    odd("with space .js"),
    odd("-rf.js"),
    odd("--diff.js"),
    odd("qu'o\"te\\s.js"),
    odd("tab\tbell\a\x1b[31mred.js"),
    odd("üñï/日本語 🚰.js"),
    odd(b"not\xff\xfeutf8.js"),
    odd(":(glob)*.js"),
    odd("[a-z]*?.js"),
    odd("@{u}.mjs"),
    odd("{a,b}.cjs"),
    odd("x" * 251 + ".js"),
    # What is not text.
    Bad("not UTF-8", put(b"// caf\xe9\n" + LEAK), ("bad.js", "not UTF-8 at byte 6", "convert")),
    Bad("UTF-16", put(LEAK.decode().encode("utf-16")), (), 0),
    Bad(
        "UTF-16, named",
        put(LEAK.decode().encode("utf-16")),
        ("bad.js", "NUL"),
        3,
        (),
        (".", "bad.js"),
    ),
    Bad("NUL bytes", put(LEAK + b"\0\0"), ("bad.js", "NUL bytes")),
    Bad("a surrogate", put(b"'\xed\xa0\x80';\n" + LEAK), ("bad.js", "not UTF-8 at byte 1")),
    Bad("an empty file", put(b""), (), 0, (), (".", "bad.js")),
    Bad("nothing but a byte order mark", put(b"\xef\xbb\xbf"), (), 0, (), (".", "bad.js")),
    Bad("a byte order mark and a leak", put(b"\xef\xbb\xbf" + LEAK), (), 0, ("bad.js",)),
    Bad("line ends of Windows", put(LEAK.replace(b"\n", b"\r\n")), (), 0, ("bad.js",)),
    Bad("no newline at the end", put(LEAK.rstrip()), (), 0, ("bad.js",)),
    Bad("line separators", put("/*\u2028\u2029\x85\x0c*/".encode() + LEAK), (), 0, ("bad.js",)),
    # Too much.
    Bad(
        "60 MB",
        put(LEAK + b"// filler\n" * 6_000_000),
        ("bad.js", "57.2 MB", "limit", "--max-bytes"),
    ),
    Bad(
        "100,000 parentheses",
        put(LEAK + b"(" * 100_000 + b"1" + b")" * 100_000),
        (),
        0,
        ("bad.js",),
    ),
    Bad("a leak in 100,000 parentheses", put(b"(" * 100_000 + CALL + b")" * 100_000), DEEP),
    Bad("100,000 open parentheses", put(b"(" * 100_000 + CALL), SYNTAX),
    Bad("100,000 open braces", put(b"{" * 100_000 + CALL), SYNTAX),
    Bad("20,000 chained pipes", put(b"a" + b".pipe(b)" * 20_000), DEEP),
    Bad("50,000 nested calls", put(b"f(" * 50_000 + CALL + b")" * 50_000), DEEP),
    Bad("20,000 arrows", put(b"x=>" * 20_000 + CALL), DEEP),
    Bad("20,000 templates", put(b"`${" * 20_000 + CALL + b"}`" * 20_000), DEEP),
    Bad(
        "a bundle of one line",
        put(
            b"!function(){"
            + b"var a=1;function b(c,d){return c+d};" * 29_000
            + b"var fs=require('fs');"
            + CALL
            + b"}();"
        ),
        ("bad.js:1:", "pipe-without-pipeline"),
        1,
    ),
    Bad("1 MB of punctuation", put(LEAK + noise(1, PUNCTUATION)), ("bad.js", "syntax error")),
    Bad("1 MB of bytes", put(LEAK + noise(2, bytes(range(256)))), ("bad.js",)),
    # What is not JavaScript.
    Bad("a syntax error at the leak", put(LEAK.replace(b"from)", b"from]")), SYNTAX),
    Bad("a syntax error far away", put(LEAK + b"\nlet x = ;\n"), SYNTAX, 3, ("bad.js",)),
    Bad(
        "conflict markers",
        put(b"<<<<<<< HEAD\n" + LEAK + b"=======\n" + LEAK + b">>>>>>> other\n"),
        SYNTAX,
    ),
    Bad("HTML", put(b"<!doctype html>\n<script>" + LEAK + b"</script>\n"), SYNTAX),
    # What is not a file.
    Bad("a folder with a file's name", lambda folder: (folder / "bad.js").mkdir(), (), 0),
    Bad("a named pipe", lambda folder: os.mkfifo(folder / "bad.js"), (), 0),
    Bad("a socket", bind, (), 0),
    Bad(
        "a named pipe, named",
        lambda folder: os.mkfifo(folder / "bad.js"),
        ("bad.js", "neither a file nor a folder"),
        3,
        (),
        (".", "bad.js"),
    ),
    Bad("a socket, named", bind, ("bad.js", "neither a file"), 3, (), (".", "bad.js")),
    Bad("a device", put(b""), ("/dev/null", "neither a file"), 3, (), (".", os.devnull)),
    # What is told about the code by other files.
    Bad("a package.json that is no JSON", put(b"{ nope", "package.json"), ("package.json", "JSON")),
    Bad("a package.json that is a list", put(b"[]", "package.json"), ("package.json",)),
    Bad("a package.json of NUL bytes", put(b"\0" * 99, "package.json"), ("package.json",)),
    Bad(
        "a package.json without end",
        put(b"[" * 200_000, "package.json"),
        ("package.json",),
    ),
    Bad("a package.json that is a folder", put(b"", "package.json/x"), ("package.json",)),
    Bad(
        "a generated file",
        put(b"// @generated\n" + LEAK),
        ("bad.js", "a tool wrote it", "--no-exclude"),
        0,
    ),
    Bad("an empty .git", lambda folder: (folder / ".git").mkdir(), (), 0),
    Bad("a .git file that leads nowhere", put(b"gitdir: /nowhere", ".git"), (), 0),
    Bad(
        "a damaged index",
        both(
            lambda f: subprocess.run(["git", "init", "-q", f], check=True),
            put(b"DIRC\0\0", ".git/index"),
        ),
        ("index",),
        3,
    ),
]


class Ran(NamedTuple):
    code: int
    out: bytes
    err: str


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No one's git settings, and no colours."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", "/")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a folder with a sound file in it, outside of git."""
    here = tmp_path / "here"
    here.mkdir()
    (here / SOUND).write_bytes(LEAK)
    (here / SOUND).chmod(0o640)
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def unleak(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Cli:
    """Run a command line in this process."""

    def ran(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = cli.main(list(arguments))
        out, err = capfdbinary.readouterr()
        return Ran(code, out, err.decode())

    return ran


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and text of all there is beside and below `folder`, links and pipes not followed."""
    seen: dict[str, tuple[int, bytes]] = {}
    for parent, folders, files in os.walk(os.fsencode(folder.parent)):
        folders[:] = [name for name in folders if name != b".git"]
        for name in (*folders, *files):
            path = os.path.join(parent, name)
            mode = os.lstat(path).st_mode
            text = b""
            if stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    text = file.read()
            elif stat.S_ISLNK(mode):
                text = os.readlink(path)
            seen[os.fsdecode(os.path.relpath(path, os.fsencode(folder)))] = (mode, text)
    return seen


def names(line: str, told: tuple[str, ...]) -> bool:
    return all(part in line for part in told)


def assert_told(err: str, told: tuple[str, ...]) -> None:
    assert "Traceback" not in err
    assert "\x1b" not in err
    if told:
        assert any(names(line, told) for line in err.splitlines()), err


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_bad_input(bad: Bad, folder: Path, unleak: Cli) -> None:
    bad.make(folder)
    before = snapshot(folder)
    expected = bad.code or 1

    checked = unleak("check", "--output-format", "json", *bad.paths)
    assert checked.code == expected, checked.err
    assert checked.out.startswith(b"{")
    if bad.code != 1:  # a finding is told on stdout
        assert_told(checked.err, bad.told)

    patch = unleak("diff", *bad.paths)
    assert patch.code == expected
    assert_told(patch.err, bad.told)
    assert snapshot(folder) == before

    fixed = unleak("fix", *bad.paths)
    assert fixed.code == bad.code, fixed.err
    assert "Traceback" not in fixed.err
    after = snapshot(folder)
    assert {name for name in before if after[name] != before[name]} == {SOUND, *bad.cured}
    assert after.keys() == before.keys()
    assert {name: mode for name, (mode, _) in after.items()} == {
        name: mode for name, (mode, _) in before.items()
    }
    for name in (SOUND, *bad.cured):
        assert b"stream/promises" in after[name][1]
        assert os.fsencode(name).rpartition(b"/")[2] or name
