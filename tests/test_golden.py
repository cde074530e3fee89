"""Every golden case: the findings, the diff, and that a second run has nothing to do.

A case is `golden/<codemod>/<case>.<suffix>`. Beside it stand `<case>.diff` (absent: nothing
changes), `<case>.findings` (absent: silence) and, where they matter, `<case>.target.json` and
`<case>.options.json`. The cases of `golden/combined` and `golden/articles` are asked of all
codemods at once. A refusal may have a `<case>.by_hand.<suffix>`: the file as a careful hand
writes it who follows the recipe, proved by the `<case>.proof.mjs` beside it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from unleak.golden import TOGETHER, by_hand, is_case
from unleak.registry import entries, load
from unleak_engine.codemod import Options
from unleak_engine.grammars import PYTHON, language_of
from unleak_engine.patch import apply_diff, file_diff
from unleak_engine.python.source import parses
from unleak_engine.rewrite import Context, analyse_bytes, rewrite_bytes
from unleak_engine.source import parse
from unleak_engine.target import Target

GOLDEN = ROOT / "golden"
CASES = sorted(
    path
    for path in GOLDEN.glob("*/*")
    if language_of(path.name) is not None and ".proof" not in path.name and is_case(path)
)
ALL = [load(entry.name) for entry in entries()]
BY_HAND = [case for case in CASES if by_hand(case).exists()]


def context_of(case: Path) -> Context:
    return Context(
        target=Target(**beside(case, "target.json")),
        options=Options(**beside(case, "options.json")),
    )


def beside(case: Path, suffix: str) -> dict[str, Any]:
    path = case.with_name(f"{case.stem}.{suffix}")
    return json.loads(path.read_text()) if path.exists() else {}


def codemods_of(case: Path) -> list:
    return ALL if case.parent.name in TOGETHER else [load(case.parent.name.replace("_", "-"))]


def errors(name: str, data: bytes) -> int:
    if language_of(name) == PYTHON:
        return 0 if parses(name, data) else 1
    return parse(name, data).error_count


def told(case: Path, data: bytes, context: Context) -> str:
    found = analyse_bytes(case.name, data, codemods_of(case), context)
    assert not [p for p in found.problems if p.code == "internal"], found.problems
    outside = [f for f in found.findings if not f.span.start <= f.anchor < f.span.end]
    assert not outside, outside
    named = case.parent.name in TOGETHER
    lines = [
        f"{f.start.line}:{f.start.column} {f.status}"
        + (f" {f.safety}" if f.fixable else "")
        + (f" {f.codemod}" if named else "")
        for f in found.findings
    ]
    return "".join(line + "\n" for line in lines)


@pytest.mark.parametrize("case", CASES, ids=[f"{c.parent.name}/{c.name}" for c in CASES])
def test_golden(case: Path, update_golden: bool) -> None:
    data, context = case.read_bytes(), context_of(case)
    findings = case.with_name(f"{case.stem}.findings")
    diff = case.with_name(f"{case.stem}.diff")

    done = rewrite_bytes(case.name, data, codemods_of(case), context)
    assert not done.dropped, done.dropped
    patch = file_diff(data, done.edits, path=case.name) if done.after != data else b""
    actual = told(case, data, context)
    if update_golden:
        write(findings, actual.encode())
        write(diff, patch)
    assert actual == (findings.read_text() if findings.exists() else "")
    assert patch == (diff.read_bytes() if diff.exists() else b"")

    if patch:
        assert apply_diff(data, patch) == done.after
        assert errors(case.name, done.after) <= errors(case.name, data)
        again = rewrite_bytes(case.name, done.after, codemods_of(case), context)
        assert again.after == done.after


@pytest.mark.parametrize("case", CASES, ids=[f"{c.parent.name}/{c.name}" for c in CASES])
def test_all_codemods_come_to_rest_together(case: Path) -> None:
    """Whatever the order they are given in, and with nothing left that a second run would do."""
    data, context = case.read_bytes(), context_of(case)
    done = rewrite_bytes(case.name, data, ALL, context)
    assert not done.dropped, done.dropped
    assert not [p for p in done.problems if p.code == "internal"], done.problems
    assert rewrite_bytes(case.name, data, ALL[::-1], context).after == done.after
    assert rewrite_bytes(case.name, done.after, ALL, context).after == done.after


@pytest.mark.parametrize("case", BY_HAND, ids=[f"{c.parent.name}/{c.name}" for c in BY_HAND])
def test_a_recipe_can_be_followed(case: Path) -> None:
    """Written by hand it parses, is left as it is, and says what was found no more."""
    data, hand = case.read_bytes(), by_hand(case)
    written, context, codemods = hand.read_bytes(), context_of(case), codemods_of(case)

    assert case.name.startswith("skip_")
    assert case.with_name(f"{case.stem}.proof.mjs").exists(), "a recipe is believed when tried"
    assert parse(hand.name, written).error_count == 0
    assert rewrite_bytes(hand.name, written, codemods, context).after == written
    found = analyse_bytes(case.name, data, codemods, context).findings
    left = analyse_bytes(hand.name, written, codemods, context).findings
    assert found
    assert all(finding.recipe for finding in found)
    assert not {finding.reason for finding in found} & {finding.reason for finding in left}


def test_what_is_written_by_hand_belongs_to_a_case() -> None:
    written = {
        path
        for path in GOLDEN.glob("*/*.by_hand.*")
        if language_of(path.name) is not None and ".proof" not in path.name
    }

    assert BY_HAND
    assert written == {by_hand(case) for case in BY_HAND}


def write(path: Path, data: bytes) -> None:
    if data:
        path.write_bytes(data)
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("case", CASES, ids=[f"{c.parent.name}/{c.name}" for c in CASES])
def test_a_refusal_is_named_for_its_reason(case: Path) -> None:
    has_diff = case.with_name(f"{case.stem}.diff").exists()
    assert case.name.startswith("skip_") != has_diff


def test_refusals_are_at_least_as_many_as_rewrites() -> None:
    for folder in {case.parent for case in CASES if case.parent.name not in TOGETHER}:
        here = [case for case in CASES if case.parent == folder]
        refusals = [case for case in here if case.name.startswith("skip_")]
        assert 2 * len(refusals) >= len(here), folder.name
