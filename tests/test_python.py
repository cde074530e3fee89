"""Python beside Node: what is read, what is left unread, and what the rewrites are proved by."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from unleak_engine.patch import apply_diff
from unleak_engine.python.source import parse
from unleak_engine.rewrite import rewrite_bytes
from unleak_engine.source import UnreadableError

PROOFS = sorted((ROOT / "golden").glob("*/*.proof.py"))
LEAK = b"""import asyncio


async def send(data):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    writer.write(data)
    writer.close()
"""
JS = b"const fs = require('fs');\nfs.createReadStream('a').pipe(fs.createWriteStream('b'));\n"

HARNESS = """
import importlib.util, json, sys, warnings
warnings.simplefilter("ignore")
def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
subject, proof = load("subject", sys.argv[1]), load("proof", sys.argv[2])
claim = proof.BEFORE if sys.argv[3] == "before" else proof.AFTER
measured = proof.run(subject)
print(json.dumps([measured, claim]))
"""


def checked(tree: Path) -> tuple[dict, bool]:
    """What `unleak check` reports of a tree, and whether it imported libcst for that."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tree), "PATH": os.defpath}
    words = ["-X", "importtime", "-m", "unleak", "check", "--output-format", "json", "--jobs", "1"]
    done = subprocess.run(
        [sys.executable, *words, "."], cwd=tree, env=environment, capture_output=True, text=True
    )
    assert "unleak_engine.rewrite" in done.stderr
    return json.loads(done.stdout), "libcst" in done.stderr


@pytest.mark.parametrize("proof", PROOFS, ids=[f"{p.parent.name}/{p.name}" for p in PROOFS])
@pytest.mark.parametrize("side", ["before", "after"])
def test_proof(proof: Path, side: str, tmp_path: Path) -> None:
    source = proof.with_name(proof.name.replace(".proof.py", ".py"))
    data = source.read_bytes()
    if side == "after":
        data = apply_diff(data, source.with_suffix(".diff").read_bytes())
    subject = tmp_path / "subject.py"
    subject.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", HARNESS, subject, proof, side],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    measured, claim = json.loads(done.stdout)
    assert claim
    for name, (least, most) in claim.items():
        assert least <= measured[name] <= most, f"{side}: {name} is {measured[name]}"


def test_libcst_waits_for_a_python_file_that_can_match(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_bytes(JS)
    (tmp_path / "b.py").write_bytes(b"stream = open('a')\nstream.close()  # .pipe( 'close'\n")
    report, loaded = checked(tmp_path)
    assert not loaded
    assert {finding["path"] for finding in report["findings"]} == {"a.js"}

    (tmp_path / "c.py").write_bytes(LEAK)
    report, loaded = checked(tmp_path)
    assert loaded
    assert {finding["path"] for finding in report["findings"]} == {"a.js", "c.py"}


def test_what_is_installed_is_not_the_users(tmp_path: Path) -> None:
    for folder in (".venv/lib/site-packages/x", "src"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_bytes(LEAK)
    report, _ = checked(tmp_path)
    assert {finding["path"] for finding in report["findings"]} == {"src/a.py"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"# coding: latin-1\n" + LEAK, "not-utf-8"),
        (LEAK + b"# \xe9\n", "not-utf-8"),
        (LEAK + b"print 'two'\n", "syntax-error"),
        (b"x = " + b"(" * 30_000 + b")" * 30_000, "too-deep"),
        (b"x = " + b"1+" * 500 + b"1", "too-deep"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        parse("a.py", data)
    assert raised.value.code in {code, "syntax-error"}


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"#!/usr/bin/env python\n\x0c\n"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_bytes_around_an_edit_stay(start: bytes, ending: bytes, last: bool) -> None:
    from unleak.registry import load

    doc = '"""Ärger."""\nfrom __future__ import annotations\n'.encode()
    data = (start + doc + LEAK).replace(b"    ", b"\t").replace(b"\n", ending)
    data = data if last else data.rstrip()
    done = rewrite_bytes("a.py", data, [load("close-not-awaited")])
    line = ending + b"\tawait writer.wait_closed()"
    closing = data.index(b"writer.close()") + len(b"writer.close()")
    assert done.after == data[:closing] + line + data[closing:]
    assert not done.dropped
