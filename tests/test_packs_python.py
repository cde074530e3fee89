"""Codemods of one's own for Python: what `new --python` makes, what `test` says of it, and that a
pack can have codemods for both."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from unleak import cli, registry
from unleak.packs import checking, loading, template, template_python

FILES = template_python.files("acme_dropped")
MODULE = FILES["acme_dropped.py"]
WRITTEN = MODULE.replace("TODO:", "Said:")
GOLDEN = Path("codemods", "golden", "acme_dropped")
PROOF = '''\
"""How many descriptors stay open."""

import os

BEFORE = {"descriptors left": (1, 1)}
AFTER = {"descriptors left": (0, 0)}


def run(subject):
    before = len(os.listdir("/dev/fd"))
    print("what a subject prints is no measurement")
    subject.touch("file")
    return {"descriptors left": len(os.listdir("/dev/fd")) - before}
'''

# A codemod that somebody writes into what `new` made, with what it should do.
OWN = '''\
"""Close the descriptor that `mkstemp` gives beside the path.

## Why it leaks

One descriptor a call stays open.

## What changes

It is closed at once.

## What is left alone

Code that has a name for it.
"""

from collections.abc import Iterator

import libcst.matchers as m

from unleak import Answer, Declined, Edit, PythonMatch, Rewrite, Safety, python_codemod

MESSAGE = "the descriptor is never closed"
DROPPED = m.Assign(
    targets=[m.AssignTarget(m.Tuple([m.Element(m.Name("_")), m.Element(m.Name())]))]
)


@python_codemod(
    safety=Safety.SAFE,
    python=">=3.11",
    needles=["mkstemp"],
    hits="mkstemp",
    matcher=m.Call(func=m.Attribute() | m.Name()),
)
def find(match: PythonMatch) -> Iterator[Answer]:
    source, span = match.source, match.source.span(match.node)
    if source.imported(match.node.func) != "tempfile.mkstemp":
        return
    above = next(source.parents(match.node))
    if m.matches(above, m.Subscript()):
        why = "the descriptor has no name"
        yield Declined(span, span.start, MESSAGE, "no-name", why, "Give it one, and close it.")
    elif m.matches(above, DROPPED):
        end = source.line_end(span.end)
        line = f"\\n{source.indent(span.start)}open(_).close()"
        if not source.data.startswith(line.encode(), end):
            yield Rewrite(span, span.start, MESSAGE, (Edit.insert(end, line),), Safety.SAFE)
'''
OWN_CASES = {
    "example.py": "import tempfile\n\n\ndef touch(_):\n    _, path = tempfile.mkstemp()\n",
    "skip_kept.py": "import tempfile\n\n\nfd, path = tempfile.mkstemp()\n",
    "skip_no_name.py": "from tempfile import mkstemp as made\n\n\npath = made()[1]\n",
    "skip_other_module.py": "import acme as tempfile\n\n\n_, path = tempfile.mkstemp()\n",
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    loading.begin((), (), users=False)
    registry.begin(None, ())


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]):
    def run(*words: str) -> Ran:
        capfd.readouterr()
        code = cli.main(list(words))
        return Ran(code, *capfd.readouterr())

    return run


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def pack(folder: Path, text: str = WRITTEN, proof: str = PROOF) -> Path:
    """A pack with one codemod for Python and nothing left to write."""
    for name, made in FILES.items():
        write(folder / name, proof if name.endswith(".proof.py") else made)
    return write(folder / "acme_dropped.py", text)


# What `new --python` makes.


def test_what_new_makes_works_and_fails_until_it_is_written(run) -> None:
    made = run("new", "acme-dropped", "--python")
    assert (made.code, made.err.count("wrote ")) == (0, len(FILES))
    ran = run("test")

    assert ran.code == 1
    assert ran.err.count("[unwritten]") == 3
    assert "example.proof.py: TODO: this proof is still to be written" in ran.err
    assert "1 codemod, 3 cases: 4 failures" in ran.err
    assert "example" not in run("test", "--no-proofs").err

    Path("codemods/acme_dropped.py").write_text(WRITTEN)
    write(GOLDEN / "example.proof.py", PROOF)
    ran = run("test")
    assert ran.code == 0
    assert "1 proof run on Python 3." in ran.err
    assert "1 codemod, 3 cases: all is well" in ran.err
    write(GOLDEN / "skip_kept.py", (GOLDEN / "example.py").read_text())
    told = run("test", "--no-proofs", "acme_dropped").err
    assert "skip_kept.py: is named skip_ and is rewritten" in told
    assert "+    os.close(os.open(path, os.O_CREAT))" in told


def test_what_is_found_is_found_with_the_pack_alone(place: Path, run) -> None:
    pack(Path("codemods"))
    file = write(Path("app/a.py"), "import os as o\n\no.open('x', 0)\n")
    write(Path("app/b.mjs"), "import fs from 'fs';\nfs.open('x');\n")

    assert run("check", "app").err == "No findings.\n"
    assert "app/a.py:3:1: acme-dropped" in run("check", "--codemods", "./codemods", "app").out
    fix = ("fix", "--codemods", "./codemods", "--unsafe-fixes", "--allow-dirty", "app")
    assert run(*fix).code == 0
    assert file.read_text() == "import os as o\n\no.close(o.open('x', 0))\n"


def test_one_can_be_written_from_what_new_made(run) -> None:
    run("new", "descriptor-of-mkstemp-dropped", "--python")
    golden = Path("codemods/golden/descriptor_of_mkstemp_dropped")
    module = write(Path("codemods/descriptor_of_mkstemp_dropped.py"), OWN)
    for name, text in OWN_CASES.items():
        write(golden / name, text)
    write(golden / "example.proof.py", PROOF)

    assert run("test").code == 1
    module.write_text(OWN.replace("if not source", "if source or source"))
    assert "the rewrites did not settle" in run("test", "--update", "--no-proofs").err
    module.write_text(OWN)
    ran = run("test", "--update")
    assert ran.code == 0
    assert "1 proof run on Python 3." in ran.err
    assert (golden / "skip_no_name.findings").read_text() == "4:8 declined:no-name\n"
    added = [one for one in (golden / "example.diff").read_text().splitlines() if one[0] == "+"]
    assert added == ["+++ b/example.py", "+    open(_).close()"]
    assert run("test").code == 0

    app = write(Path("app/a.py"), "from tempfile import mkstemp\n\n_, name = mkstemp()\n")
    packs = ("--codemods", "./codemods")
    assert "app/a.py:3:11: descriptor-of-mkstemp-dropped" in run("check", *packs, "app").out
    assert run("fix", *packs, "--allow-dirty", "app").code == 0
    assert app.read_text().endswith("\n_, name = mkstemp()\nopen(_).close()\n")
    assert run("check", *packs, "app").code == 0


def test_workers_know_them(place: Path, run) -> None:
    pack(Path("codemods"))
    for number in range(60):
        write(Path(f"app/f{number}.py"), "import os\n\nos.open('x', 0)\n")
    words = ("check", "--codemods", "./codemods", "app", "-j")

    alone, shared = run(*words, "1"), run(*words, "2")
    assert alone.out.count("acme-dropped") == 60
    assert shared.out == alone.out


def test_a_pack_can_have_both_languages(place: Path, run) -> None:
    assert run("new", "acme-dropped", "--python", "--pack", "ours").code == 0
    assert run("new", "acme-left", "--pack", "ours").code == 0
    node = template.files("acme_left")["acme_left.py"].replace("TODO:", "Said:")
    pack(Path("ours"))
    write(Path("ours/acme_left.py"), node)
    write(Path("ours/golden/acme_left/example.py"), "import os\n")

    ran = run("test", "--codemods", "./ours", "--no-proofs")
    assert "example.py: the codemod reads JavaScript and TypeScript alone" in ran.err
    Path("ours/golden/acme_left/example.py").unlink()
    ran = run("test", "--codemods", "./ours", "--no-proofs")
    assert (ran.code, ran.err) == (0, "2 codemods, 6 cases: all is well\n")

    write(Path("app/a.py"), "import os\n\nos.open('x', 0)\n")
    write(Path("app/b.mjs"), "import fs from 'fs';\nfs.createReadStream('x');\n")
    told = json.loads(run("check", "--codemods", "./ours", "--output-format", "json", "app").out)
    found = {(one["codemod"], one["path"]) for one in told["findings"]}
    assert found == {("acme-dropped", "app/a.py"), ("acme-left", "app/b.mjs")}
    assert "acme-dropped" in run("rules", "--codemods", "./ours").out


def test_proofs_of_python_need_no_node(place: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unleak.packs.proving.nodes", dict)
    pack(Path("codemods"))
    assert run("test").code == 0

    run("new", "acme-left")
    proof = Path("codemods/golden/acme_left/example.proof.mjs")
    proof.write_text("export default { claim: 'it', scenarios: [] };\n")
    ran = run("test", "acme-dropped", "acme-left")
    assert ran.code == 3
    assert "1 proof run on Python" in ran.err
    assert "no Node is found" in ran.err


def test_update_expects_what_is_found(place: Path, run) -> None:
    pack(Path("codemods"))
    expected = {path: path.read_text() for path in GOLDEN.glob("*.[df]i*")}
    assert {path.name for path in expected} == {"example.diff", "example.findings"}
    for path in expected:
        path.write_text("stale\n")

    assert run("test", "--no-proofs").err.count("--update takes what is found") == 2
    assert run("test", "--no-proofs", "--update").code == 0
    assert {path: path.read_text() for path in expected} == expected


def test_one_of_ours_can_be_tested(run) -> None:
    told = run("test", "--no-proofs", "close-not-awaited")
    assert told.code == 0
    assert re.search(r"1 codemod, \d+ cases: all is well", told.err)


# What is broken.


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("m.Call(func", "m.Cal(func", "has no attribute 'Cal'"),
        ("    matcher=m.Call(func=", "    matcher=m.Name(value=", "must be a Call"),
        ("    python=", "    node=", "unexpected keyword argument 'node'"),
    ],
)
def test_what_cannot_be_loaded_is_named(place: Path, run, old: str, new: str, why: str) -> None:
    assert old in WRITTEN
    pack(Path("codemods"), WRITTEN.replace(old, new))
    write(Path("app/a.py"), "import os\n\nos.open('x', 0)\n")

    ran = run("check", "--codemods", "./codemods", "app")
    assert ran.code == 2
    assert "acme-dropped cannot be loaded" in ran.err
    assert why in ran.err


def test_one_that_raises_is_named_and_the_others_go_on(place: Path, run) -> None:
    pack(Path("codemods"))
    text = WRITTEN.replace("    # The meaning", "    raise KeyError('oh')\n    # The meaning")
    write(Path("codemods/acme_raising.py"), text)
    write(Path("app/a.py"), "import os\n\nos.open('x', 0)\n")

    ran = run("check", "--codemods", "./codemods", "app")
    assert ran.code == 2
    assert "the pack codemods: acme-raising failed at line 3" in ran.err
    assert "acme-dropped" in ran.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'AFTER = {"descriptors left": (0, 0)}',
            'AFTER = {"descriptors left": (1, 1)}',
            "0, not 1",
        ),
        ("(1, 1)", "1", "BEFORE must have a (least, most)"),
        ("return {", "return [", "SyntaxError"),
        ('return {"descriptors left":', "return {'it':", "does not measure descriptors left"),
        ('listdir("/dev/fd")) - before}', 'listdir("/dev/fd")) / 3}', "must return whole numbers"),
        ("    subject.touch", "    os._exit(0)\n    subject.touch", "ended before anything was"),
        ("import os\n", "import not_there\n", "No module named 'not_there'"),
    ],
)
def test_a_proof_says_why_it_fails(place: Path, run, old: str, new: str, said: str) -> None:
    assert old in PROOF
    pack(Path("codemods"), proof=PROOF.replace(old, new))

    ran = run("test")
    assert ran.code == 1
    assert said in ran.err
    assert "fails codemods/golden/acme_dropped/example.proof.py: Python 3." in ran.err
    assert "unleak-proof-" not in ran.err


# What their text says.


def flaws_of(text: str, cases: dict[str, str] | None = None) -> list[checking.Flaw]:
    module = write(Path("pack/acme_dropped.py"), text)
    golden = Path("pack/golden/acme_dropped")
    every = {Path(path).name: made for path, made in FILES.items() if path.startswith("golden")}
    for name, made in (every if cases is None else cases).items():
        write(golden / name, made)
    return checking.flaws(module, golden)


def test_a_module_with_nothing_wrong_has_no_flaw() -> None:
    assert flaws_of(WRITTEN) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("## What changes", "## What it does", "docstring", "`## What changes` is missing"),
        ('needles=[".open("]', 'needles=["a(", ".open("]', "needle", 'needle "a("'),
        ("m.Attribute(attr", "m.Atribute(attr", "node-type", "`Attribute`?"),
        ("m.Attribute(attr", "m.Nonsense(attr", "node-type", "libcst.matchers has no node type"),
        ("m.Call(func=", "m.Call(function=", "node-type", "no field `function`; it has func, args"),
        ("m.Attribute(attr=", "m.Attribute(attrs=", "node-type", "no field `attrs`; `attr`?"),
        ("cst.Expr)", "cst.Exprs)", "node-type", "libcst has no node type `Exprs`; `Expr`?"),
        ("import libcst as", "from libcst import Cal\nimport libcst as", "node-type", "`Call`?"),
        ("m.Call(func=m.Attribute(attr=", "m.Expr(value=m.Call(func=", "node-type", "not Expr"),
        ("    python=", "    pythons=", "declaration", "`@python_codemod` does not say python"),
        ("    matcher=", "    query=", "declaration", "does not say matcher"),
        ("def find", "def found", "declaration", "is not declared"),
        ("import libcst as cst", "import os\nimport libcst as cst", "world", "`os`"),
        ("    module =", "    open(1)\n    module =", "world", "open()"),
        ("from unleak import", "from unleak_engine.python.codemod import", "import", ""),
        ("def find(match", "def find(match match", "syntax", "no Python"),
    ],
)
def test_flaws_are_found_by_reading(old: str, new: str, code: str, message: str) -> None:
    assert old in WRITTEN
    text = WRITTEN.replace(old, new)
    if code == "import":
        text = text.replace("Answer, Edit, PythonMatch, Rewrite, Safety, python_codemod", "Answer")
    found = flaws_of(text)

    assert [flaw.code for flaw in found] == [code]
    assert all(message in flaw.message and flaw.line > 0 for flaw in found)


def test_goldens_that_prove_nothing_are_flaws() -> None:
    source = FILES["golden/acme_dropped/example.py"]
    assert {flaw.code for flaw in flaws_of(WRITTEN, {})} == {"golden"}
    found = flaws_of(WRITTEN, {"example.py": source, "example.diff": "x", "example.proof.mjs": ""})
    assert {flaw.code: flaw.message.split()[-1] for flaw in found} == {
        "refusal": "it",
        "proof": "example.proof.py",
    }
    assert any("skip_….py" in flaw.message for flaw in found)
    assert "never sees" in flaws_of(WRITTEN, {"skip_a.py": source, "skip_b.ts": ""})[-1].message


def test_what_is_mechanical_is_mended(run) -> None:
    bent = WRITTEN.replace("## Why it leaks", "## why it leaks")
    bent = bent.replace("m.Attribute(attr=", "m.Atribute(attr=").replace("cst.Expr)", "cst.Exprr)")
    bent = bent.replace("m.Call(func=", "m.Call(funcs=")
    bent = bent.replace("from unleak import Answer, Edit, PythonMatch,", "from unleak import Edit,")
    bent = bent.replace(
        "Safety, python_codemod\n",
        "Safety\nfrom unleak_engine.python.codemod import Answer, PythonMatch, codemod\n",
    )
    bent = bent.replace("@python_codemod", "@codemod")
    pack(Path("codemods"), bent)
    wanted = WRITTEN.replace("Answer, Edit, PythonMatch,", "Edit,")
    wanted = wanted.replace(
        "Safety, python_codemod\n",
        "Safety\nfrom unleak import Answer, PythonMatch, python_codemod as codemod\n",
    ).replace("@python_codemod", "@codemod")

    assert run("test", "--no-proofs").err.count("--fix mends it") == 5
    assert run("test", "--no-proofs", "--fix").code == 0
    assert Path("codemods/acme_dropped.py").read_text() == wanted


def test_the_api_costs_no_libcst_until_it_is_touched() -> None:
    program = "import sys, unleak; unleak.Edit; print('libcst' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", program], env=os.environ, capture_output=True, check=True
    )
    assert told.stdout == b"False\n"
