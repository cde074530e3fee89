"""Python beside Node: what is read, what is left unread, and what the rewrites are proved by."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from unleak.proofs import ProofCase, find_python_cases, run_python_proofs
from unleak.proofs.__main__ import main
from unleak_engine.python.source import parse
from unleak_engine.rewrite import rewrite_bytes
from unleak_engine.source import UnreadableError

PROOFS = list(find_python_cases(ROOT / "golden"))
LEAK = b"""import asyncio


async def send(data):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    writer.write(data)
    writer.close()
"""
JS = b"const fs = require('fs');\nfs.createReadStream('a').pipe(fs.createWriteStream('b'));\n"


def checked(tree: Path) -> tuple[dict, bool]:
    """What `unleak check` reports of a tree, and whether it imported libcst for that."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tree), "PATH": os.defpath}
    words = ["-X", "importtime", "-m", "unleak", "check", "--output-format", "json", "--jobs", "1"]
    done = subprocess.run(
        [sys.executable, *words, "."], cwd=tree, env=environment, capture_output=True, text=True
    )
    assert "unleak_engine.rewrite" in done.stderr
    return json.loads(done.stdout), "libcst" in done.stderr


@pytest.mark.parametrize("case", PROOFS, ids=[f"{one.codemod}/{one.name}" for one in PROOFS])
def test_proof(case: ProofCase) -> None:
    [result] = run_python_proofs([case])
    assert not result.unmet, result.said


def test_proofs_print_what_they_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--codemod", "close-not-awaited"]) == 0
    shown = capsys.readouterr()
    assert re.search(r"\n    bytes lost +\d\d,\d{3},\d{3} → 0\n", shown.out)
    assert "1 of 1 claims hold" in shown.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("BEFORE = AFTER = {'n': (1, 2)}\nrun = lambda subject: {'n': 3}", "n: 3, not 1 to 2"),
        ("BEFORE = AFTER = {'n': (1, 1)}\nrun = lambda subject: {}", "does not measure n"),
        ("BEFORE = AFTER = {}\nrun = lambda subject: {}", "claims nothing"),
        ("raise SystemExit(3)", "could not run: exit 3"),
        ("BEFORE = AFTER = {}\nrun = lambda subject: input.wait()", "could not run: exit 1"),
    ],
)
def test_a_proof_can_fail(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "close_not_awaited"
    folder.mkdir()
    (folder / "it.py").write_bytes(b"x = 1\n")
    (folder / "it.by_hand.py").write_bytes(b"x = 2\n")
    (folder / "it.proof.py").write_text(text)
    assert main(["--golden", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err


def test_libcst_waits_for_a_python_file_that_can_match(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_bytes(JS)
    (tmp_path / "b.py").write_bytes(b"stream = open('a')\nstream.close()  # .pipe( 'close'\n")
    (tmp_path / "e.py").write_bytes(b"# unleak-disable-file close-not-awaited\n")
    report, loaded = checked(tmp_path)
    assert not loaded
    assert {finding["path"] for finding in report["findings"]} == {"a.js", "e.py"}

    (tmp_path / "c.py").write_bytes(LEAK)
    report, loaded = checked(tmp_path)
    assert loaded
    assert {finding["path"] for finding in report["findings"]} == {"a.js", "c.py", "e.py"}


def test_a_line_of_python_is_no_comment_of_javascript() -> None:
    from unleak.registry import load

    places = load("close-not-awaited").places
    assert not list(places(b"  # writer.close()\n"))
    assert list(places(b"n = (a\n  // b.close()\n)\n"))
    assert list(places(b"n = (a\n  * b.close()\n)\n"))


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
