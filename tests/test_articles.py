"""Every snippet of the two articles that is wrong is found; every right one is left alone."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from test_golden import codemods_of, context_of

from unleak.golden import is_case
from unleak.registry import entries
from unleak_engine.grammars import grammar_of
from unleak_engine.rewrite import analyse_bytes, rewrite_bytes

FOLDER = ROOT / "golden" / "articles"
CLAIMS = tomllib.loads((ROOT / "docs" / "claims.toml").read_text(encoding="utf-8"))["claim"]
SHOWN = [claim for claim in CLAIMS if "case" in claim]


def case_of(claim: dict[str, Any]) -> Path:
    [found] = [path for path in FOLDER.glob(f"{claim['case']}.*") if grammar_of(path.name)]
    return found


def test_every_claim_is_judged() -> None:
    assert {claim["verdict"] for claim in CLAIMS} == {"right", "imprecise", "wrong"}
    assert {claim["article"] for claim in CLAIMS} == {"playbook", "drain", "both"}
    assert {claim["codemod"] for claim in CLAIMS} <= {"", *(entry.name for entry in entries())}


def test_every_snippet_belongs_to_a_claim() -> None:
    snippets = {path for path in FOLDER.iterdir() if grammar_of(path.name) and is_case(path)}

    assert snippets == {case_of(claim) for claim in SHOWN}


@pytest.mark.parametrize("claim", SHOWN, ids=[claim["case"] for claim in SHOWN])
def test_a_snippet_is_found_or_left_alone(claim: dict[str, Any]) -> None:
    case = case_of(claim)
    data, context = case.read_bytes(), context_of(case)
    found = analyse_bytes(case.name, data, codemods_of(case), context).findings

    if not claim["codemod"]:
        assert not found
        return
    mine = [finding for finding in found if finding.codemod == claim["codemod"]]
    assert mine
    after = rewrite_bytes(case.name, data, codemods_of(case), context).after
    left = analyse_bytes(case.name, after, codemods_of(case), context).findings
    if case.name.startswith("skip_"):
        assert all(finding.recipe for finding in mine)
    else:
        assert not left
