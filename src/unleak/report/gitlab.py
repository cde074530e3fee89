"""GitLab's Code Quality report: a JSON array with an object for each finding.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from collections.abc import Iterator
from typing import Any

from unleak.report.forms import View
from unleak.report.json import dumps
from unleak.report.told import Told, headline, lost, open_ones, stale
from unleak.run import Outcome
from unleak_engine.source import Position

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(outcome: Outcome, view: View) -> Iterator[str]:
    findings = [_issue(told) for told in open_ones(outcome)]
    problems = [
        {
            "description": one.sentence,
            "check_name": one.title,
            "fingerprint": one.fingerprint,
            "severity": _SEVERITIES[one.level],
            "location": {"path": one.name, "lines": {"begin": 1}},
        }
        for one in (*lost(outcome), *stale(outcome))
    ]
    yield dumps([*findings, *problems])


def _issue(told: Told) -> dict[str, Any]:
    finding = told.finding
    return {
        "description": f"{headline(finding)} [{told.state}]",
        "check_name": finding.codemod,
        "fingerprint": finding.fingerprint,
        "severity": "major",
        "location": {
            "path": told.name,
            "positions": {"begin": _at(finding.start), "end": _at(finding.end)},
        },
    }


def _at(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
