"""`--helpers`: at the end of the file, inline, or in a module that is made when it is not there."""

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from unleak.cli.entry import main

EXAMPLE = ROOT / "golden" / "drain_wait_hangs" / "example.mjs"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    (tmp_path / "src").mkdir()
    shutil.copy(EXAMPLE, tmp_path / "src" / "save.mjs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("../drained.mjs", id="outside of the repository"),
        pytest.param("lib/drained", id="no module's name"),
        pytest.param("lib/drained.py", id="another language"),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(
    repository: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fix", "--helpers", place]) == 2
    assert "--helpers" in capsys.readouterr().err
    assert (repository / "src" / "save.mjs").read_bytes() == EXAMPLE.read_bytes()


def test_a_module_is_made_where_none_is(repository: Path) -> None:
    assert main(["fix", "--helpers", "lib/drained.mjs"]) == 0
    assert "from '../lib/drained.mjs'" in (repository / "src" / "save.mjs").read_text()
    assert "export function drainedStrict" in (repository / "lib" / "drained.mjs").read_text()


def test_one_module_holds_the_helpers_of_all_codemods(repository: Path) -> None:
    other = ROOT / "golden" / "write_ignores_backpressure" / "example.mjs"
    shutil.copy(other, repository / "src" / "rows.mjs")
    assert main(["fix", "--unsafe-fixes", "--helpers", "lib/drained.mjs"]) == 0
    assert "import { drained } from" in (repository / "src" / "rows.mjs").read_text()
    assert "export function drained(" in (repository / "lib" / "drained.mjs").read_text()
    assert "export function drainedStrict(" in (repository / "lib" / "drained.mjs").read_text()


def test_a_module_that_is_there_is_left_alone(repository: Path) -> None:
    (repository / "drained.mjs").write_text("export const drainedStrict = mine;\n")
    assert main(["fix", "--helpers", "drained.mjs"]) == 0
    assert (repository / "drained.mjs").read_text() == "export const drainedStrict = mine;\n"


def test_the_patch_brings_the_module(
    repository: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["diff", "--helpers", "lib/drained.mjs"]) == 1
    patch = capfdbinary.readouterr().out
    subprocess.run(["git", "apply", "-"], cwd=repository, input=patch, check=True)
    assert "export function drainedStrict" in (repository / "lib" / "drained.mjs").read_text()
    assert main(["check", "--helpers", "lib/drained.mjs"]) == 0


def test_inline_brings_no_helper(repository: Path) -> None:
    assert main(["fix", "--helpers", "inline"]) == 0
    text = (repository / "src" / "save.mjs").read_text()
    assert "drainedStrict" not in text
    assert "new AbortController()" in text
