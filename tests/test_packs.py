"""Codemods of one's own: what loads, what never does, and what becomes of one that is broken."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from unleak import cli, registry
from unleak.packs import checking, loading
from unleak.packs.naming import installed
from unleak.packs.pack import Pack
from unleak.packs.template import files
from unleak.run import Job, judge
from unleak.workspace.places import users_file

SOURCE = (
    "import fs from 'node:fs';\n\nexport function touch(path) {\n  fs.createReadStream(path);\n}\n"
)
MODULE = files("acme_dropped")["acme_dropped.py"]
EVIL = "from pathlib import Path\n\nPath({marker!r}).write_text('it ran')\n"
NAMES = ["./evil", "./evil/", "evil/evil_one.py", "{root}/evil", "../repo/evil", "link", "./link"]
HOMES = {
    "unleak.toml": "codemods = {names}\n",
    ".unleak.toml": "[codemods]\npacks = {names}\n",
    "pyproject.toml": "[tool.unleak]\ncodemods = {names}\n",
    "package.json": '{{"unleak": {{"codemods": {names}}}}}\n',
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Place(NamedTuple):
    """A repository to look into, a folder beside it, and what evil code would write."""

    repo: Path
    beside: Path
    marker: Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    repo, beside, marker = tmp_path / "repo", tmp_path / "beside", tmp_path / "marker"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write(repo / "a.mjs", SOURCE)
    (repo / ".git").mkdir()
    beside.mkdir()
    monkeypatch.chdir(repo)
    yield Place(repo, beside, marker)
    loading.begin((), (), users=False)
    registry.begin(None, ())


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def evil(folder: Path, place: Place) -> Path:
    """A pack that writes a file as soon as any of it is imported."""
    text = EVIL.format(marker=str(place.marker))
    for name in ("__init__.py", "evil_one.py"):
        write(folder / name, text)
    return folder


def good(folder: Path, stem: str = "acme_dropped") -> Path:
    write(folder / f"{stem}.py", MODULE)
    return folder


def entry_point(site: Path, name: str, value: str) -> None:
    """What an installer leaves of a pack."""
    write(site / f"{name}-1.0.dist-info" / "METADATA", f"Name: {name}\nVersion: 1.0\n")
    write(
        site / f"{name}-1.0.dist-info" / "entry_points.txt",
        f"[unleak.codemods]\n{name} = {value}\n",
    )


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]):
    def run(*words: str) -> Ran:
        capfd.readouterr()
        code = cli.main(list(words))
        return Ran(code, *capfd.readouterr())

    return run


# What a scanned tree names.


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("name", NAMES)
def test_code_that_a_tree_names_never_runs(place: Place, run, home: str, name: str) -> None:
    evil(place.repo / "evil", place)
    (place.repo / "link").symlink_to(evil(place.beside / "evil", place))
    names = json.dumps([name.format(root=place.repo)])
    write(place.repo / home, HOMES[home].format(names=names))
    write(place.repo / "below" / home, HOMES[home].format(names=names))
    write(place.repo / "below" / "b.mjs", SOURCE)

    for words in (["check"], ["diff"], ["fix", "--allow-dirty"], ["check", "below/b.mjs"]):
        ran = run(*words)
        assert ran.code == 2
        assert "--codemods" in ran.err or "no installed pack is called link" in ran.err
    assert run("rules").code in (0, 2)
    run("doctor", "a.mjs")
    run("explain", "evil-one")
    run("check", "--select", "evil-one")
    assert not place.marker.exists()


def test_evil_code_would_be_seen(place: Place, run) -> None:
    run("check", "--codemods", str(evil(place.beside / "evil", place)))

    assert place.marker.exists()


def test_the_message_says_how(place: Place, run) -> None:
    good(place.repo / "tools")
    write(place.repo / "unleak.toml", 'codemods = ["./tools"]\n')

    told = run("check").err
    assert "`--codemods ./tools`" in told
    assert users_file() in told
    assert "acme-dropped" in run("check", "--codemods", "./tools").out


def test_what_a_tree_extends_is_no_word_of_its_user(place: Place, run) -> None:
    code = evil(place.beside / "evil", place)
    write(place.beside / "unleak.toml", f"codemods = [{json.dumps(str(code))}]\n")
    write(place.repo / "unleak.toml", 'extend = "../beside/unleak.toml"\n')

    assert run("check").code == 2
    assert not place.marker.exists()


@pytest.mark.parametrize("way", ["editable", "metadata inside", "linked"])
@pytest.mark.parametrize("who", ["tree", "command line", "users file", "nobody"])
def test_a_pack_installed_from_inside_the_tree_is_not_loaded(
    place: Place, run, monkeypatch: pytest.MonkeyPatch, way: str, who: str
) -> None:
    inside = evil(place.repo / "src" / "evil_pack", place)
    if way == "linked":
        (place.beside / "evil_pack").symlink_to(inside)
        evil_site = place.beside
    else:
        monkeypatch.syspath_prepend(place.repo / "src")
        evil_site = place.repo if way == "metadata inside" else place.beside
    entry_point(evil_site, "evil", "evil_pack")
    monkeypatch.syspath_prepend(evil_site)
    words = ["--codemods", "evil"] if who == "command line" else []
    if who == "tree":
        write(place.repo / "unleak.toml", 'codemods = ["evil"]\n')
    if who == "users file":
        write(Path(users_file()), 'codemods = ["evil"]\n')

    ran = run("check", *words)
    assert ran.code == (0 if who == "nobody" else 2)
    assert who == "nobody" or "inside the tree" in ran.err
    assert "evil" in run("rules").err
    run("doctor")
    assert not place.marker.exists()


@pytest.mark.parametrize("verb", [["check"], ["fix", "--allow-dirty"], ["check", "below"]])
def test_a_process_that_begins_with_a_hostile_tree_runs_none_of_it(
    place: Place, verb: list[str]
) -> None:
    """Nothing is set up yet then, and the working directory is where modules are looked for."""
    evil(place.repo / "evil_pack", place)
    entry_point(place.repo, "evil", "evil_pack")
    write(place.repo / "unleak.toml", 'codemods = ["evil", "./evil_pack"]\n')
    write(place.repo / "below" / "c.mjs", SOURCE)
    path = os.pathsep.join([str(place.repo), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(
        [sys.executable, "-m", "unleak", *verb],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 2
    assert "installed from inside the tree" in ran.stderr
    assert not place.marker.exists()


# What loads.


def test_a_path_on_the_command_line_is_enough(place: Place, run) -> None:
    for pack in (good(place.beside / "pack"), place.beside / "pack" / "acme_dropped.py"):
        ran = run("check", "--codemods", str(pack), "--select", "acme-dropped")
        assert ran.code == 1
        assert "acme-dropped the file that is opened" in ran.out
    assert "acme-dropped" not in run("check").out


def test_the_users_own_file_is_enough_unless_it_lies_in_the_tree(
    place: Place, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(place.repo / "pack")
    text = f"codemods = [{json.dumps(str(place.repo / 'pack'))}]\n"
    write(Path(users_file()), text)
    assert "acme-dropped" in run("check").out

    monkeypatch.setenv("XDG_CONFIG_HOME", str(place.repo / "config"))
    write(Path(users_file()), text)
    ran = run("check")
    assert "acme-dropped" not in ran.out
    assert "lies in the tree" in ran.err


def test_trees_beside_the_users_file_do_not_hold_it(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    write(Path(users_file()), f"codemods = [{json.dumps(str(pack))}]\n")
    other = write(place.repo.parent / "other" / "b.mjs", SOURCE)
    (other.parent / ".git").mkdir()

    assert run("check", ".", str(other.parent)).out.count("acme-dropped") == 2


@pytest.mark.parametrize("home", ["config", "./config", ""])
def test_the_users_file_never_depends_on_the_working_directory(
    place: Place, run, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    code = json.dumps(str(evil(place.beside / "evil", place)))
    monkeypatch.setenv("XDG_CONFIG_HOME", home)
    monkeypatch.setenv("HOME", "home")
    for folder in ("config", ".config", "home/.config", "~/.config", "unleak", "."):
        write(place.beside / folder / "unleak" / "unleak.toml", f"codemods = [{code}]\n")
    monkeypatch.chdir(place.beside)
    run("check", str(place.repo))

    assert users_file() == ""
    assert not place.marker.exists()


def test_the_users_file_names_codemods_and_nothing_else(place: Place, run) -> None:
    write(Path(users_file()), 'select = ["scan-without-exit"]\n')

    ran = run("check")
    assert ran.code == 2
    assert "`select` has no meaning here" in ran.err


def test_a_tree_may_name_an_installed_pack(
    place: Place, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(place.beside / "acme_codemods" / "node")
    entry_point(place.beside, "acme", "acme_codemods.node")
    monkeypatch.syspath_prepend(place.beside)
    assert "acme-dropped" not in run("check").out

    write(place.repo / "unleak.toml", 'codemods = ["acme"]\n')
    assert "acme-dropped" in run("check").out
    assert "acme-dropped" in run("check", "--select", "acme-dropped").out
    assert "acme-dropped" not in run("check", "--ignore", "acme-dropped").out
    write(place.repo / "unleak.toml", 'codemods = ["acme"]\nselect = ["acme-dropped"]\n')
    assert "acme-dropped" in run("check").out
    assert "acme-dropped" in run("rules").out


def test_finding_an_installed_pack_runs_none_of_its_code(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil(place.beside / "evil_pack", place)
    evil(place.beside / "evil_pack" / "deep", place)
    entry_point(place.beside, "evil", "evil_pack.deep")
    monkeypatch.syspath_prepend(place.beside)

    found = [pack for pack in installed([str(place.repo)]) if isinstance(pack, Pack)]
    assert [pack.name for pack in found] == ["evil"]
    assert not place.marker.exists()


def test_a_name_is_never_taken_for_a_folder(place: Place, run) -> None:
    good(place.repo / "acme")

    ran = run("check", "--codemods", "acme")
    assert ran.code == 2
    assert "say ./acme" in ran.err


def test_modules_of_a_pack_can_share_code(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    text = MODULE.replace("from unleak import", "from ._words import MESSAGE\nfrom unleak import")
    text = text.replace('"the file that is opened here is never closed"', "MESSAGE")
    write(pack / "acme_dropped.py", text)
    write(pack / "_words.py", 'MESSAGE = "said in one place"\n')

    assert "said in one place" in run("check", "--codemods", str(pack)).out


# What is broken.


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("raise ValueError('oh')\n", "ValueError: oh"),
        ("import sys\nsys.exit(0)\n", "SystemExit"),
        ("def f(:\n", "SyntaxError"),
        ("find = 1\n", "declares no codemod"),
        (MODULE.replace("(call_expression f", "(nonsense f"), "a query that cannot be asked"),
    ],
)
def test_what_cannot_be_loaded_is_named_and_the_others_go_on(
    place: Place, run, text: str, why: str
) -> None:
    pack = good(place.beside / "pack")
    write(pack / "broken.py", text)

    ran = run("check", "--codemods", str(pack))
    assert ran.code == 2
    assert "the pack pack" in ran.err
    assert why in ran.err
    assert "acme-dropped" in ran.out


@pytest.mark.parametrize("wrong", ["raise KeyError('oh')", "raise SystemExit(0)"])
def test_a_codemod_that_raises_is_named_and_the_others_go_on(place: Place, run, wrong: str) -> None:
    pack = good(place.beside / "pack")
    text = MODULE.replace("    # The meaning", f"    {wrong}\n    # The meaning")
    write(pack / "acme_raising.py", text)

    ran = run("check", "--codemods", str(pack))
    assert ran.code == 2
    assert "the pack pack: acme-raising failed at line 4" in ran.err
    assert "please report" not in ran.err
    assert "acme-dropped" in ran.out


@pytest.mark.parametrize("wrong", ["1 / 0", "exit()"])
def test_a_worth_that_raises_is_named_and_the_others_go_on(place: Place, run, wrong: str) -> None:
    """It is asked about a whole file, so no line is named."""
    pack = good(place.beside / "pack")
    worth = f"    worth=lambda data, options: {wrong},\n    # A file without"
    write(pack / "acme_raising.py", MODULE.replace("    # A file without", worth))

    ran = run("fix", "--unsafe-fixes", "--codemods", str(pack))
    assert ran.code == 2
    assert "a.mjs: the pack pack: acme-raising failed: " in ran.err
    assert "please report" not in ran.err
    assert ".destroy()" in (place.repo / "a.mjs").read_text()


def test_the_names_of_ours_are_taken(place: Place, run) -> None:
    pack = good(good(place.beside / "pack"), "pipe_without_pipeline")

    ran = run("check", "--codemods", str(pack))
    assert ran.code == 2
    assert "pipe-without-pipeline is the name of a codemod of unleak's own" in ran.err
    assert "acme-dropped" in ran.out


def test_two_packs_cannot_share_a_name(place: Place, run) -> None:
    one, two = good(place.beside / "one"), good(place.beside / "two")

    ran = run("check", "--codemods", str(one), "--codemods", str(two))
    assert ran.code == 2
    assert "acme-dropped is in the pack one, too" in ran.err
    assert ran.out.count("acme-dropped") == 1


def test_a_pack_is_left_as_it_was(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    run("check", "--codemods", str(pack))

    assert [path.name for path in pack.iterdir()] == ["acme_dropped.py"]


# What is done with them.


def test_workers_know_them(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    for number in range(120):
        write(place.repo / f"f{number}.mjs", SOURCE)

    alone = run("check", "--codemods", str(pack), "-j", "1")
    shared = run("check", "--codemods", str(pack), "-j", "2")
    assert alone.out.count("acme-dropped") == 121
    assert shared.out == alone.out


def test_another_process_loads_them_for_itself(place: Place) -> None:
    pack = good(place.beside / "pack")
    loading.begin([str(pack)], [str(place.repo)])
    job = Job(str(place.repo / "a.mjs"), "a.mjs", ("acme-dropped",), packs=loading.packs())
    here = judge(job)
    program = (
        "import pickle, sys; from unleak.run import judge;"
        "print(len(judge(pickle.loads(sys.stdin.buffer.read())).left))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(job), capture_output=True, check=True
    )

    assert len(here.left) == 1
    assert told.stdout == b"1\n"


def test_a_patch_is_decided_on_and_applied_without_their_code(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    patch = place.beside / "all.patch"
    options = ["--codemods", str(pack), "--unsafe-fixes"]
    assert run("diff", *options, "-o", str(patch)).code == 1
    (pack / "acme_dropped.py").unlink()

    assert run("review", str(patch), "--accept", "acme-dropped").code == 0
    assert run("apply", str(patch)).code == 0
    assert "createReadStream(path).destroy();" in (place.repo / "a.mjs").read_text()


def test_a_batch_needs_them_named_each_time(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    (place.repo / ".git").rmdir()
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=place.repo, check=True)
    batch = ["batch", "--codemods", str(pack), "--patches", str(place.beside / "out")]
    ran = run(*batch, "--unsafe-fixes")

    assert ran.code == 0, ran.err
    assert any("destroy()" in one.read_text() for one in (place.beside / "out").rglob("*.patch"))
    refused = run("batch", "--failed")
    assert refused.code == 2
    assert "acme-dropped: name the pack again, with --codemods" in refused.err


def test_nothing_is_remembered_of_a_run_with_packs(place: Place) -> None:
    pack = good(place.beside / "pack")
    (place.repo / ".git").rmdir()
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=place.repo, check=True)

    def told(*words: str) -> int:
        command = [sys.executable, "-m", "unleak", "check", *words]
        return subprocess.run(command, capture_output=True, check=False).stdout.count(b"acme-drop")

    assert [told(), told()] == [0, 0]
    write(Path(users_file()), f"codemods = [{json.dumps(str(pack))}]\n")
    assert [told(), told()] == [1, 1]
    write(pack / "acme_dropped.py", MODULE.replace('["fs"]', '["other"]'))
    assert told() == 0
    Path(users_file()).unlink()
    assert told() == 0


# What is said of them.


def test_doctor_says_what_loads_and_what_counts(place: Place, run) -> None:
    pack = good(place.beside / "pack")
    write(place.repo / "unleak.toml", 'ignore = ["scan-without-exit"]\nnode = ">=20"\n')

    told = json.loads(run("doctor", "--json", "--codemods", str(pack), "a.mjs").out)
    assert told["packs"] == [{"name": "pack", "path": str(pack), "codemods": ["acme-dropped"]}]
    assert told["file"]["node"] == ">=20"
    assert told["file"]["configuration"] == "unleak.toml"
    assert "acme-dropped" in told["file"]["codemods"]
    assert "scan-without-exit" not in told["file"]["codemods"]
    assert told["problems"] == []
    assert "acme-dropped" in run("doctor", "--codemods", str(pack)).out

    write(place.repo / "unleak.toml", "nonsense = 1\n")
    assert run("doctor", "a.mjs").code == 2
    assert run("doctor", "not-there.mjs").code == 2


@pytest.mark.parametrize(
    "name", ["Bad", "a--b", "-a", "a/b", "../a", "", "scan-without-exit", "1a"]
)
def test_new_refuses_what_is_no_name(place: Place, run, name: str) -> None:
    assert run("new", "--", name).code == 2
    assert not (place.repo / "codemods").exists()


def test_new_overwrites_nothing(place: Place, run) -> None:
    assert run("new", "acme-dropped").code == 0
    write(place.repo / "codemods" / "acme_dropped.py", "mine\n")

    assert run("new", "acme-dropped").code == 2
    assert (place.repo / "codemods" / "acme_dropped.py").read_text() == "mine\n"


def test_what_new_makes_works_and_fails_until_it_is_written(place: Place, run) -> None:
    run("new", "acme-dropped")
    ran = run("test")
    golden = place.repo / "codemods" / "golden" / "acme_dropped"

    assert ran.code == 1
    assert ran.err.count("[unwritten]") == 3
    assert "this proof is still to be written" in ran.err
    assert "4 failures" in ran.err
    assert "example" not in run("test", "--no-proofs").err

    module = place.repo / "codemods" / "acme_dropped.py"
    module.write_text(module.read_text().replace("TODO:", "Said:"))
    assert run("test", "--no-proofs").code == 0
    write(golden / "skip_kept.mjs", (golden / "example.mjs").read_text())
    told = run("test", "--no-proofs", "acme_dropped").err
    assert "skip_kept.mjs: is named skip_ and is rewritten" in told
    assert "+  createReadStream(path).destroy();" in told
    assert run("test", "nothing-like-it").code == 2
    assert run("test", "--codemods", "./nowhere").code == 2


def test_update_expects_what_is_found(place: Place, run) -> None:
    assert run("new", "acme-dropped", "--pack", "ours").code == 0
    assert not (place.repo / "codemods").exists()
    module = write(place.repo / "ours" / "acme_dropped.py", WRITTEN)
    expected = module.parent / "golden" / "acme_dropped" / "example.diff"
    right = expected.read_text()
    expected.write_text("stale\n")
    test = ("test", "acme-dropped", "--codemods", "./ours", "--no-proofs")
    assert "--update takes what is found" in run(*test).err
    assert expected.read_text() == "stale\n"
    assert run(*test, "--update").code == 0
    assert expected.read_text() == right


def test_one_of_ours_can_be_tested(place: Place, run) -> None:
    assert run("test", "--no-proofs", "unsafe-buffer-escapes").code == 0


# What their text says.


def flaws_of(place: Place, text: str, cases: dict[str, str] | None = None) -> list[checking.Flaw]:
    module = write(place.beside / "pack" / "acme_dropped.py", text)
    golden = place.beside / "pack" / "golden" / "acme_dropped"
    every = {Path(path).name: made for path, made in files("acme_dropped").items()}
    del every["acme_dropped.py"]
    for name, made in (every if cases is None else cases).items():
        write(golden / name, made)
    return checking.flaws(module, golden)


WRITTEN = MODULE.replace("TODO:", "Said:")


def test_a_module_with_nothing_wrong_has_no_flaw(place: Place) -> None:
    assert flaws_of(place, WRITTEN) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("## What changes", "## What it does", "docstring", "`## What changes` is missing"),
        ("## What changes", "# what Changes", "docstring", "should be `## What changes`"),
        ('needles=["createReadStream("]', 'needles=["a(", "create"]', "needle", 'needle "a("'),
        ("(call_expression function", "(call_expresion function", "node-type", "call_expression"),
        ("(call_expression function", "(nonsense function", "node-type", "`nonsense`"),
        ("    node=", "    nodes=", "declaration", "does not say node"),
        ("def find", "def found", "declaration", "is not declared"),
        ("from unleak", "import os\nfrom unleak", "world", "`os`"),
        ("    call = match", "    print(1)\n    call = match", "world", "print()"),
        ("    call = match", "    import time\n    call = match", "world", "`time`"),
        ("from unleak import Answer,", "from unleak_engine.codemod import Answer,", "import", ""),
        ("def find(match", "def find(match match", "syntax", "no Python"),
    ],
)
def test_flaws_are_found_by_reading(
    place: Place, old: str, new: str, code: str, message: str
) -> None:
    assert old in WRITTEN
    found = flaws_of(place, WRITTEN.replace(old, new))

    assert [flaw.code for flaw in found] == [code]
    assert all(message in flaw.message and flaw.line > 0 for flaw in found)


def test_goldens_that_prove_nothing_are_flaws(place: Place) -> None:
    source = files("a")["golden/a/example.mjs"]
    assert {flaw.code for flaw in flaws_of(place, WRITTEN, {})} == {"golden"}
    found = flaws_of(place, WRITTEN, {"example.mjs": source, "example.diff": "x"})
    assert {flaw.code for flaw in found} == {"refusal", "proof"}


def test_what_is_mechanical_is_mended(place: Place, run) -> None:
    run("new", "acme-dropped")
    module = place.repo / "codemods" / "acme_dropped.py"
    bent = WRITTEN.replace("## Why it leaks", "## why it leaks")
    bent = bent.replace("(call_expression function", "(call_expresion function")
    bent = bent.replace("Answer, Edit, Match", "Answer, Match")
    bent = bent.replace(
        "from unleak import", "from unleak_engine.edit import Edit\nfrom unleak import"
    )
    module.write_text(bent)
    wanted = WRITTEN.replace("Answer, Edit, Match", "Answer, Match")
    wanted = wanted.replace("from unleak import", "from unleak import Edit\nfrom unleak import")

    assert run("test", "--no-proofs").err.count("--fix mends it") == 3
    assert run("test", "--no-proofs", "--fix").code == 0
    assert module.read_text() == wanted


def test_a_start_pays_nothing_for_packs() -> None:
    program = (
        "import sys, unleak, unleak.cli.session; print([m for m in sys.modules if 'packs' in m])"
    )
    environment = os.environ | {"XDG_CONFIG_HOME": os.devnull}
    told = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    )

    assert told.stdout == b"[]\n"
