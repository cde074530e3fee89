"""What users settle in files: the nearest home counts, and what cannot be followed is an error."""

import json
import os
import pickle
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from scripts import schema
from unleak import cli, registry, run
from unleak.config import FORMS, KEYS, ConfigError, Place, config_of
from unleak_codemods.streams.knowledge import BUILT_IN, added, called, knowledge_in
from unleak_codemods.streams.pipes import may_be_streams
from unleak_engine.codemod import Options

COPY = b"""\
import { open, Sink } from 'acme-storage';

export async function copy(from, to) {
  open(from).pipe(new Sink(to));
}
"""
NAMES = ["x", "fs", "globals", "not-ours", "packages", "scopes", "model", "hint", "like", "Shape"]
NAMES += ["open()", "new", "new Sink", "type T", "get#0", "@file#1", "()", "#1", "a.b", "new a b"]
WORDS = ["readable", "readable finite", "await Shape", "fs#FileHandle", "argument:-1", "self"]
WORDS += ["unknown", "legacy through", "fs", "core", "minipass", "a=b", "await readable x=y"]
ACME = '[streams.acme-storage]\n"open()" = "readable finite"\n"new Sink" = "writable"\n'
PIPE = b"""\
import fs from 'node:fs';

export async function copy(from, to) {
  fs.createReadStream(from).pipe(fs.createWriteStream(to));
}
"""
DRAIN = b"""\
import fs from 'node:fs';
import { once } from 'node:events';

export async function fill(chunks) {
  const out = fs.createWriteStream('a');
  for (const chunk of chunks) {
    if (!out.write(chunk)) await once(out, 'drain');
  }
  out.end();
}
"""


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def found(self) -> list[tuple[str, str, str]]:
        """(path, codemod, status or safety) of every finding."""
        return [
            (one["path"], one["codemod"], one["safety"] if one["edits"] else one["status"])
            for one in self.json["findings"]
        ]


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, outside git."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def unleak(capfd: pytest.CaptureFixture[str]) -> Cli:
    def ran(*arguments: str) -> Ran:
        capfd.readouterr()
        code = cli.main(list(arguments))
        return Ran(code, *capfd.readouterr())

    return ran


@pytest.fixture
def check(unleak: Cli) -> Cli:
    return lambda *arguments: unleak("check", "--output-format", "json", *arguments)


def put(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# What cannot be followed.


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('selct = ["pipe-without-pipeline"]', "unknown key `selct` (did you mean `select`?)"),
        ("zebra = 1", "unknown key `zebra`; there are extend, select, ignore, per-file-ignores"),
        ('Node = ">=20"', "unknown key `Node` (did you mean `node`?)"),
        ('extend = "none.toml"', "`extend` is 'none.toml', and there is no such file"),
        ('extend = "unleak.toml"', "`extend` is 'unleak.toml', which extends this file in turn"),
        ("extend = 1", "`extend` must be a string, not a number"),
        ('extend = ""', "`extend` is empty"),
        ("per-file-ignores = []", "`per-file-ignores` must be a table of patterns, not a list"),
        ('[per-file-ignores]\n"!a.js" = []', "`per-file-ignores` has the pattern '!a.js'"),
        ('[per-file-ignores]\n"a.js" = "x"', "`per-file-ignores.'a.js'` must be a list"),
        ('[per-file-ignores]\n"a.js" = ["pipe"]', "`per-file-ignores.'a.js'`: no codemod is named"),
        ('safety.pipe-without-pipeline = "unsave"', "is 'unsave'; there are safe, unsafe, display"),
        ('safety.pipe-without-pipeline = "unsave"', "(did you mean `unsafe`?)"),
        ("safety.pipe-without-pipeline = 1", "must be a string, not a number"),
        ('safety.pipe-with = "safe"', "`safety`: no codemod is named 'pipe-with'"),
        ('baseline = "old"', "`baseline` is 'old'; it must be a .json file"),
        ("codemods = [1]", "`codemods` must be a list of strings"),
        ('codemods = [" "]', "`codemods` has an empty path in it"),
        ('select = "pipe-without-pipeline"', "`select` must be a list of strings, not a string"),
        ("select = [1]", "`select` must be a list of strings, not a list with a number in it"),
        ('select = ["pipe"]', "`select`: no codemod is named 'pipe'; did you mean 'pipe-without-"),
        ('ignore = ["x", 2020-01-01]', "not a list with a date in it"),
        ('ignore = ["drain-wait-hang"]', "did you mean 'drain-wait-hangs'?"),
        ("exclude = true", "`exclude` must be a list of strings, not true or false"),
        ('exclude = [""]', "`exclude` has the pattern '', which names nothing below"),
        ('exclude = ["../b"]', "'../b', which names nothing below"),
        ('exclude = ["!a.js"]', "'!a.js', which names nothing below"),
        ("node = 20", "`node` must be a string, not a number"),
        ('node = "newest"', "`node` is 'newest', which names no Node.js version"),
        ('helpers = "inlin"', "`helpers` is 'inlin'; must be file, inline, or a module"),
        ('helpers = "inlin"', "(did you mean `inline`?)"),
        ('helpers = "../../out.js"', "the module must lie in"),
        ("codemods = true", "`codemods` must be a table of codemods or a list, not true or false"),
        ("codemods.drain-wait-hangs.x = 1", "`codemods.drain-wait-hangs` has nothing to switch"),
        ("[codemods.close-does-not-aborts]", "(did you mean `close-does-not-abort`?)"),
        ("codemods.close-does-not-abort = true", "must be a table, not true or false"),
        ("codemods.close-does-not-abort.alway = true", "is unknown (did you mean `always`?)"),
        ("codemods.close-does-not-abort.always = 1", "must be true or false, not a number"),
        ("streams = []", "`streams` must be a table of modules, not a list"),
        ("streams.x = 1", "streams.x: must be a table of names"),
        ('[streams.x]\n"open()" = "readible"', 'x."open()": unknown word `readible` (did you mean'),
        ('[streams.x]\n"open()" = 1', 'streams.x."open()": must be a string of words'),
        ('[streams.x]\nmodle = "core"', "unknown key `modle` (did you mean `model`?)"),
        ('[streams.x]\nmodel = "readable-stream-5"', "did you mean `readable-stream-"),
        ('[streams.x]\n"open()" = "Thing"', "nothing describes `x#Thing`"),
        ('[streams.not-ours]\npackage = ["x"]', "not-ours: unknown key `package` (did you mean"),
        ("a = 1\nselect = [", "not TOML: "),
        ('node = ">=20"\nignore = [x]', "(at line 2, column 11)"),
        (b"node = '>=20' # \xe9", "not UTF-8 (at line 1)"),
        (b"\xff\xfen\0o\0", "not UTF-8 (at line 1)"),
        ("a = " + "[" * 5000, "not TOML: "),
    ],
)
def test_what_is_not_understood_is_an_error(
    unleak: Cli, here: Path, text: str | bytes, told: str
) -> None:
    file = put(here / "a.js", PIPE)
    put(here / "unleak.toml", text)

    for verb in ("check", "diff", "fix"):
        ran = unleak(verb)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: unleak.toml: ")
        assert told in ran.err
        assert ran.err.count("\n") == 1
    assert file.read_bytes() == PIPE


def test_every_home_names_its_keys_as_they_stand_there(unleak: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    homes = {
        ".unleak.toml": ("x = 1", "unknown key `x`"),
        "pyproject.toml": ("[tool.unleak]\nx = 1", "unknown key `tool.unleak.x`"),
        "package.json": ('{"unleak": {"x": 1}}', "unknown key `unleak.x`"),
    }
    for name, (text, told) in homes.items():
        home = put(here / name, text)
        ran = unleak("check")
        assert (ran.code, ran.err.partition("; there are")[0]) == (2, f"error: {name}: {told}")
        home.unlink()

    put(here / "package.json", '{"unleak": {"streams": {"x": {"open()": "redable"}}}}')
    told = 'error: package.json: unleak.streams.x."open()": unknown word `redable` (did you mean `'
    assert unleak("check").err.startswith(told)
    put(here / "package.json", '{"unleak": null}')
    assert "package.json: `unleak` must be a table of keys" in unleak("check").err


def test_two_homes_in_one_folder_are_one_too_many(unleak: Cli, here: Path) -> None:
    put(here / "x" / "a.js", PIPE)
    put(here / "x" / "unleak.toml", "")
    put(here / "x" / "package.json", '{"unleak": {}}')

    ran = unleak("check")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("error: x/package.json: x/unleak.toml configures unleak, too; keep one\n")


def test_a_home_that_cannot_be_read_is_an_error(unleak: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    home = here / "unleak.toml"
    home.mkdir()
    assert unleak("check").err == "error: unleak.toml: cannot be read: a folder, not a file\n"
    home.rmdir()
    os.mkfifo(home)
    assert unleak("check").code == 2
    home.unlink()
    home.symlink_to("nothing")
    assert unleak("check").err == "error: unleak.toml: cannot be read: it is no longer there\n"


def test_a_broken_home_is_told_even_where_nothing_is_found(unleak: Cli, here: Path) -> None:
    put(here / "unleak.toml", "x = 1")
    put(here / "sub" / "a.js", "a();\n")

    for path in (".", "sub", "sub/a.js", "sub/none.js"):
        assert unleak("check", path).code == 2
    monkey = unleak("check", "-", "--stdin-filename", "sub/a.js")
    assert monkey.code == 2


def test_what_is_not_about_us_is_nobodys_error(unleak: Cli, check: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    for name, text in {
        "pyproject.toml": "[tool.black\nline-length = 1",
        "package.json": '{"name": "unleak", "dependencies": {"unleak": "1"}}',
    }.items():
        put(here / name, text)
    assert unleak("check").code == 1

    put(here / "pyproject.toml", "[project]\nname = 'unleak'\n[tool.other]\nunleak = 1\n")
    put(here / "unleak.toml", 'ignore = ["drain-wait-hangs"]')
    assert check().found == [("a.js", "pipe-without-pipeline", "safe")]
    # A file that names us and is not TOML might be a home.
    put(here / "pyproject.toml", "[tool.unleak\n")
    assert "pyproject.toml: not TOML" in unleak("check").err


def test_a_configuration_is_only_read(unleak: Cli, here: Path) -> None:
    """A script would be the way to run code with the rights of whoever scans a repository."""
    put(here / "a.js", PIPE)
    for name in ("unleak.py", "unleak.js", "unleak.config.js", ".unleakrc.js", "setup.py"):
        put(here / name, "import pathlib; pathlib.Path('ran').touch(); raise SystemExit(7)\n")

    assert unleak("check").code == 1
    assert not (here / "ran").exists()


# Which home counts.


def test_the_nearest_home_counts_alone(check: Cli, here: Path) -> None:
    for name in ("a.js", "x/a.js", "x/y/a.js", "z/a.js"):
        put(here / name, PIPE + DRAIN.replace(b"import fs from 'node:fs';\n", b""))
    put(here / "unleak.toml", 'select = ["pipe-without-pipeline"]')
    put(here / "x" / "pyproject.toml", '[tool.unleak]\nignore = ["pipe-without-pipeline"]')
    put(here / "x" / "y" / "package.json", '{"unleak": {}}')
    put(here / "z" / ".unleak.toml", "select = []")

    assert [(path, codemod) for path, codemod, _ in check().found] == [
        ("a.js", "pipe-without-pipeline"),
        ("x/a.js", "drain-wait-hangs"),
        ("x/y/a.js", "pipe-without-pipeline"),
        ("x/y/a.js", "drain-wait-hangs"),
    ]


def test_extending_lays_one_over_the_other(check: Cli, here: Path) -> None:
    (here / ".git").mkdir()
    put(here / "lib" / "a.js", DRAIN)
    for name in ("a.js", "gen/a.js", "old/a.js", "old.js"):
        put(here / "x" / name, COPY)
    put(here / "x" / "b.js", PIPE + DRAIN.replace(b"import fs from 'node:fs';\n", b""))
    put(
        here / "shared" / "base.toml",
        'node = ">=20"\nignore = ["drain-wait-hangs"]\nexclude = ["gen/"]\n'
        '[safety]\npipe-without-pipeline = "unsafe"\n[streams.acme-storage]\n'
        '"open()" = "readable finite"\n"new Sink" = "legacy"\n',
    )
    put(
        here / "x" / "unleak.toml",
        'extend = "../shared/base.toml"\nexclude = ["old/"]\n'
        '[streams.acme-storage]\n"new Sink" = "writable"\n',
    )

    assert check().found == [
        ("lib/a.js", "drain-wait-hangs", "safe"),
        ("x/a.js", "pipe-without-pipeline", "unsafe"),
        ("x/b.js", "pipe-without-pipeline", "unsafe"),
        ("x/gen/a.js", "pipe-without-pipeline", "unsafe"),
        ("x/old.js", "pipe-without-pipeline", "unsafe"),
    ]
    assert {one["node"] for one in check("x").json["findings"]} == {
        'node of shared/base.toml: ">=20"'
    }


def test_any_home_can_be_extended(check: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    put(here / "y" / "pyproject.toml", "[tool.unleak]\nselect = []")
    put(here / "y" / "package.json", '{"unleak": {"ignore": ["pipe-without-pipeline"]}}')
    for name in ("y/pyproject.toml", "y/package.json"):
        put(here / "unleak.toml", f'extend = "{name}"')
        assert check().found == []
    put(here / "unleak.toml", 'extend = "y/package.json"\nignore = []')
    assert check().found == [("a.js", "pipe-without-pipeline", "safe")]


def test_extending_in_a_ring_or_out_of_the_tree_is_an_error(unleak: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    put(here / "unleak.toml", 'extend = "x.toml"')
    put(here / "x.toml", 'extend = "unleak.toml"')
    assert "error: x.toml: `extend` is 'unleak.toml', which extends" in unleak("check").err
    put(here / "x.toml", "selct = []")
    assert "error: x.toml: unknown key `selct`" in unleak("check").err

    put(here.parent / "out.toml", "secret = 1")
    put(here / "unleak.toml", 'extend = "../out.toml"')
    assert "unknown key `secret`" in unleak("check").err  # the user's own, outside of git
    (here / ".git").mkdir()
    told = unleak("check").err
    assert "`extend` is '../out.toml', which lies outside of the work tree" in told
    (here / "in.toml").symlink_to("../out.toml")
    put(here / "unleak.toml", 'extend = "in.toml"')
    assert "which lies outside of the work tree" in unleak("check").err


def test_homes_are_looked_for_up_to_the_top(
    check: Cli, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here / "x" / "a.js", PIPE)
    put(tmp_path / "unleak.toml", "select = []")
    assert len(check().found) == 1  # outside of git, the working directory is the top

    put(here / "unleak.toml", "select = []")
    assert check().found == []
    monkeypatch.chdir(here / "x")
    assert len(check().found) == 1
    (here / ".git").mkdir()
    assert check().found == []
    monkeypatch.chdir(tmp_path)
    assert check("here/x/a.js").found == []


def test_what_others_pack_is_no_home(check: Cli, here: Path) -> None:
    put(here / "node_modules" / "x" / "a.js", PIPE)
    put(here / "node_modules" / "x" / "package.json", '{"unleak": {"select": []}}')
    put(here / "node_modules" / "x" / "lib" / "unleak.toml", "broken")
    put(here / "node_modules" / "x" / "lib" / "a.js", PIPE)

    assert len(check("--no-exclude").found) == 2
    put(here / "unleak.toml", "select = []")
    assert check("--no-exclude").found == []


def test_a_file_on_stdin_has_the_home_of_its_place(
    unleak: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    put(here / "x" / "unleak.toml", 'exclude = ["*.js"]\nselect = []')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PIPE)))

    ran = unleak("fix", "-", "--stdin-filename", "x/a.js")

    assert (ran.code, ran.out) == (0, PIPE.decode())


# The keys.


def test_the_command_line_wins(check: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    put(here / "b.js", DRAIN)
    put(here / "unleak.toml", 'ignore = ["pipe-without-pipeline"]\nnode = ">=16"')
    pipe = ("a.js", "pipe-without-pipeline", "safe")
    drain = ("b.js", "drain-wait-hangs", "safe")

    assert check().found == [(*drain[:2], "declined:node-too-old")]
    assert check("--node", ">=20").found == [drain]
    assert check("--select", "pipe-without-pipeline", "--node", "*").found == [pipe]
    assert check("--ignore", "drain-wait-hangs").found == []


def test_codemods_are_left_out_of_files(check: Cli, here: Path) -> None:
    for name in ("a.js", "test/a.js", "test/deep/a.js", "a.bench.js", "x/a.bench.js"):
        put(here / name, PIPE)
    put(
        here / "unleak.toml",
        '[per-file-ignores]\n"test/**" = ["pipe_without_pipeline"]\n'
        '"*.bench.js" = ["pipe-without-pipeline", "drain-wait-hangs"]\n',
    )

    assert [path for path, *_ in check().found] == ["a.js"]
    assert check("--select", "pipe-without-pipeline", "test").found == []


def test_a_safety_is_the_users_to_choose(check: Cli, unleak: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    put(here / "b.mjs", CHAIN)
    opt = "[codemods.close-does-not-abort]\nalways = true\n[safety]\n"
    put(here / "unleak.toml", f'{opt}pipe-without-pipeline = "unsafe"')
    assert [state for *_, state in check().found] == ["unsafe", "unsafe"]
    assert unleak("fix", "a.js").code == 1
    assert (here / "a.js").read_bytes() == PIPE

    put(here / "unleak.toml", f'{opt}pipe-without-pipeline = "display"')
    assert [state for *_, state in check("a.js").found] == ["display"]
    assert unleak("fix", "--unsafe-fixes", "a.js").code == 1
    assert (here / "a.js").read_bytes() == PIPE

    put(here / "unleak.toml", f'{opt}close-does-not-abort = "safe"')
    assert [state for *_, state in check("b.mjs").found] == ["safe"]
    assert unleak("fix", "b.mjs").code == 0
    assert (here / "b.mjs").read_text() != CHAIN


def test_no_choice_writes_what_is_only_shown(check: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    streams = '[streams.fs]\n"createReadStream()" = "legacy"\n'
    put(here / "unleak.toml", f'{streams}[safety]\npipe-without-pipeline = "safe"')

    assert check().found == [("a.js", "pipe-without-pipeline", "display")]


def test_opt_in_codemods_can_be_selected(check: Cli, unleak: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    name = "transform-class-as-generator"
    runs = "check", "--show-settings", "--output-format", "json", "a.js"

    def listed(*more: str) -> list[str]:
        found: list[str] = unleak(*runs, *more).json["settings"][0]["runs"]
        return found

    assert name not in listed()
    put(here / "unleak.toml", f'select = ["{name}", "drain-wait-hangs"]')
    assert listed() == ["drain-wait-hangs", name]
    assert listed("--ignore", name) == ["drain-wait-hangs"]
    assert listed("--select", "pipe-without-pipeline") == ["pipe-without-pipeline"]
    assert check().found == []


def test_what_only_runs_when_named_needs_no_needle_of_its_own() -> None:
    """Files are found before it is known which home selects what."""
    entries = registry.entries()
    others = registry.needles([entry for entry in entries if not entry.opt_in])

    for entry in (entry for entry in entries if entry.opt_in):
        assert all(any(word in own for word in others) for own in entry.needles), entry.name


def test_node_of_a_home_goes_before_manifests(check: Cli, unleak: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    put(here / "x" / "b.js", PIPE)
    put(here / "x" / "package.json", '{"engines": {"node": ">=10"}}')

    found = check().json["findings"]
    assert [one["node"] for one in found] == ["", 'engines of x/package.json: ">=10"']
    assert [one["reason"] for one in found] == [None, "node-too-old"]
    full = unleak("check", "--output-format", "full")
    assert 'gone (engines of x/package.json: ">=10")' in " ".join(full.out.split())

    put(here / "x" / "unleak.toml", 'node = ">=20 <23"')
    assert [one["node"] for one in check().json["findings"]] == [
        "",
        'node of x/unleak.toml: ">=20 <23"',
    ]
    told = unleak("check", "-v").out
    assert 'target:   Node 20 to 22 (node of x/unleak.toml: ">=20 <23")' in told
    assert told.count("target:") == 2
    put(here / "x" / "unleak.toml", 'node = "*"')
    assert [one["reason"] for one in check().json["findings"]] == [None, None]


def test_a_bad_manifest_is_told_once(unleak: Cli, here: Path) -> None:
    put(here / "package.json", "{")
    for name in ("x", "y"):
        put(here / name / "a.js", PIPE)
    put(here / "y" / "unleak.toml", 'node = ">=20"')

    ran = unleak("check")

    assert (ran.code, ran.err.count("bad-manifest")) == (3, 1)


def test_excluded_files_are_left_out_unless_named(unleak: Cli, check: Cli, here: Path) -> None:
    put(here / "x" / "unleak.toml", 'exclude = ["old/", "*.gen.js", "lib/a.js"]')
    kept = ("x/a.js", "x/old.js", "old/a.js", "a.gen.js", "x/y/lib/a.js")
    gone = ("x/old/a.js", "x/y/old/a.js", "x/a.gen.js", "x/lib/a.js")
    for name in (*kept, *gone):
        put(here / name, PIPE)
    put(here / "x" / "old" / "g.js", b"// @generated\n" + PIPE)

    assert {path for path, *_ in check().found} == set(kept)
    assert {path for path, *_ in check("--no-exclude").found} == set(kept)
    assert {path for path, *_ in check("x/old/a.js").found} == {"x/old/a.js"}
    assert "g.js" not in unleak("check").err


def test_helpers_of_a_home_count_from_it(unleak: Cli, here: Path) -> None:
    (here / ".git").mkdir()
    for name in ("x/a.mjs", "y/a.mjs", "z/a.mjs"):
        put(here / name, DRAIN)
    put(here / "x" / "unleak.toml", 'helpers = "lib/drained.mjs"')
    put(here / "y" / "unleak.toml", 'helpers = "./drained.mjs"')

    assert unleak("fix").code == 0

    assert "from './lib/drained.mjs'" in (here / "x" / "a.mjs").read_text()
    assert "from './drained.mjs'" in (here / "y" / "a.mjs").read_text()
    assert "function drainedStrict" in (here / "z" / "a.mjs").read_text()
    assert (here / "x" / "lib" / "drained.mjs").exists()
    assert (here / "y" / "drained.mjs").exists()
    assert unleak("check").code == 0


def test_helpers_of_the_command_line_count_from_here(unleak: Cli, here: Path) -> None:
    put(here / "x" / "a.mjs", DRAIN)
    put(here / "x" / "unleak.toml", 'helpers = "lib/drained.mjs"')

    assert unleak("fix", "--helpers", "mine.mjs").code == 0

    assert "from '../mine.mjs'" in (here / "x" / "a.mjs").read_text()
    assert [path.name for path in here.rglob("*.mjs") if path.name != "a.mjs"] == ["mine.mjs"]


# Knowledge of streams.


def test_a_module_nobody_knows_is_silence_until_it_is_told(check: Cli, here: Path) -> None:
    put(here / "a.js", COPY)
    put(here / "b.js", COPY.replace(b"acme-storage", b"acme-other"))
    assert check().found == []

    put(here / "unleak.toml", ACME)

    (found,) = check().json["findings"]
    assert (found["path"], found["safety"]) == ("a.js", "safe")
    assert found["stages"] == [
        {
            "text": "open(from)",
            "level": "proven",
            "reasons": ["`open(from)` is a readable of acme-storage"],
        },
        {
            "text": "new Sink(to)",
            "level": "proven",
            "reasons": ["`new Sink(to)` is a writable of acme-storage"],
        },
    ]


def test_what_the_user_says_of_a_known_module_goes_first(check: Cli, here: Path) -> None:
    put(here / "a.js", PIPE)
    put(here / "unleak.toml", '[streams.fs]\n"createReadStream()" = "legacy"')
    assert check().found == [("a.js", "pipe-without-pipeline", "display")]

    put(here / "unleak.toml", '[streams.not-ours]\npackages = ["fs"]')
    assert check().found == []
    put(here / "unleak.toml", '[streams.not-ours]\nscopes = ["f"]')
    assert check().found == []


def test_one_homes_knowledge_is_not_anothers(check: Cli, here: Path) -> None:
    for name in ("x/a.js", "y/a.js"):
        put(here / name, COPY)
    put(here / "x" / "unleak.toml", ACME)
    put(here / "y" / "unleak.toml", ACME.replace('"readable finite"', '"legacy"'))

    assert [(path, state) for path, _, state in check().found] == [
        ("x/a.js", "safe"),
        ("y/a.js", "display"),
    ]


def test_workers_know_it_too(check: Cli, here: Path) -> None:
    put(here / "unleak.toml", ACME)
    for number in range(run.MANY + 1):
        put(here / f"{number}.js", COPY)

    assert {state for _, _, state in check("-j", "2").found} == {"safe"}
    assert len(check("-j", "2").found) == run.MANY + 1


def test_what_workers_are_sent_is_small() -> None:
    options = Options(streams=added({"acme": {"open()": "readable"}}))

    assert pickle.loads(pickle.dumps(options)) == options
    assert len(pickle.dumps(options)) < 1_000
    assert called("acme", "open", knowledge_in(options)) is not None
    assert knowledge_in(Options()) is BUILT_IN


@pytest.mark.parametrize(
    ("key", "text", "worth"),
    [
        ("acme", b"const { open } = require('acme')", True),
        ("acme", b"const { open } = require('other')", False),
        ("globals", b"makeStream().pipe(x)", True),
        ("globals", b"$app.files.read().pipe(x)", True),
        ("globals", b"other().pipe(x)", False),
    ],
)
def test_files_that_may_hold_such_streams_are_read(key: str, text: bytes, worth: bool) -> None:
    names = {"makeStream()": "readable", "new $app.files.read": "readable"}
    options = Options(streams=added({key: names if key == "globals" else {"open()": "readable"}}))

    assert may_be_streams(text, options) is worth
    assert not may_be_streams(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=4)
    ),
)


@given(st.dictionaries(st.sampled_from(list(KEYS)) | st.text(max_size=3), values))
def test_any_table_is_a_configuration_or_an_error(table: dict[str, Any]) -> None:
    place = Place("/nowhere/unleak.toml", "", "/nowhere", "unleak.toml")
    try:
        config = config_of(table, place, "/nowhere")
    except ConfigError:
        return
    assert knowledge_in(Options(streams=config.streams)).exports
    assert may_be_streams(b"import 'fs'", Options(streams=config.streams))


# Switches.


CHAIN = """
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
export async function download(req, res) {
  await pipeline(createReadStream('a'), res).catch(console.error);
}
"""


def test_a_switch_is_off_until_it_is_switched_on(check: Cli, here: Path) -> None:
    put(here / "a.mjs", CHAIN)
    assert check().found == []

    put(here / "unleak.toml", "[codemods.close-does-not-abort]\nalways = false")
    assert check().found == []

    put(here / "unleak.toml", "[codemods.close-does-not-abort]\nalways = true")
    assert check().found == [("a.mjs", "close-does-not-abort", "unsafe")]


# What holds for a file, and a file to begin with.


def test_settings_are_shown_with_who_settles_them(unleak: Cli, here: Path) -> None:
    put(here / "x" / "a.js", PIPE)
    put(here / "base.toml", 'ignore = ["drain-wait-hangs"]\nsafety = {pump-by-hand = "unsafe"}')
    put(here / "x" / "package.json", '{"engines": {"node": ">=20"}}')
    put(
        here / "x" / "unleak.toml",
        'extend = "../base.toml"\nexclude = ["a.js"]\nsafety = {drain-wait-hangs = "display"}',
    )

    told = unleak("check", "--show-settings", "x/a.js")

    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[:3] == [
        "# x/a.js",
        "# home: x/unleak.toml",
        "# it is excluded, and looked at only when it is named",
    ]
    assert 'ignore = ["drain-wait-hangs"]  # base.toml' in lines
    assert 'node = ">=20"  # engines of x/package.json' in lines
    assert 'helpers = "file"  # default' in lines
    both = '{ drain-wait-hangs = "display", pump-by-hand = "unsafe" }'
    assert f"safety = {both}  # base.toml, x/unleak.toml" in lines
    assert set(tomllib.loads(told.out)) <= set(KEYS)
    assert 'node = "22"  # --node' in unleak("check", "--show-settings", "x", "--node", "22").out
    assert unleak("check", "--show-settings", "--fix").code == 2
    assert unleak("check", "--show-settings").out.startswith("# .\n# home: none; what")


@pytest.mark.parametrize("manifest", [None, '{"engines": {"node": ">=20"}, "type": "module"}'])
def test_init_writes_what_fits_and_never_over_anything(
    unleak: Cli, check: Cli, here: Path, manifest: str | None
) -> None:
    put(here / "a.js", PIPE)
    put(here / "fixtures" / "b.js", PIPE)
    put(here / "src" / "lib" / "c.js", PIPE)
    if manifest is not None:
        put(here / "package.json", manifest)

    ran = unleak("init")

    home = here / "unleak.toml"
    text = home.read_text()
    assert (ran.code, ran.err) == (0, "wrote unleak.toml; `unleak check` is the next step\n")
    assert [path for path, *_ in check().found] == ["a.js", "src/lib/c.js"]
    assert ("engines of package.json" in text) == (manifest is not None)
    assert all(len(line) <= 100 for line in text.splitlines())
    commented = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)
    assert set(tomllib.loads(commented)) == {"node", "exclude", "helpers"}
    home.write_text(commented)
    assert unleak("check").code == 1
    again = unleak("init")
    assert (again.code, again.err) == (
        2,
        "error: unleak.toml configures unleak already; nothing was written\n",
    )
    assert home.read_text() == commented


def test_init_sees_every_home(unleak: Cli, here: Path) -> None:
    homes = {
        ".unleak.toml": "",
        "pyproject.toml": "[tool.unleak]",
        "package.json": '{"unleak": {}}',
    }
    for name, text in homes.items():
        home = put(here / name, text)
        assert f"error: {name} configures unleak already" in unleak("init").err
        home.unlink()
    put(here / "unleak.toml", "broken = ")
    assert unleak("init").code == 2
    (here / "unleak.toml").unlink()
    (here / "unleak.toml").symlink_to("elsewhere.toml")
    assert unleak("init").code == 2
    assert not (here / "elsewhere.toml").exists()
    assert unleak("init", "none").code == 2


def test_init_below_a_home_extends_it(unleak: Cli, check: Cli, here: Path) -> None:
    (here / ".git").mkdir()
    put(here / "unleak.toml", "select = []")
    put(here / "x" / "a.js", PIPE)

    assert unleak("init", "x").code == 0

    assert 'extend = "../unleak.toml"' in (here / "x" / "unleak.toml").read_text()
    assert check().found == []


# The schema.

SCHEMA = json.loads((ROOT / "docs" / "unleak.schema.json").read_text())
NAMED = Place("/nowhere/unleak.toml", "", "/nowhere", "unleak.toml")


def is_config(table: Any) -> bool:
    try:
        config_of(table, NAMED, "/nowhere")
    except ConfigError:
        return False
    return True


def test_the_schema_is_made_from_the_table_of_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA["properties"]) == list(KEYS)
    assert schema.schema() == SCHEMA, "`python -m scripts.generate`"
    assert {key.form for key in KEYS.values()} == FORMS == set(schema.forms())
    for key in KEYS:
        (example,) = SCHEMA["properties"][key]["examples"]
        assert is_config({key: example})
        jsonschema.validate({key: example}, SCHEMA)


def of_form(form: str) -> st.SearchStrategy[Any]:
    """Values that a key of this form may have, and values that are just not such."""
    codemods = st.sampled_from(["pipe-without-pipeline", "drain-wait-hangs", "pipe", "", "x.json"])
    patterns = st.sampled_from(["old/", "*.js", "a/**", "!a", "../b", "", "/", "."])
    paths = st.sampled_from(["a.js", "lib/a.mjs", "a.json", "file", "inline", "a.jsx", "", " "])
    words = {
        "names": st.lists(codemods, max_size=2),
        "names by pattern": st.dictionaries(patterns, st.lists(codemods, max_size=2), max_size=2),
        "patterns": st.lists(patterns, max_size=2),
        "safety": st.dictionaries(codemods, st.sampled_from(["safe", "unsafe", "no"]), max_size=2),
        "node": st.sampled_from([">=20", "22", "*", "", "newest", "lts", "18 || 20"]),
        "codemods": st.lists(paths, max_size=2)
        | st.dictionaries(
            st.sampled_from(["close-does-not-abort", "x"]),
            st.dictionaries(st.sampled_from(["always", "never"]), st.booleans() | st.just(1)),
            max_size=2,
        ),
        "streams": st.dictionaries(st.sampled_from(["fs", "not-ours"]), st.just({}) | st.just(1)),
    }
    odd = st.none() | st.booleans() | st.integers() | st.just([1]) | st.just({"x": 1})
    return words.get(form, paths) | odd


@given(st.fixed_dictionaries({}, optional={key: of_form(KEYS[key].form) for key in KEYS}))
def test_the_schema_takes_what_the_parser_takes(table: dict[str, Any]) -> None:
    valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(table)

    assert is_config(table) == valid


@given(st.dictionaries(st.sampled_from(list(KEYS)) | st.text(max_size=3), values, min_size=1))
def test_the_schema_refuses_no_configuration(table: dict[str, Any]) -> None:
    if is_config(table):
        assert jsonschema.Draft202012Validator(SCHEMA).is_valid(table)


# The pages.


def test_every_key_has_an_example_on_its_page_and_is_in_use(here: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    parts = re.split(r"^## `([\w-]+)`\n", page.partition("\n# Accepting")[0], flags=re.MULTILINE)
    tests = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))

    assert parts[1::2] == list(KEYS)
    for key, part in zip(parts[1::2], parts[2::2], strict=True):
        blocks = re.findall(r"^```toml\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)
        assert blocks, key
        for block in blocks:
            table = tomllib.loads(block)
            assert key in table
            assert is_config(table), block
            jsonschema.validate(table, SCHEMA)
        assert re.search(rf"""["'\[\n]{key}(?: = |[.\]])""", tests), f"no test uses {key}"


def test_the_readme_shows_a_configuration_that_works(check: Cli, here: Path) -> None:
    part = (ROOT / "README.md").read_text().partition("\n## Configuration\n")[2]
    (toml,) = re.findall(r"^```toml\n(.*?)^```$", part.partition("\n## ")[0], re.DOTALL | re.M)
    (code,) = re.findall(r"^```js\n(.*?)^```$", part.partition("\n## ")[0], re.DOTALL | re.M)
    put(here / "a.mjs", code)
    assert check().found == []

    put(here / "unleak.toml", toml)

    assert [state for *_, state in check().found] == ["safe"]
    rows = re.findall(r"^\| `([\w-]+)` \|", part.partition("\n## ")[0], re.M)
    assert rows == list(KEYS)
