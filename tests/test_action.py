"""The GitHub Action: what its script says to GitHub, and that action.yml hands it everything."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts" / "action.sh"
ACTION = (ROOT / "action.yml").read_text()
LEAK = "import fs from 'node:fs';\nfs.createReadStream('a').pipe(fs.createWriteStream('b'));\n"
SAFE = """\
import fs from 'node:fs';
export async function copy(a, b) {
  fs.createReadStream(a).pipe(fs.createWriteStream(b));
}
"""
CLEAN = "export const one = 1;\n"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


class Step(NamedTuple):
    """What a step of a workflow leaves behind."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def step(folder: Path, **inputs: str) -> Step:
    """Run the action's script in `folder` as GitHub does."""
    runner = folder.parent / "runner"
    runner.mkdir(exist_ok=True)
    bin_ = runner / "bin"
    bin_.mkdir(exist_ok=True)
    command = bin_ / "unleak"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m unleak "$@"\n')
    command.chmod(0o755)
    output, summary = runner / "output", runner / "summary"
    for file in (output, summary):
        file.write_text("")
    said = {"ARGS": "check --output-format=github", "SRC": ".", "SUMMARY": "true", **inputs}
    ran = subprocess.run(
        ["bash", SCRIPT, "run"],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{bin_}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(runner),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            **{f"INPUT_{name}": value for name, value in said.items()},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = output.read_text().splitlines()
    outputs = {name: value for name, _, value in (line.partition("=") for line in lines)}
    return Step(ran.returncode, ran.stdout, outputs, summary.read_text())


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_leak_is_annotated_summed_up_and_in_sarif_and_fails_the_step(work: Path) -> None:
    (work / "a.mjs").write_text(LEAK)
    found = step(work, SARIF_FILE="out.sarif")
    assert found.code == 1, found.log
    assert "title=unleak pipe-without-pipeline,file=a.mjs,line=2" in found.log
    assert "pipe-without-pipeline" in found.summary
    assert found.outputs == {"exit-code": "1", "sarif-file": "out.sarif"}
    (run,) = json.loads((work / "out.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["pipe-without-pipeline"]


def test_clean_code_passes(work: Path) -> None:
    (work / "a.mjs").write_text(CLEAN)
    found = step(work)
    assert found.code == 0, found.log
    assert found.outputs == {"exit-code": "0"}


def test_findings_may_be_told_and_not_fail(work: Path) -> None:
    (work / "a.mjs").write_text(LEAK)
    found = step(work, FAIL="false", SUMMARY="false")
    assert found.code == 0, found.log
    assert found.outputs == {"exit-code": "1"}
    assert found.summary == ""


@pytest.mark.parametrize(
    "inputs",
    [{"SRC": "gone.mjs"}, {"ARGS": "check --no-such"}, {"SRC": "\n"}, {"ARGS": " "}],
    ids=["missing path", "unknown option", "no path", "no verb"],
)
def test_an_error_fails_even_when_findings_need_not(work: Path, inputs: dict[str, str]) -> None:
    (work / "a.mjs").write_text(CLEAN)
    found = step(work, FAIL="false", **inputs)
    assert found.code == 2, found.log
    assert found.outputs["exit-code"] == "2"


def test_an_option_that_no_report_takes_is_said(work: Path) -> None:
    (work / "a.mjs").write_text(CLEAN)
    found = step(work, ARGS="check --diff")
    assert found.code == 2
    assert "::error::unleak could not write" in found.log


def test_paths_are_one_a_line_and_nothing_in_them_is_run(work: Path) -> None:
    names = ["two words.mjs", "$(touch ran).mjs", "*.mjs", "-q.mjs"]
    for name in names:
        (work / name).write_text(LEAK)
    (work / "other.mjs").write_text(LEAK)
    found = step(work, ARGS="check --output-format=concise", SRC="\n".join(names) + "\n")
    assert found.code == 1, found.log
    assert "5 findings" not in found.log
    assert "4 findings in 4 files" in found.log
    assert not (work / "ran").exists()


def test_options_reach_every_report(work: Path) -> None:
    (work / "a.mjs").write_text(LEAK)
    args = "check --output-format=github --ignore pipe-without-pipeline"
    found = step(work, ARGS=args, SARIF_FILE="out.sarif", NODE=">=20")
    assert found.code == 0, found.log
    assert "pipe-without-pipeline" not in found.summary
    assert json.loads((work / "out.sarif").read_text())["runs"][0]["results"] == []
    assert step(work, NODE="twenty").code == 2


def test_fix_fixes(work: Path) -> None:
    (work / "a.mjs").write_text(SAFE)
    found = step(work, ARGS="fix")
    assert found.code == 0, found.log
    assert "pipeline(" in (work / "a.mjs").read_text()
    assert found.summary == ""


def test_the_action_hands_over_each_input_and_documents_it() -> None:
    declared = ACTION.partition("\ninputs:\n")[2].partition("\noutputs:\n")[0]
    inputs = re.findall(r"^  ([a-z-]+):$", declared, re.MULTILINE)
    handed = re.findall(r"(INPUT_[A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}", ACTION)
    assert inputs
    assert sorted(name for _, name in handed) == sorted(inputs)
    script, page = SCRIPT.read_text(), (ROOT / "docs" / "ci.md").read_text()
    for variable, name in handed:
        assert variable == "INPUT_" + name.upper().replace("-", "_")
        assert variable in script
        assert f"| `{name}` |" in page


def test_no_input_is_part_of_a_command() -> None:
    for line in re.findall(r"^ +run: (.*)$", ACTION, re.MULTILINE):
        assert "${{" not in line
