"""Whatever lies in a tree: it is told by name, nothing is lost, and the other files are done.

Each row of `BAD` is a tree with one sound file and one thing that is not. `check`, `diff` and
`fix` all have to get through it: with the right exit code, a line on stderr that names the thing
and says what is wrong, no traceback, and every byte and mode on disk as it was, but for those
files that `fix` cures.
"""

import contextlib
import ctypes
import errno
import io
import json
import os
import random
import resource
import shutil
import socket
import stat
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

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
    with none. `code` is how `fix` exits, and `diff` where nothing worse than findings is 1; so does
    `check` but for `looked`. `cured` are the files that `fix` changes beside the sound one. `paths`
    are what is asked for.
    """

    what: str
    make: Callable[[Path], object]
    told: tuple[str, ...] = ()
    code: int = 3
    cured: tuple[str, ...] = ()
    paths: tuple[str, ...] = (".",)
    looked: int | None = None


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
        paths=(".", "bad.js"),
        looked=1,
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
        ("bad.js", "UTF-16", "convert"),
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
    Bad("20,000 chained pipes", put(b"require('fs');a" + b".pipe(b)" * 20_000), DEEP),
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
        looked=1,
    ),
    Bad("punctuation", put(LEAK + noise(1, PUNCTUATION)[: 1 << 16]), ("bad.js", "syntax error")),
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
    Bad("a package.json that is a folder", put(b"", "package.json/x"), (), 0),
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


Snapshot = dict[str, tuple[int, bytes]]


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


def snapshot(folder: Path) -> Snapshot:
    """Mode and text of all there is beside and below `folder`, links and pipes not followed."""
    seen: Snapshot = {}
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

    checked = unleak("check", "--output-format", "json", *bad.paths)
    assert checked.code == (bad.code or 1 if bad.looked is None else bad.looked), checked.err
    found = [os.path.realpath(f["path"]) for f in json.loads(checked.out)["findings"]]
    assert found.count(os.path.realpath(SOUND)) == 1
    assert_told(checked.err, bad.told if bad.looked is None else ())

    patch = unleak("diff", *bad.paths)
    assert patch.code == (bad.code or 1), patch.err
    assert SOUND.encode() in patch.out
    assert_told(patch.err, bad.told)
    assert snapshot(folder) == before

    # Without an index git cannot say what is not committed, and then nothing is written.
    fixed = unleak("fix", "--allow-dirty", *bad.paths)
    assert fixed.code == bad.code, fixed.err
    assert "Traceback" not in fixed.err
    assert_cured(folder, before, SOUND, *bad.cured)


def assert_cured(folder: Path, before: Snapshot, *cured: str) -> None:
    """The `cured` files are, and nothing else is any different, no mode and no byte."""
    after = snapshot(folder)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == set(cured)
    assert [name for name in after if after[name][0] != before[name][0]] == []
    assert [name for name in cured if b"stream/promises" not in after[name][1]] == []


def test_what_takes_too_long_is_given_up(
    folder: Path, unleak: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No parser reads 1 MB of punctuation in a third of a second, nor can it be told to stop."""
    put(LEAK + noise(1, PUNCTUATION))(folder)
    before = snapshot(folder)
    monkeypatch.setattr(run, "SECONDS", 0.3)

    ran = unleak("fix", ".")

    assert ran.code == 3
    assert_told(ran.err, ("problem: bad.js", "not done within 0.3 seconds", "[timeout]"))
    assert_cured(folder, before, SOUND)


# What happens while a file is worked on.


def rewritten(file: Path) -> None:
    file.write_bytes(b"// an editor was faster\n" + LEAK)


def replaced(file: Path) -> None:
    """The same text in another file: an editor that saves by renaming."""
    other = file.with_name("other")
    other.write_bytes(b"// new\n" + LEAK)
    other.replace(file)


def led_away(file: Path) -> None:
    outside = file.parent.parent / "away.js"
    outside.write_bytes(LEAK)
    file.unlink()
    file.symlink_to(outside)


def made_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def write_protected(file: Path) -> None:
    file.chmod(0o444)


@pytest.mark.parametrize("when", ["before it is read", "before it is written"])
@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (rewritten, "it has changed since it was read; run again [changed]"),
        (replaced, "it has changed since it was read; run again [changed]"),
        (Path.unlink, "it is no longer there [vanished]"),
        (made_a_folder, "a folder, not a file [is-directory]"),
        (led_away, "[outside-root]"),
        (write_protected, "the file is read-only; make it writable [read-only]"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_happens_meanwhile(
    happens: Callable[[Path], object],
    told: str,
    when: str,
    folder: Path,
    unleak: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = folder / "bad.js"
    bad.write_bytes(LEAK)
    judge = run.judge
    met: list[Snapshot] = []

    def meddled(job: Job) -> FileResult:
        if when.endswith("written"):
            result = judge(job)
        if job.path == "bad.js":
            happens(bad)
            met.append(snapshot(folder))
        return result if when.endswith("written") else judge(job)

    monkeypatch.setattr(run, "judge", meddled)
    ran = unleak("fix", ".")

    harmless = when.endswith("read") and happens in (rewritten, replaced)
    assert ran.code == (0 if harmless else 3), ran.err
    if not harmless:
        (line,) = [line for line in ran.err.splitlines() if line.startswith("problem: bad.js")]
        assert line.endswith(told)
    assert "Traceback" not in ran.err
    # The sound file comes after this one in the alphabet, so nothing was written before.
    assert_cured(folder, met[0], SOUND, *(["bad.js"] if harmless else []))


# What only a process of its own can meet: permissions, full disks, closed streams.


class Met(NamedTuple):
    """What a `command` for sh meets in a folder that `make` made, and what comes of it.

    `told` are parts of one line on stderr, none for silence. `cured` are the files that differ
    afterwards. `limit` takes something from the process before it starts.
    """

    what: str
    command: str
    code: int
    told: tuple[str, ...] = ()
    cured: tuple[str, ...] = ()
    make: Callable[[Path], object] = lambda folder: None
    limit: Callable[[], object] = lambda: None


def locked(mode: int, name: str = "bad.js") -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        put(LEAK, "d/in.js" if name == "d" else name)(folder)
        (folder / name).chmod(mode)

    return make


def no_privilege() -> None:
    """Take from root what lets it read and write in spite of a file's mode."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        drop_from_bounding_set, override, read_search = 24, 1, 2
        for capability in (override, read_search):
            if libc.prctl(drop_from_bounding_set, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def unread(command: str) -> str:
    """`command` with a pipe for stdout whose other end was closed before it starts."""
    return (
        "mkfifo ../gate;"
        f" {{ read _ <../gate; {command}; echo $? >../code; }} | {{ exec <&-; echo >../gate; }};"
        " code=$(cat ../code); rm ../gate ../code; exit $code"
    )


MET = [
    Met(
        "a file that may not be read",
        "unleak check",
        3,
        ("bad.js", "permission denied"),
        (),
        locked(0),
        no_privilege,
    ),
    Met(
        "fix: a file that may not be read",
        "unleak fix",
        3,
        ("bad.js", "permission denied"),
        (SOUND,),
        locked(0),
        no_privilege,
    ),
    Met(
        "fix: a file that may not be read, named",
        "unleak fix bad.js",
        3,
        ("bad.js", "permission denied"),
        (),
        locked(0),
        no_privilege,
    ),
    Met(
        "a folder that may not be read",
        "unleak check",
        3,
        ("d", "permission denied"),
        (),
        locked(0, "d"),
        no_privilege,
    ),
    Met(
        "fix: a folder that may not be read",
        "unleak fix",
        3,
        ("d", "permission denied"),
        (SOUND,),
        locked(0, "d"),
        no_privilege,
    ),
    Met(
        "a folder that may not be entered",
        "unleak fix . d/in.js",
        3,
        ("d/in.js", "permission denied"),
        (SOUND,),
        locked(0, "d"),
        no_privilege,
    ),
    Met(
        "fix: a read-only file",
        "unleak fix",
        3,
        ("bad.js", "read-only", "make it writable"),
        (SOUND,),
        locked(0o444),
        no_privilege,
    ),
    Met(
        "fix: a read-only file, as root",
        "unleak fix",
        3,
        ("bad.js", "read-only", "make it writable"),
        (SOUND,),
        locked(0o444),
    ),
    Met(
        "fix: a read-only folder",
        "unleak fix",
        3,
        ("d/in.js", "not written: permission denied"),
        (SOUND,),
        locked(0o555, "d"),
        no_privilege,
    ),
    Met(
        "diff: a read-only folder for the patch",
        "unleak diff -o d/patch .",
        2,
        ("d/patch", "permission denied"),
        (),
        locked(0o555, "d"),
        no_privilege,
    ),
    Met(
        "fix: files may not be large, so no journal can be kept",
        "unleak fix",
        3,
        ("journal.sqlite", "nothing was written"),
        (),
        limit=small_files,
    ),
    Met("a reader that leaves", unread("unleak check"), 141),
    Met("diff: a reader that leaves", unread("unleak diff"), 141),
    Met("explain: a reader that leaves", unread("unleak rules"), 141),
    Met("fix: a reader that leaves", unread("unleak fix"), 0, ("fixed",), (SOUND,)),
    Met("stdout is closed", "unleak check >&-", 2, ("cannot write stdout", "bad file descriptor")),
    Met("fix: stdout is closed", "unleak fix >&-", 0, ("1 finding fixed",), (SOUND,)),
    Met("stderr is closed", "unleak check 2>&-", 1),
    Met("fix: stderr is closed", "unleak fix 2>&-", 0, (), (SOUND,)),
    Met("fix: all is closed", "unleak fix <&- >&- 2>&-", 0, (), (SOUND,)),
    Met("stdout is full", "unleak check >/dev/full", 2, ("cannot write stdout", "no space left")),
    Met(
        "diff: stdout is full",
        "unleak diff >/dev/full",
        2,
        ("cannot write stdout", "no space left"),
    ),
    Met("rules: stdout is full", "unleak rules >/dev/full", 2, ("error: No space left",)),
    Met("stderr is full", "unleak check 2>/dev/full", 1),
    Met("fix: stderr is full", "unleak fix 2>/dev/full", 0, (), (SOUND,)),
    Met(
        "stdin is closed",
        "unleak check - --stdin-filename x.js <&-",
        2,
        ("stdin", "bad file descriptor"),
    ),
    Met(
        "fix: stdin is a file, stdout is full",
        f"unleak fix - --stdin-filename x.js <{SOUND} >/dev/full",
        2,
        ("cannot write",),
    ),
    Met("stdin is empty", "unleak check . </dev/null", 1, ("1 finding",)),
    Met(
        "a report into a missing folder",
        "unleak check --output-file no/report",
        2,
        ("no/report", "no such file"),
    ),
    Met(
        "a report in the place of a folder",
        "unleak check --output-file d",
        2,
        ("'d'", "is a directory"),
        (),
        locked(0o755, "d"),
    ),
    Met(
        "a patch into a missing folder", "unleak diff -o no/patch", 2, ("no/patch", "no such file")
    ),
    Met("a patch to a full device", "unleak diff -o /dev/full", 2, ("/dev/full", "no space left")),
    Met(
        "a working directory that is gone",
        "mkdir gone; cd gone; rmdir ../gone; unleak check",
        2,
        ("no longer there",),
    ),
]


@pytest.mark.parametrize("met", MET, ids=lambda met: met.what)
def test_what_a_process_meets(met: Met, folder: Path) -> None:
    met.make(folder)
    before = snapshot(folder)

    done = shell(met, folder)

    assert done.code == met.code, done.err
    assert_told(done.err, met.told)
    assert met.told or not done.err
    assert_cured(folder, before, *met.cured)


def shell(met: Met, folder: Path) -> Ran:
    done = subprocess.run(
        ["sh", "-c", 'unleak() { "$0" -m unleak "$@"; }; ' + met.command, sys.executable],
        cwd=folder,
        preexec_fn=met.limit,
        capture_output=True,
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a leaky file that takes no byte more: on a disk of its own, or by pretence
    where none may be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    able = os.geteuid() == 0 and shutil.which("mount") is not None
    mounted = able and subprocess.run(mount, capture_output=True).returncode == 0
    (disk / "full.js").write_bytes(LEAK)
    if mounted:
        with contextlib.suppress(OSError), open(disk / "filler", "wb", buffering=0) as filler:
            while True:
                filler.write(bytes(1024))
    else:

        def write(descriptor: int, data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "write", write)
    yield disk
    if mounted:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk(full_disk: Path, folder: Path, unleak: Cli) -> None:
    before = snapshot(folder)

    ran = unleak("fix", "disk")

    assert ran.code == 3
    assert_told(ran.err, ("problem: disk/full.js", "not written: no space left", "[disk-full]"))
    assert_cured(folder, before)
    assert b"not written" not in ran.out
    assert b"disk/full.js" in ran.out  # what could not be fixed is still a finding
