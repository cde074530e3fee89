"""The helpers on every Node at hand, as a module of each kind."""

import json
import subprocess
from pathlib import Path

import pytest

from unleak.proofs.nodes import installed_nodes
from unleak_codemods.helpers.drained import (
    HELPERS,
    QUIET,
    STRICT,
    Helper,
    function_text,
    helper_module_text,
    helper_of,
    is_helper,
)

MATRIX = Path(__file__).with_name("drained.mjs")
NODES = installed_nodes()
KINDS = {
    "mjs": {"typescript": False, "esm": True},
    "cjs": {"typescript": False, "esm": False},
    "mts": {"typescript": True, "esm": True},
}
STRIPS_TYPES = 24
KEPT = {"drain", "close", "finish", "Symbol(events.errorMonitor)"}
"""What `drained` keeps listening to, once each, whoever asked and however often."""


def test_there_is_a_node() -> None:
    assert NODES


@pytest.mark.parametrize(
    ("line", "kind", "helper"),
    [
        pytest.param(line, kind, helper, id=f"{line}-{kind}-{helper.name}")
        for helper in HELPERS
        for line in NODES
        for kind in KINDS
        if kind != "mts" or int(line) >= STRIPS_TYPES
    ],
)
def test_the_whole_matrix(line: str, kind: str, helper: Helper, tmp_path: Path) -> None:
    module = tmp_path / f"drained.{kind}"
    module.write_text(helper_module_text(**KINDS[kind]))

    done = subprocess.run(
        [NODES[line], MATRIX, module, helper.name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report["rows"]) > 25
    wrong = {n: r for n, r in report["rows"].items() if r["got"] not in r["expected"]}
    assert not wrong
    left = [{event for event, _ in row["left"]} for row in report["rows"].values()]
    assert all(events in (set(), set() if helper is STRICT else KEPT) for events in left)
    assert report["shared"] == 1
    assert report["twelve"] == [True] * 12
    assert report["often"] == 2000
    assert (report["first"], report["next"]) == (True, "pending")
    assert dict(report["left"]) == ({} if helper is STRICT else dict.fromkeys(KEPT, 1))
    assert (report["warnings"], report["stray"]) == ([], [])


@pytest.mark.parametrize("typescript", [False, True])
@pytest.mark.parametrize("helper", HELPERS, ids=lambda helper: helper.name)
def test_the_helper_is_known_again_in_any_style(helper: Helper, typescript: bool) -> None:
    text = function_text(
        helper,
        typescript=typescript,
        name="drained3",
        needed=f"events.{helper.needs}",
        indent="\t",
        quote='"',
        semicolons=False,
    )
    declaration = text.partition("\n")[2]

    assert helper_of(declaration) == helper
    assert is_helper("export " + declaration)
    assert not is_helper(declaration.replace("Map", "Set", 1))
    assert not is_helper(f"function {helper.name}(writable) {{ return true }}")


@pytest.mark.parametrize("helper", [STRICT, QUIET], ids=lambda helper: helper.name)
def test_the_helper_holds_no_state_at_the_top(helper: Helper) -> None:
    """A script whose `main()` runs above it must find it whole."""
    for typescript in (False, True):
        text = function_text(helper, typescript=typescript)
        top = [line for line in text.splitlines() if line[0] != " "]

        assert [line.split(" ")[0] for line in top] == ["//", "function", "}"]
