"""The command line keeps its word: what goes where, what is written, and how it exits."""

import io
import json
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scripts import generate
from unleak import cli, registry, run
from unleak_codemods import table
from unleak_codemods.table import Entry
from unleak_engine.codemod import Codemod
from unleak_engine.edit import Safety

with warnings.catch_warnings():  # typer asks click for names that click will drop some day
    warnings.simplefilter("ignore", DeprecationWarning)
    from unleak.cli import session

# A codemod that needs no knowledge of streams: what `leak` is called with says what is answered.
LEAKY_CALL = r'''"""Call `cure` instead of `leak`.

## Why it leaks

`leak` was written for these tests. It answers by its argument, and that is all it does.

## What changes

`leak(…)` becomes `cure(…)`.

- a list
  goes on

## What is left alone

`leak("no")`.
"""

from collections.abc import Iterator

from unleak import Declined, Edit, Grounds, Match, Rewrite, Safety, Span, codemod


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["leak"],
    hits=r"leak\(",
    query="""
        (call_expression
          function: (identifier) @callee
          arguments: (arguments) @arguments
          (#eq? @callee "leak")) @call
    """,
    references=["https://example.org/leak"],
)
def find(match: Match) -> Iterator[Rewrite | Declined]:
    callee, asked = match["callee"], match.text("arguments").strip("()\"")
    site = (Span.of(match["call"]), callee.start_byte, f"leak({asked}) leaks")
    cure = Edit.replace(callee.start_byte, callee.end_byte, "cure")
    why = (Grounds(match.text("callee"), "likely", ("`leak` leaks", "asked")),)
    if asked == "boom":
        raise RuntimeError("boom")
    if asked == "no":
        yield Declined(*site, "says-no", "it says no", "cure();\n  really();", why)
    elif asked == "show":
        yield Declined(*site, "says-show", "it is shown", "cure();", shown=True)
    elif asked == "ask":
        yield Rewrite(*site, (cure,), Safety.UNSAFE, why, ("look at this",))
    elif asked == "break":
        yield Rewrite(*site, (Edit.insert(callee.end_byte, ")("),), Safety.SAFE)
    else:
        yield Rewrite(*site, (cure,), Safety.SAFE, why)
'''

ENTRY = Entry(
    name="leaky-call",
    module="leaky_call",
    safety="safe",
    node=">=18",
    needles=(b"leak",),
    summary="Call `cure` instead of `leak`.",
    why="`leak` was written for these tests.",
)

DRIVER = f"""\
import sys
sys.path.insert(0, sys.argv.pop(1))
from unleak_codemods import table
table.TABLE.clear()
table.TABLE["leaky-call"] = table.Entry(*{tuple(ENTRY)!r})
from unleak.cli import main
sys.exit(main())
"""


class Ran(NamedTuple):
    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.decode().splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, outside git, with no one's git settings."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder with the codemod of these tests in it."""
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "leaky_call.py").write_text(LEAKY_CALL)
    return folder


@pytest.fixture
def unleak(
    pack: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Cli]:
    """Run a command line in this process, with that one codemod."""
    monkeypatch.syspath_prepend(pack)
    monkeypatch.setattr(table, "TABLE", {ENTRY.name: ENTRY})

    def ran(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return Ran(code, out, err.decode())

    yield ran
    sys.modules.pop("leaky_call", None)


@pytest.fixture
def process(pack: Path, tmp_path: Path) -> Cli:
    """Run a command line in a process of its own."""
    driver = tmp_path / "drive.py"
    driver.write_text(DRIVER)

    def ran(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        done = subprocess.run(
            [sys.executable, driver, pack, *arguments], input=stdin, capture_output=True
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())

    return ran


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True
    ).stdout


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def patch_entries(patch: bytes) -> list[dict[str, Any]]:
    mark = b"# unleak: "
    lines = patch.split(b"\n")
    return [json.loads(line.removeprefix(mark)) for line in lines if line.startswith(mark)]


# What is found, and how it is told.


def test_check_tells_each_finding_in_a_line(unleak: Cli, here: Path) -> None:
    put(here / "b" / "x.ts", b'leak("ask");\n')
    put(here / "a.js", b'a();\n  leak(); leak("no");\nleak("show");\n')

    ran = unleak("check")

    assert ran.lines == [
        "a.js:2:3: leaky-call leak() leaks [safe]",
        "a.js:2:11: leaky-call leak(no) leaks [declined:says-no]",
        "a.js:3:1: leaky-call leak(show) leaks [display]",
        "b/x.ts:1:1: leaky-call leak(ask) leaks [unsafe]",
    ]
    assert ran.err.splitlines()[0] == (
        "4 findings in 2 files: 2 fixable (1 safe, 1 unsafe),"
        " 1 with a recipe to place by hand, 1 declined (1 says-no)"
    )
    assert ran.code == 1


def test_full_shows_site_fix_notes_and_recipe(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b'a();\r\n\tleak("ask");\r\nleak("no");\r\n')

    ran = unleak("check", "--output-format", "full", "-v")

    assert ran.out.decode().splitlines() == [
        "a.js:2:2 leaky-call leak(ask) leaks",
        "  1 | a();",
        '> 2 |     leak("ask");',
        "    |     ^^^^~~~~~~~",
        '  3 | leak("no");',
        "  why:      `leak` was written for these tests.",
        "  fix (unsafe: read it, then use --unsafe-fixes):",
        "    1   a();",
        '    2 -     leak("ask");',
        '      +     cure("ask");',
        '    3   leak("no");',
        "  note:     look at this",
        "  evidence: likely  `leak` leaks",
        "                    asked",
        "  target:   no manifest says which Node it is; 18 and up is taken for granted",
        "",
        "a.js:3:1 leaky-call leak(no) leaks",
        "  1 | a();",
        '  2 |     leak("ask");',
        '> 3 | leak("no");',
        "    | ^^^^~~~~~~",
        "  declined: (says-no) it says no",
        "  by hand:",
        "    cure();",
        "      really();",
        "  evidence: likely  `leak` leaks",
        "                    asked",
        "",
    ]


def test_json_has_every_field(unleak: Cli, here: Path) -> None:
    put(here / "src" / "a.js", '/* é */ x(leak("ask"));\nleak("no");\n'.encode())
    put(here / "bad.js", b"leak(\xff)")

    ran = unleak("check", "--output-format", "json")

    found = ran.json
    prints = [finding.pop("fingerprint") for finding in found["findings"]]
    assert [len(one) for one in prints] == [64, 64]
    assert len(set(prints)) == 2
    assert found == {
        "version": 1,
        "findings": [
            {
                "codemod": "leaky-call",
                "path": "src/a.js",
                "line": 1,
                "column": 11,
                "end_line": 1,
                "end_column": 22,
                "start": 11,
                "end": 22,
                "message": "leak(ask) leaks",
                "status": "fixable",
                "safety": "unsafe",
                "reason": None,
                "suppression": None,
                "evidence": ["`leak` leaks", "asked"],
                "stages": [
                    {"text": "leak", "level": "likely", "reasons": ["`leak` leaks", "asked"]}
                ],
                "node": "",
                "notes": ["look at this"],
                "edits": [{"start": 11, "end": 15, "text": "cure"}],
            },
            {
                "codemod": "leaky-call",
                "path": "src/a.js",
                "line": 2,
                "column": 1,
                "end_line": 2,
                "end_column": 11,
                "start": 25,
                "end": 35,
                "message": "leak(no) leaks",
                "status": "declined:says-no",
                "safety": "display",
                "reason": "says-no",
                "suppression": None,
                "evidence": ["`leak` leaks", "asked"],
                "stages": [
                    {"text": "leak", "level": "likely", "reasons": ["`leak` leaks", "asked"]}
                ],
                "node": "",
                "notes": [],
                "edits": [],
            },
        ],
        "skipped": [{"path": "bad.js", "reason": "not-utf-8"}],
        "stale": [],
        "summary": {
            "files": 2,
            "files_with_findings": 1,
            "findings": 2,
            "fixable": 1,
            "safe": 0,
            "unsafe": 1,
            "display": 0,
            "declined": {"says-no": 1},
            "fixed": 0,
            "skipped": 1,
            "suppressed": 0,
            "baselined": 0,
            "stale": 0,
        },
    }
    assert ran.code == 3


@pytest.mark.parametrize("verb", ["diff", "fix"])
def test_why_is_told_of_what_is_cured_and_what_is_left(unleak: Cli, here: Path, verb: str) -> None:
    put(here / "a.js", b'leak();\nleak("no");\n')
    put(here / "package.json", b'{"engines": {"node": ">=20"}}')

    ran = unleak(verb, "-v")

    why = ["  evidence: likely  `leak` leaks", "                    asked"]
    cured = "in the patch" if verb == "diff" else "fixed"
    seen = [*ran.err.splitlines(), *ran.lines]
    for first, rest in [
        (f"{cured} a.js:1:1 leaky-call", why),
        (
            "a.js:2:1: leaky-call leak(no) leaks [declined:says-no]",
            [*why, '  target:   Node 20 and up (engines of package.json: ">=20")'],
        ),
    ]:
        at = seen.index(first)
        assert seen[at + 1 : at + 1 + len(rest)] == rest
    assert "evidence" not in unleak(verb).err


def test_nothing_to_do(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b"leak;\n")

    assert unleak("check") == Ran(0, b"", "No findings.\n")
    assert unleak("diff") == Ran(0, b"", "No findings.\n")
    assert unleak("fix") == Ran(0, b"", "No findings.\n")
    assert unleak("check", "--output-format", "json").json["findings"] == []


@pytest.mark.parametrize("verb", ["check", "diff", "fix"])
def test_what_is_left_out_is_left_out_by_name_only_if_asked(
    unleak: Cli, here: Path, verb: str
) -> None:
    put(here / "unleak.toml", b'exclude = ["old"]\n')
    named = [put(here / name, b"leak();\n") for name in ("a.min.js", "old/b.js")]
    words = [verb, *map(str, named)]
    assert unleak(*words, "--force-exclude") == Ran(0, b"", "No findings.\n")
    assert [path.read_bytes() for path in named] == [b"leak();\n"] * 2
    done = unleak(*words)
    cured = [path.read_bytes() != b"leak();\n" for path in named]
    assert done.out != b"" or cured == [True, True]


def test_quiet_leaves_only_findings_and_problems(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b"leak();\n")
    assert unleak("check", "-q").err == ""

    put(here / "b.js", b"leak(\xff);\n")
    assert "not-utf-8" in unleak("check", "-q").err


def test_paths_are_told_from_the_working_directory(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here / "a" / "x.js", b"leak();\n")
    (here / "b").mkdir()
    monkeypatch.chdir(here / "b")

    assert unleak("check", "../a").lines[0].startswith("../a/x.js:1:1:")


def test_a_fingerprint_is_the_same_from_everywhere(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here / "a" / "x.js", b"leak();\n")
    git(here, "init", "-q")

    def fingerprint() -> str:
        (found,) = unleak("check", "--output-format", "json").json["findings"]
        return str(found["fingerprint"])

    from_top = fingerprint()
    monkeypatch.chdir(here / "a")
    assert fingerprint() == from_top
    assert patch_entries(unleak("diff").out)[0]["fingerprint"] == from_top


def test_what_is_not_asked_for_is_not_looked_at(unleak: Cli, here: Path) -> None:
    put(here / "node_modules" / "x" / "i.js", b"leak();\n")
    put(here / "g.js", b"// @generated\nleak();\n")

    ran = unleak("check")
    assert (ran.code, ran.lines) == (0, [])
    assert "g.js" in ran.err
    assert "--no-exclude" in ran.err
    assert len(unleak("check", "--no-exclude").lines) == 2


def test_select_and_ignore(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b"leak();\n")

    assert unleak("check", "--select", "leaky_call,leaky-call").code == 1
    assert unleak("check", "--select", "leaky-cal").code == 2
    assert "did you mean 'leaky-call'?" in unleak("check", "--ignore", "leaky-cal").err
    assert unleak("check", "--ignore", "leaky-call").code == 2


def test_the_node_range_reaches_the_codemods(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here / "a.js", b"leak();\n")
    put(here / "package.json", b'{"engines": {"node": ">=18"}}')
    floors: list[int | None] = []
    judge = run.judge

    def spied(job: run.Job) -> run.FileResult:
        floors.append(job.context.target.node_floor)
        return judge(job)

    monkeypatch.setattr(run, "judge", spied)
    unleak("check")
    unleak("check", "--node", "^22 || >=24")
    assert floors == [18, 22]


# Exit codes.


@pytest.mark.parametrize(
    ("files", "arguments", "code", "told"),
    [
        ({"a.js": b"x();"}, [], 0, ""),
        ({"a.js": b"leak();"}, [], 1, ""),
        ({"a.js": b'leak("no");'}, [], 1, ""),
        ({"a.js": b"leak();"}, ["--exit-zero"], 0, ""),
        ({"a.js": b"leak();"}, ["nowhere"], 2, "nowhere: no such file"),
        ({"a.js": b"leak();"}, ["nowhere", "a.js", "--exit-zero"], 2, "[missing]"),
        ({"a.js": b"leak(); \xff"}, [], 3, "[not-utf-8]"),
        ({"a.js": b"leak(); \0"}, ["--exit-zero"], 3, "[binary]"),
        ({"a.txt": b"leak();"}, ["a.txt"], 3, "[unknown-suffix]"),
        ({"a.js": b"leak();\nfunction f() { if }\n"}, [], 3, "[syntax-error]"),
        ({"a.js": b'leak("boom");'}, [], 2, "[internal]"),
        ({"a.js": b'leak("boom");', "b.js": b"\xff leak()"}, [], 2, "[not-utf-8]"),
        ({"a.js": b"leak();", "package.json": b"{"}, [], 3, "[bad-manifest]"),
    ],
)
def test_exit_codes(
    unleak: Cli, here: Path, files: dict[str, bytes], arguments: list[str], code: int, told: str
) -> None:
    for name, data in files.items():
        put(here / name, data)

    ran = unleak("check", *arguments)

    assert (ran.code, told in ran.err) == (code, True), ran.err


def test_one_bad_file_does_not_cost_the_run(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        put(here / f"{name}.js", b"leak();\n")
    analyse = run.analyse_bytes

    def broken(path: str, *rest: Any) -> Any:
        if path == "b.js":
            raise RuntimeError("out of luck")
        return analyse(path, *rest)

    monkeypatch.setattr(run, "analyse_bytes", broken)
    ran = unleak("check")

    assert [line.partition(":")[0] for line in ran.lines] == ["a.js", "c.js"]
    assert ran.code == 2
    assert "b.js: unleak failed on this file: RuntimeError('out of luck')" in ran.err
    assert "Traceback" not in ran.err
    assert "Traceback" in unleak("check", "-v").err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Commands:\n  check "),
        (["chek"], "Did you mean 'check'?"),
        (["check", "--fxi"], "--fix"),
        (["check", "--fix", "--diff"], "choose one"),
        (["check", "--diff", "--output-format", "json"], "--output-format"),
        (["check", "--output-format", "xml"], "full, concise, json"),
        (["check", "--color", "red"], "auto, always or never"),
        (["check", "--node", "newest"], "'newest' names no Node.js version"),
        (["check", "-"], "--stdin-filename"),
        (["check", "-", "a.js", "--stdin-filename", "a.js"], "cannot be mixed"),
        (["check", "--stdin-filename", "a.js"], "goes with the path `-`"),
        (["explain", "leaky"], "did you mean 'leaky-call'?"),
        (["explain", "zzz"], "`unleak rules` lists them"),
        (["rules", "--output-format", "concise"], "full and json"),
    ],
)
def test_a_call_that_makes_no_sense_is_a_2(unleak: Cli, arguments: list[str], told: str) -> None:
    ran = unleak(*arguments)

    assert (ran.code, ran.out) == (2, b"")
    assert told in ran.err


def test_interrupted(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "run", interrupted)
    ran = unleak("check")
    assert (ran.code, ran.out) == (130, b"")
    assert "Traceback" not in ran.err


def test_an_error_of_ours_is_a_2(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(session, "run", broken)
    ran = unleak("check")
    assert ran.code == 2
    assert "please report it" in ran.err


# Patches.


def test_the_patch_makes_git_do_what_fix_does(unleak: Cli, here: Path) -> None:
    files = {
        "b/crlf.ts": b"a();\r\nleak();\r\nb();",
        "a.js": b'\xef\xbb\xbfleak(); leak("ask");\n\n\n\n\n\n\n\n\nleak();\n',
        "odd \xe9 name.mjs": b"leak();",
        "done.js": b"cure();\n",
    }
    for copy in ("patched", "fixed"):
        for name, data in files.items():
            put(here / copy / name, data)
    git(here / "patched", "init", "-q")

    ran = unleak("diff", "patched")
    git(here / "patched", "apply", stdin=ran.out)
    unleak("fix", "fixed")

    for name, data in files.items():
        fixed = (here / "fixed" / name).read_bytes()
        assert (here / "patched" / name).read_bytes() == fixed == data.replace(b"leak()", b"cure()")
    assert ran.code == 1
    assert ran.err.splitlines()[0] == "patched/a.js:1:9: leaky-call leak(ask) leaks [unsafe]"
    headers = [line for line in ran.out.split(b"\n") if line.startswith(b"diff --git")]
    assert headers == [
        b"diff --git a/a.js b/a.js",
        b"diff --git a/b/crlf.ts b/b/crlf.ts",
        b'diff --git "a/odd \\303\\251 name.mjs" "b/odd \\303\\251 name.mjs"',
    ]


def test_the_patch_tells_what_it_is_made_of(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b'x();\nleak("ask");\n')

    ran = unleak("diff", "--unsafe-fixes")
    (entry,) = patch_entries(ran.out)
    short = entry.pop("fingerprint")[:8]

    assert entry == {
        "codemod": "leaky-call",
        "safety": "unsafe",
        "decision": "accept",
        "message": "leak(ask) leaks",
        "path": "a.js",
        "line": 2,
        "column": 1,
        "start": 5,
        "end": 16,
        "edits": [{"start": 5, "end": 9, "text": "cure"}],
        "sha256": run.sha256(b'x();\nleak("ask");\n'),
        "notes": ["look at this"],
        "evidence": [{"text": "leak", "level": "likely", "reasons": ["`leak` leaks", "asked"]}],
        "mode": "100644",
        "index": False,
    }
    assert f"@@ -1,2 +1,2 @@ leaky-call {short}".encode() in ran.out.split(b"\n")
    assert ran.err == "1 finding fixed by this patch in 1 file\n"
    assert ran.code == 1
    assert unleak("diff", "--unsafe-fixes", "--exit-zero").code == 0


@pytest.mark.parametrize(
    ("attributes", "data", "told"),
    [
        (b"", b"leak();\n", True),
        (b"* text=auto\n", b"leak();\n", True),
        (b"* text=auto\n", b"leak();\r\n", False),
        (b"", b"leak();\r\n", True),
        (b"* -text\n", b"leak();\r\n", True),
        (b"*.js filter=lfs\n", b"leak();\n", False),
        (b"*.js ident\n", b"leak();\n", False),
    ],
)
def test_blob_ids_are_told_when_they_are_gits_own(
    unleak: Cli, here: Path, attributes: bytes, data: bytes, told: bool
) -> None:
    git(here, "init", "-q")
    put(here / ".gitattributes", attributes)
    put(here / "a.js", data)

    patch = unleak("diff").out
    index = [line for line in patch.split(b"\n") if line.startswith(b"index ")]

    if told:
        old = git(here, "hash-object", "a.js").strip()
        git(here, "apply", stdin=patch)
        assert index == [
            b"index " + old[:12] + b".." + git(here, "hash-object", "a.js")[:12] + b" 100644"
        ]
    else:
        assert index == []


def test_a_patch_names_files_from_the_git_top(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(here, "init", "-q")
    put(here / "packages" / "x" / "a.js", b"leak();\n").chmod(0o755)
    monkeypatch.chdir(here / "packages" / "x")

    patch = unleak("diff").out

    assert b"+++ b/packages/x/a.js\n" in patch
    assert b" 100755\n" in patch
    git(here / "packages" / "x", "apply", stdin=patch)
    assert Path("a.js").read_bytes() == b"cure();\n"


def test_a_patch_can_go_to_a_file(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b"leak();\n")
    put(here / "p.diff", b"what was there before, and longer than a patch" * 99)

    ran = unleak("diff", "-o", "p.diff")

    assert ran.out == b""
    assert (here / "p.diff").read_bytes() == unleak("check", "--diff").out
    assert sorted(path.name for path in here.iterdir()) == ["a.js", "p.diff"]
    assert unleak("diff", "-o", "no/such/folder").code == 2


# Writing.


def test_fix_writes_what_is_safe_and_tells_the_rest(unleak: Cli, here: Path) -> None:
    file = put(here / "a.js", b'leak(); leak("ask"); leak("no");\n')

    ran = unleak("check", "--fix")

    assert file.read_bytes() == b'cure(); leak("ask"); leak("no");\n'
    assert [line.rpartition("[")[2] for line in ran.lines] == ["unsafe]", "declined:says-no]"]
    assert "fixed a.js:1:1 leaky-call" in ran.err
    assert ran.code == 1
    assert unleak("fix", "--unsafe-fixes").code == 1
    assert file.read_bytes() == b'cure(); cure("ask"); leak("no");\n'


def test_fix_says_0_when_nothing_is_left(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b"leak();\n")

    ran = unleak("fix", "--output-format", "json")

    assert ran.code == 0
    assert ran.json["findings"] == []
    assert ran.json["summary"]["fixed"] == 1


def test_what_cannot_be_written_is_left(unleak: Cli, here: Path) -> None:
    file = put(here / "a.js", b"leak();\n")
    file.chmod(0o444)
    put(here / "b.js", b"leak();\n")

    ran = unleak("fix")

    assert file.read_bytes() == b"leak();\n"
    assert (here / "b.js").read_bytes() == b"cure();\n"
    assert ran.lines == ["a.js:1:1: leaky-call leak() leaks [safe]"]
    assert "a.js: the file is read-only; make it writable [read-only]" in ran.err
    assert ran.code == 3


def test_a_file_that_changes_under_our_hands_is_left(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(here / "a.js", b"leak();\n")
    judge = run.judge

    def overtaken(job: run.Job) -> run.FileResult:
        result = judge(job)
        file.write_bytes(b"leak(); // mine\n")
        return result

    monkeypatch.setattr(run, "judge", overtaken)
    ran = unleak("fix")

    assert file.read_bytes() == b"leak(); // mine\n"
    assert (ran.code, "[changed]" in ran.err) == (3, True)


def test_a_rewrite_that_does_not_parse_is_our_mistake(unleak: Cli, here: Path) -> None:
    file = put(here / "a.js", b'leak("break");\nleak();\n')

    ran = unleak("fix")

    assert file.read_bytes() == b'leak("break");\ncure();\n'
    assert ran.lines == ["a.js:1:1: leaky-call leak(break) leaks [safe]"]
    assert (ran.code, "[doubted]" in ran.err) == (2, True)


def test_a_link_out_of_the_tree_is_not_followed_to_write(
    unleak: Cli, here: Path, tmp_path: Path
) -> None:
    outside = put(tmp_path / "outside.js", b"leak();\n")
    git(here, "init", "-q")
    (here / "link.js").symlink_to(outside)

    assert unleak("check", "link.js").code == 1
    for verb in ("diff", "fix"):
        ran = unleak(verb, "link.js", ".")
        assert (ran.code, "[outside-root]" in ran.err) == (3, True)
        assert b"diff --git" not in ran.out
    assert outside.read_bytes() == b"leak();\n"


def test_a_report_can_go_to_a_file(unleak: Cli, here: Path) -> None:
    put(here / "a.js", b"leak();\n")

    ran = unleak("check", "--output-format", "json", "--output-file", "r.json")

    assert (ran.code, ran.out) == (1, b"")
    assert json.loads((here / "r.json").read_bytes())["version"] == 1


# Standard input.


def test_stdin(unleak: Cli, here: Path) -> None:
    text = b'\xef\xbb\xbfleak();\r\nleak("no");'
    name = ("-", "--stdin-filename", "src/a.ts")

    checked = unleak("check", *name, stdin=text)
    assert checked.lines == [
        "src/a.ts:1:1: leaky-call leak() leaks [safe]",
        "src/a.ts:2:1: leaky-call leak(no) leaks [declined:says-no]",
    ]
    fixed = unleak("fix", *name, stdin=text)
    assert (fixed.code, fixed.out) == (1, text.replace(b"leak()", b"cure()"))
    assert b"+++ b/src/a.ts\n" in unleak("diff", *name, stdin=text).out
    assert unleak("fix", *name, stdin=b"a();").out == b"a();"
    assert unleak("check", "-", "--stdin-filename", "a.txt", stdin=text).code == 3
    assert list(here.iterdir()) == []


# Pages.


def test_explain(unleak: Cli) -> None:
    ran = unleak("explain", "leaky_call")

    assert ran.code == 0
    assert ran.lines[:6] == [
        "leaky-call",
        "",
        "Call `cure` instead of `leak`.",
        "",
        "Why it leaks",
        "",
    ]
    assert "  - a list" in ran.lines
    assert "    goes on" in ran.lines
    assert "  https://example.org/leak" in ran.lines


def test_rules(unleak: Cli) -> None:
    assert unleak("rules").lines == ["leaky-call  safe     Call `cure` instead of `leak`."]
    (rule,) = unleak("rules", "--output-format", "json").json["codemods"]
    assert rule == {
        "name": "leaky-call",
        "safety": "safe",
        "optIn": False,
        "node": ">=18",
        "summary": "Call `cure` instead of `leak`.",
        "why": "`leak` was written for these tests.",
        "needles": ["leak"],
    }


def test_every_codemod_can_be_explained(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert registry.entries()
    for entry in registry.entries():
        assert cli.main(["explain", entry.name]) == 0
        assert b"What is left alone" in capfdbinary.readouterr().out


def test_help_names_every_option(unleak: Cli) -> None:
    text = unleak("check", "--help").out.decode()

    for option in ("--fix", "--select", "--unsafe-fixes", "--no-exclude", "--output-format"):
        assert f"  {option}" in text
    assert "What to look for:" in text


def test_colours_are_asked_for(unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here / "a.js", b"leak();\n")

    assert b"\x1b[" not in unleak("check").out
    assert b"\x1b[" in unleak("check", "--color", "always").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" in unleak("check", "--color", "always").out


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_nothing_in_a_file_talks_to_the_terminal(unleak: Cli, here: Path, form: str) -> None:
    name = "a\x1b[2J\u202e\udcff.js"
    put(here / name, 'leak("\x1b]0;gone\x07\u202e\x9b1m"); leak("\x1b[31m");\n'.encode())

    ran = unleak("check", "--output-format", form)

    for text in (ran.out.decode(), ran.err):
        assert not [
            character for character in text if not character.isprintable() and character != "\n"
        ]
    if form == "json":
        assert {finding["path"] for finding in ran.json["findings"]} == {name}
    else:
        assert ran.out.startswith(rb"a\x1b[2J\u202e\xff.js:1:1")


# Processes.


def test_processes_exit_as_they_should(process: Cli, here: Path) -> None:
    put(here / "a.js", b"leak();\n")

    assert process("check").code == 1
    assert process("check", "nowhere").code == 2
    assert process("check", "-", "--stdin-filename", "a.js", stdin=b"leak(\xff)").code == 3
    assert process("fix", "-", "--stdin-filename", "a.js", stdin=b"leak()").out == b"cure()"
    assert process("fix").code == 0
    assert process("check").code == 0
    assert process("--version").out.startswith(b"unleak ")


def test_a_broken_pipe_is_silent(process: Cli, pack: Path, tmp_path: Path, here: Path) -> None:
    put(here / "a.js", b"leak();\n" * 40)
    process("--version")  # so that the driver is there

    for verb in (["check"], ["check", "--output-format", "json"], ["diff"], ["rules"]):
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, tmp_path / "drive.py", pack, *verb]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        assert (done.returncode, b"Traceback" in done.stderr) == (141, False), done.stderr


def test_a_check_loads_only_what_it_needs(pack: Path, here: Path) -> None:
    put(here / "a.js", b"leak();\n")
    program = DRIVER.replace(
        "sys.exit(main())", "main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, pack, "check", "a.js"], capture_output=True, text=True
    )

    loaded = set(done.stderr.splitlines()[-1].split())
    assert "leaky_call" in loaded
    assert not loaded & {
        "asyncio",
        "concurrent.futures",
        "importlib.metadata",
        "libcst",
        "multiprocessing",
        "rich",
        "sqlite3",
        "unidiff",
        "unleak.cli.verbs.fix",
        "unleak.report.full",
        "unleak.report.json",
        "unleak.report.patch",
        "unleak_codemods.node.pipe_without_pipeline",
    }


# What other parts build on.


def test_a_result_can_be_sent_between_processes(unleak: Cli, here: Path) -> None:
    file = put(here / "a.js", b'leak(); leak("no");\n')
    job = run.Job(str(file), "a.js", ("leaky-call",), rewrite=Safety.SAFE)

    result = run.judge(pickle.loads(pickle.dumps(job)))

    assert pickle.loads(pickle.dumps(result)) == result
    assert [finding.status for finding in result.left] == ["declined:says-no"]
    assert result.after == b'cure(); leak("no");\n'


def test_the_table_says_what_the_modules_say() -> None:
    found = {codemod.name: codemod for codemod in generate.codemods()}

    assert table.TABLE.keys() == found.keys()
    for name, entry in table.TABLE.items():
        codemod = registry.load(name)
        assert codemod is found[name]
        assert entry.summary == codemod.summary
        assert entry.needles == tuple(sorted(codemod.needles))
        assert entry.also == tuple(tuple(sorted(group)) for group in codemod.also)
        assert (entry.safety, entry.node) == (codemod.safety, codemod.node)
        assert entry.why


def test_the_generated_table_can_be_read_back(unleak: Cli) -> None:
    codemod = registry.load("leaky-call")
    assert isinstance(codemod, Codemod)
    doc = f"""{"a 'word' " * 30}"quoted" \\ back.

## Why it leaks

Short. {"A long sentence "}that `says` "it" all, and then says it again and again to be long.
Third.
"""
    odd = Codemod(
        name=codemod.name,
        safety=codemod.safety,
        node=codemod.node,
        needles=(b'"', *(f"needle{number}".encode() for number in range(12))),
        hits=codemod.hits,
        query=codemod.query,
        find=codemod.find,
        doc=doc,
        also=((b"one", b"other"), (b"'quoted'",)),
    )
    names: dict[str, Any] = {}
    exec(generate.table([odd]), names)
    entry = names["TABLE"]["leaky-call"]

    assert entry.summary == odd.summary
    assert entry.needles == tuple(sorted(odd.needles))
    assert entry.also == odd.also
    assert entry.why.endswith("to be long.")
    assert entry.module == "leaky_call"
