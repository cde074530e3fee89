"""reviewdog's format: diagnostics, with one suggestion for each fix.

A reader of suggestions takes them one by one, so all edits of a fix are one suggestion: to make
half of it would be worse than none. Columns count bytes.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from unleak.report.forms import View
from unleak.report.json import dumps
from unleak.report.paths import shown
from unleak.report.told import Places, Told, headline, lost, open_ones, remarks, stale
from unleak.run import Outcome
from unleak_engine.edit import apply_edits
from unleak_engine.finding import Finding
from unleak_engine.source import Position

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(outcome: Outcome, view: View) -> Iterator[str]:
    diagnostics: list[dict[str, Any]] = []
    for _, group in groupby(open_ones(outcome), lambda told: told.path):
        of_file = list(group)
        places = Places(of_file[0].result.before)
        diagnostics += (_diagnostic(told, places, view) for told in of_file)
    for one in (*lost(outcome), *stale(outcome)):
        diagnostics.append(
            {
                "message": one.sentence,
                "location": {"path": shown(f"{outcome.root}/{one.path}", view.cwd)},
                "severity": _SEVERITIES[one.level],
                "code": {"value": one.title},
                "original_output": f"fingerprint {one.fingerprint}",
            }
        )
    yield dumps({"source": {"name": "unleak"}, "severity": "ERROR", "diagnostics": diagnostics})


def _diagnostic(told: Told, places: Places, view: View) -> dict[str, Any]:
    finding = told.finding
    path = shown(told.result.file, view.cwd)
    end = max(finding.span.end, finding.anchor)
    said = [f"{headline(finding)} [{told.state}]", *remarks(finding)]
    diagnostic: dict[str, Any] = {
        "message": "\n".join(said),
        "location": {"path": path, "range": _range(places, finding.anchor, end)},
        "severity": "ERROR",
        "code": {"value": finding.codemod},
    }
    if finding.edits:
        diagnostic["suggestions"] = [_suggestion(finding, told.result.before, places)]
    diagnostic["original_output"] = f"fingerprint {finding.fingerprint}"
    return diagnostic


def _suggestion(finding: Finding, data: bytes, places: Places) -> dict[str, Any]:
    """From the first byte that is changed to the last, as it will be."""
    start, end = finding.edits[0].start, finding.edits[-1].end
    after = apply_edits(data, finding.edits)
    text = after[start : len(after) - (len(data) - end)]
    return {"range": _range(places, start, end), "text": text.decode(errors="replace")}


def _range(places: Places, start: int, end: int) -> dict[str, Any]:
    return {"start": _at(places.in_bytes(start)), "end": _at(places.in_bytes(end))}


def _at(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
