"""One JSON object with everything a program may want to know."""

import json
import re
from collections.abc import Iterator
from typing import Any

from unleak.report.forms import View
from unleak.report.paths import relative
from unleak.report.summary import Summary, summary
from unleak.run import NOTE, FileResult, Outcome, text_order
from unleak_engine.exemptions import SUPPRESSED
from unleak_engine.finding import Finding

VERSION = 1

# JSON leaves these as they are, and a terminal would obey them.
_BARE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def render(outcome: Outcome, view: View) -> Iterator[str]:
    yield dumps(
        {
            "version": VERSION,
            "findings": [record(*one, view.cwd) for one in everything(outcome)],
            "skipped": skips(outcome, view.cwd),
            "stale": stale(outcome, view.cwd),
            "summary": totals(summary(outcome)),
        }
    )


def dumps(value: Any) -> str:
    """JSON that any reader may print: names that are not UTF-8 stay one-to-one as escapes."""
    return _escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def line(value: Any) -> str:
    """The same on one line."""
    return _escaped(json.dumps(value, ensure_ascii=False)) + "\n"


def _escaped(text: str) -> str:
    return _BARE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def everything(outcome: Outcome) -> Iterator[tuple[FileResult, Finding]]:
    """What is left and what was accepted, as it stands in the files."""
    for result in outcome.results:
        for finding in sorted((*result.left, *result.kept), key=text_order):
            yield result, finding


def stale(outcome: Outcome, cwd: str) -> list[dict[str, str]]:
    """What baselines hold and was found no more."""
    return [
        {
            "path": relative(old.file, cwd),
            "codemod": old.codemod,
            "fingerprint": old.fingerprint,
            "baseline": relative(of, cwd),
        }
        for old, of in outcome.stale
    ]


def skips(outcome: Outcome, cwd: str) -> list[dict[str, str]]:
    """What was not judged."""
    return [
        {"path": relative(one.path, cwd), "reason": one.code}
        for one in outcome.skipped
        if one.code != NOTE
    ]


def record(result: FileResult, finding: Finding, cwd: str) -> dict[str, Any]:
    return {
        "codemod": finding.codemod,
        "path": relative(result.file, cwd),
        "line": finding.start.line,
        "column": finding.start.column,
        "end_line": finding.end.line,
        "end_column": finding.end.column,
        "start": finding.span.start,
        "end": finding.span.end,
        "message": finding.message,
        "status": finding.status,
        "safety": finding.safety.value,
        "reason": finding.reason,
        "suppression": finding.why if finding.status == SUPPRESSED else None,
        "evidence": [reason for one in finding.evidence for reason in one.reasons],
        "stages": [
            {"text": one.text, "level": one.level, "reasons": list(one.reasons)}
            for one in finding.evidence
        ],
        "node": result.target.said,
        "notes": list(finding.notes),
        "fingerprint": finding.fingerprint,
        "edits": [
            {"start": edit.start, "end": edit.end, "text": edit.text.decode(errors="replace")}
            for edit in finding.edits
        ],
    }


def totals(counted: Summary) -> dict[str, Any]:
    return {
        "files": counted.files,
        "files_with_findings": counted.files_with_findings,
        "findings": counted.findings,
        "fixable": counted.safe + counted.unsafe,
        "safe": counted.safe,
        "unsafe": counted.unsafe,
        "display": counted.display,
        "declined": dict(counted.declined),
        "fixed": counted.fixed,
        "skipped": counted.skipped,
        "suppressed": counted.suppressed,
        "baselined": counted.baselined,
        "stale": counted.stale,
    }
