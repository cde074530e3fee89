"""Codemods of one's own for Python: what `new --python` makes, what `test` says of it, and that a
pack can have codemods for both."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from unleak import cli, registry
from unleak.packs import checking, loading, template, template_python
from unleak.proofs.python import run_python_proofs

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
