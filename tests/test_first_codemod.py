"""docs/first-codemod.md, followed word by word: its files are written and its commands typed, in
the order of the page, and the screen must be what the page shows. `--update-golden` writes what
the screen showed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from unleak.proofs.nodes import installed_nodes

PAGE = ROOT / "docs" / "first-codemod.md"
FILE = r"^`([^`\n]+)`:\n\n```\w+\n(?P<text>.*?)^```$"
CONSOLE = r"^```console\n(?P<typed>.*?)^```$"
STEP = re.compile(f"{FILE}|{CONSOLE}", re.DOTALL | re.MULTILINE)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of a user who has unleak, one Node and a home, and nothing else."""
    scripts = Path(sys.executable).parent
    assert (scripts / "unleak").exists(), "unleak is not installed; `make setup` does it"
    home = tmp_path / "home"
    home.mkdir()
    nodes = installed_nodes()
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return kept | {
        "HOME": str(home),
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": os.pathsep.join([str(scripts), os.defpath]),
        "UNLEAK_NODE": str(nodes.get("24") or list(nodes.values())[-1]),
    }


def typed(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command says; both streams as they come."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = re.sub(r"on Node \d+$", "on Node 24", done.stdout.decode(), flags=re.MULTILINE)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_the_page_can_be_followed(
    tmp_path: Path, environment: dict[str, str], update_golden: bool
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    screens: list[str] = []

    def follow(step: re.Match[str]) -> str:
        if step[1]:
            path = folder / step[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["text"])
            return step[0]
        lines = step["typed"].splitlines()
        commands = [line[2:] for line in lines if line.startswith("$ ")]
        screen = "".join(f"$ {one}\n{typed(one, folder, environment)}" for one in commands)
        screens.append(screen)
        return f"```console\n{screen}```"

    told = PAGE.read_text()
    real = STEP.sub(follow, told)
    if update_golden:
        PAGE.write_text(real)

    assert "Traceback" not in real
    assert len(screens) >= 8
    assert PAGE.read_text() == real
    # What the reader has in the end: code that is mended, and a codemod that is proved.
    assert "input.on('error', done);" in (folder / "app" / "lines.js").read_text()
    assert any("all is well" in screen and "scenarios run" in screen for screen in screens)
    assert typed("unleak test -q; echo $?", folder, environment) == "0\n"
