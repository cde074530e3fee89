"""Every option of every verb is on docs/options.md, has help and is tested; shells complete it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import options
from unleak.cli.app import command

ROOT = Path(__file__).resolve().parent.parent
TESTS = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in ("tests", "tests_desktop")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if file != Path(__file__).resolve() and "soak" not in file.parts
)
UNTESTABLE = {"--install-completion", "--show-completion"}
"""They ask which shell has started them, and write where it looks; what they install is below."""


def test_the_page_of_options_is_fresh() -> None:
    assert options.PAGE.read_text(encoding="utf-8") == options.page()


def test_every_option_has_help_and_is_used_in_a_test() -> None:
    missing = []
    for context in options.walked(command(["--help"]), "unleak"):
        for option in context.command.params:
            names = [name for name in (*option.opts, *option.secondary_opts) if name[:1] == "-"]
            if not names or UNTESTABLE & {*names}:
                continue
            if not getattr(option, "help", None):
                missing.append(f"{context.info_name} {names}: no help")
            if not any(re.search(rf"""["' ]{re.escape(name)}(?![\w-])""", TESTS) for name in names):
                missing.append(f"{context.info_name} {names}: in no test")
    assert missing == []


@pytest.mark.parametrize(
    ("shell", "asked"),
    [
        ("bash", {"COMP_WORDS": "unleak check --sel", "COMP_CWORD": "2"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "unleak check --sel"}),
        (
            "fish",
            {
                "_TYPER_COMPLETE_ARGS": "unleak check --sel",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            },
        ),
    ],
)
def test_a_shell_completes_verbs_and_options(shell: str, asked: dict[str, str]) -> None:
    def unleak(**variables: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", "from unleak.cli import main; main()"],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
        ).stdout

    assert "_UNLEAK_COMPLETE" in unleak(_UNLEAK_COMPLETE=f"source_{shell}")
    said = unleak(_UNLEAK_COMPLETE=f"complete_{shell}", **asked)
    assert "--select" in said
    assert "--max-bytes" not in said
    verb = {name: value.replace("check --sel", "ch") for name, value in asked.items()}
    verb = {name: "1" if value == "2" else value for name, value in verb.items()}
    said = unleak(_UNLEAK_COMPLETE=f"complete_{shell}", **verb)
    assert "check" in said
    assert "batch" not in said
