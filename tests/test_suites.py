"""What suites.py reads out of a plan and a runner's output, and what it calls a difference."""

import json
import re
from pathlib import Path

import pytest

from scripts import suites
from scripts.suites import Ran, SuiteError, compare, exits, lean, marked, read_plan

TAP = """\
TAP version 13
ok 1 - adds two numbers # time=12.3ms
some words a test prints
    not ok 1 - opens
    ok 2 opens
ok 3 - later # SKIP no socket
ok
not ok 4 - fails # time=3ms {
okay 5 - is no result
1..4
"""


def test_tap_is_read_between_other_output() -> None:
    assert suites.read_tap(TAP) == {
        "adds two numbers": "ok",
        "  opens": "failed",
        "  opens (2)": "ok",
        "later": "skipped",
        "": "ok",
        "fails": "failed",
    }


def test_jest_tests_are_named_below_their_file() -> None:
    tests = [
        {"fullName": "parses", "status": "passed"},
        {"fullName": "parses", "status": "failed"},
        {"fullName": "waits", "status": "pending"},
    ]
    files = [
        {"name": "/x/a.spec.ts", "status": "failed", "assertionResults": tests},
        {"name": "/x/b.spec.ts", "status": "failed", "assertionResults": []},
    ]

    assert suites.read_jest(json.dumps({"testResults": files})) == {
        "a.spec.ts: parses": "ok",
        "a.spec.ts: parses (2)": "failed",
        "a.spec.ts: waits": "skipped",
        "b.spec.ts": "failed",
    }


@pytest.mark.parametrize("text", ["", "not a result at all"])
def test_a_runner_that_fell_over_has_no_results(text: str) -> None:
    assert suites.read_tap(text) == {}
    assert suites.read_counts(text) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("  12 passing (3s)\n  1 failing\n", {"passing": "12", "failing": "1"}),
        ("7 specs, 0 failures", {"specs": "7", "failures": "0"}),
        ("  Total:     5\n  Passed:    4\n", {"Total": "5", "Passed": "4"}),
    ],
)
def test_totals_are_read(text: str, found: dict[str, str]) -> None:
    assert suites.read_counts(text) == found


def test_only_what_never_came_out_so_before_differs() -> None:
    before = [
        {"a": "ok", "b": "ok", "c": "ok", "gone": "ok"},
        {"a": "ok", "b": "failed", "c": "ok"},
    ]
    after = [{"a": "ok", "b": "failed", "c": "failed"}]

    differs, unsteady = compare(before, after)

    assert differs == ["c: ok, then failed"]
    assert unsteady == [
        "b: failed or ok, then failed",
        "gone: not run or ok, then not run",
    ]


def test_a_lost_and_a_new_test_differ() -> None:
    differs, unsteady = compare([{"old": "ok"}], [{"new": "ok"}])

    assert differs == ["old: ok, then not run", "new: not run, then ok"]
    assert not unsteady


def test_an_exit_code_differs_when_it_never_occurred_before() -> None:
    assert exits(Ran(exits=[0]), Ran(exits=[1])) == ["exit 0, then 1"]
    assert exits(Ran(exits=[0, 1]), Ran(exits=[1])) == []


def test_new_calls_are_marked_and_old_ones_are_not() -> None:
    before = "a.pipe(b);\npipeline(c, d, done);\n"
    after = (
        "const { pipeline } = require('stream');\npipeline(a, b, done);\npipeline(c, d, done);\n"
    )

    text, count = marked(before, after, "lib/x.js")

    assert count == 1
    mark = '...(process._rawDebug("unleak-reached lib/x.js:2"), [])'
    assert text == after.replace("pipeline(a,", f"pipeline({mark}, a,")


def test_marks_are_typed_in_typescript() -> None:
    text, count = marked("a.pipe(b)\n", "await pipeline(a, b)\n", "x.ts")

    assert count == 1
    assert "(process as any)._rawDebug" in text
    assert "[] as []" in text


def test_what_tests_nothing_is_not_installed() -> None:
    manifest = {
        "scripts": {"postinstall": "anything"},
        "dependencies": {"a": "1"},
        "devDependencies": {"mocha": "10", "eslint-plugin-x": "1", "grunt": "1"},
    }

    suite = suites.Suite("x", "mocha", package="x@1", without=("grunt",))
    assert lean(manifest, suite) == {
        "dependencies": {"a": "1"},
        "devDependencies": {"mocha": "10"},
    }
    given = suites.Suite("x", "mocha", package="x@1", need=("mocha@9",))
    assert lean(manifest, given)["devDependencies"] == {}


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        ("x =", "not TOML"),
        ("x = 1", "a table was expected"),
        ("[x]\npackage = 'x@1'", "needs `run`"),
        ("[x]\nrun = 'tape'", "one of `package` and `folder`"),
        ("[x]\nrun = 'tape'\npackage = 'x'\nfolder = 'y'", "one of `package` and `folder`"),
        ("[x]\nrun = 'tape'\npackage = 'x'\nsorce = []", "did you mean source?"),
        ("[x]\nrun = 'tape'\npackage = 'x'\nsource = 'lib'", "source must be a list"),
        ("[x]\nrun = 'tape'\npackage = 'x'\nresults = 'xml'", "results must be one of"),
    ],
)
def test_a_plan_says_what_is_wrong_with_it(plan: str, why: str) -> None:
    with pytest.raises(SuiteError, match=re.escape(why)):
        read_plan(plan)


def test_the_plan_here_can_be_read_and_pins_every_package() -> None:
    plan = read_plan(Path(suites.PLAN).read_text())

    assert plan
    assert not [suite.name for suite in plan if not re.search(r".@\d+\.\d+\.\d+$", suite.package)]
