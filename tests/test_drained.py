"""The helper `drainedStrict` on every Node at hand, as a module of each kind."""

import json
import subprocess
from pathlib import Path

import pytest

from unleak.proofs.nodes import installed_nodes
from unleak_codemods.helpers.drained import function_text, helper_module_text, is_helper

MATRIX = Path(__file__).with_name("drained.mjs")
NODES = installed_nodes()
KINDS = {
    "mjs": {"typescript": False, "esm": True},
    "cjs": {"typescript": False, "esm": False},
    "mts": {"typescript": True, "esm": True},
}
STRIPS_TYPES = 24


def test_there_is_a_node() -> None:
    assert NODES


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (line, kind)
        for line in NODES
        for kind in KINDS
        if kind != "mts" or int(line) >= STRIPS_TYPES
    ],
)
def test_the_whole_matrix(line: str, kind: str, tmp_path: Path) -> None:
    module = tmp_path / f"drained.{kind}"
    module.write_text(helper_module_text(**KINDS[kind]))

    done = subprocess.run(
        [NODES[line], MATRIX, module], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report["rows"]) > 25
    wrong = {n: r for n, r in report["rows"].items() if r["got"] not in r["expected"]}
    assert not wrong
    assert not {name: row for name, row in report["rows"].items() if row["left"]}
    assert report["shared"] == 1
    assert report["twelve"] == [True] * 12
    assert report["often"] == 2000
    assert (report["first"], report["next"]) == (True, "pending")
    assert (report["left"], report["warnings"], report["stray"]) == ([], [], [])


def test_the_helper_is_known_again_in_any_style() -> None:
    for typescript in (False, True):
        text = function_text(
            typescript=typescript,
            name="drainedStrict3",
            finished="stream.finished",
            indent="\t",
            quote='"',
            semicolons=False,
        )
        declaration = text.partition("\n")[2]

        assert is_helper(declaration)
        assert is_helper("export " + declaration)
        assert not is_helper(declaration.replace("true", "false", 1))
    assert not is_helper("function drainedStrict(writable) { return true }")


def test_the_helper_holds_no_state_at_the_top() -> None:
    """A script whose `main()` runs above it must find it whole."""
    for typescript in (False, True):
        top = [line for line in function_text(typescript=typescript).splitlines() if line[0] != " "]

        assert [line.split(" ")[0] for line in top] == ["//", "function", "}"]
