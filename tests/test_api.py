"""docs/api.md tells what `unleak` exports, and its examples run."""

import re

import libcst as cst
from conftest import ROOT

import unleak
from unleak.packs.checking import WORLD, WORLDLY_CALLS

PAGE = ROOT / "docs" / "api.md"


def test_every_name_and_no_other_is_on_the_page() -> None:
    table = PAGE.read_text().partition("<!-- names -->")[2].partition("<!-- /names -->")[0]
    told = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)

    assert told == sorted(unleak.__all__)
    assert all(getattr(unleak, name) is not None for name in told)


def test_the_examples_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {"__name__": "acme_unread", "__doc__": "Unread."}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)

    assert len(blocks) == 4
    assert "assert" in "".join(blocks)
    assert names["find"].name == "acme-unread"  # type: ignore[attr-defined]


def test_what_a_match_can_be_asked_is_there() -> None:
    from unleak_engine.bindings import Bindings
    from unleak_engine.functions import Functions
    from unleak_engine.python.source import PythonSource
    from unleak_engine.source import Source

    homes = {"source": Source, "bindings": Bindings, "functions": Functions}
    for name, home in homes.items():
        row = re.search(rf"^\| `match\.{name}` \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
        assert row
        members = re.findall(r"`\.(\w+)", row[1])
        assert len(members) > 3
        assert [member for member in members if not hasattr(home, member)] == []
    told = PAGE.read_text().partition("`match.node` is the call. ")[2].partition("\n\n")[0]
    members = re.findall(r"`\.(\w+)", told)
    assert len(members) > 6
    source = PythonSource("a.py", b"", cst.parse_module(""))
    assert [member for member in members if not hasattr(source, member)] == []


def test_packs_are_judged_as_our_own_codemods_are() -> None:
    from test_house import WORLD as OURS
    from test_house import WORLDLY_CALLS as OUR_CALLS

    assert OURS <= WORLD
    assert OUR_CALLS == WORLDLY_CALLS
