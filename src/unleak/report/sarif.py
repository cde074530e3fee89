"""SARIF 2.1.0, as GitHub code scanning, Azure DevOps and IDEs read it.

A fix is a `fix` with its exact bytes, the evidence for a stream a `codeFlow` that leads from the
proof to the place of use, and what was not judged a notification of the invocation.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from unleak import registry
from unleak.report.evidence import said
from unleak.report.forms import View
from unleak.report.json import dumps
from unleak.report.terminal import visible
from unleak.report.told import (
    ACCEPTED,
    Lost,
    Places,
    Told,
    found,
    headline,
    lost,
    remarks,
    stale,
    uri,
)
from unleak.run import Outcome
from unleak_engine.codemod import Grounds
from unleak_engine.edit import Edit

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "unleak/v1"
TOP = "SRCROOT"

_LINE = re.compile(r"\bline (\d+)")
_ELSEWHERE = re.compile(r" (?:of|at) (\S+\.(?:[cm]?[jt]sx?|pyi?)):(\d+)\b")
"""How a reason names a line, and one of another file."""


def render(outcome: Outcome, view: View) -> Iterator[str]:
    everything = list(found(outcome))
    names = sorted({told.finding.codemod for told in everything})
    results: list[dict[str, Any]] = []
    for _, group in groupby(everything, lambda told: told.path):
        of_file = list(group)
        places = Places(of_file[0].result.before)
        results += (_result(told, places, names) for told in of_file)
    run = {
        "tool": {"driver": _driver(names)},
        "invocations": [_invocation([*lost(outcome, harmless=True), *stale(outcome)])],
        "originalUriBaseIds": {
            TOP: {"description": {"text": "The top of the work tree that was looked at."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    yield dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(names: list[str]) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "name": "unleak",
        "semanticVersion": version("unleak"),
        "rules": [_rule(name) for name in names],
    }


def _rule(name: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": name, "defaultConfiguration": {"level": "error"}}
    try:
        codemod = registry.load(name)
    except registry.UnknownNameError:
        return rule
    _, _, doc = codemod.doc.strip().partition("\n")
    return rule | {
        "shortDescription": {"text": codemod.summary},
        "fullDescription": {"text": registry.entry(name).why},
        "help": {"text": doc.strip(), "markdown": doc.strip()},
        "properties": {"tags": ["reliability", "stream-leak"]},
    }


def _result(told: Told, places: Places, names: list[str]) -> dict[str, Any]:
    finding = told.finding
    text = "\n".join([headline(finding), *remarks(finding)])
    result: dict[str, Any] = {
        "ruleId": finding.codemod,
        "ruleIndex": names.index(finding.codemod),
        "level": "error",
        "message": {"text": text, "markdown": text.replace("\n", "\n\n")},
        "locations": [_location(told.path, _site(told, places))],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
    }
    flows = [_flow(told, grounds, places) for grounds in finding.evidence]
    if flows:
        result["codeFlows"] = flows
    if finding.edits:
        result["fixes"] = [_fix(told, places)]
    if finding.status in ACCEPTED:
        why = {"justification": visible(finding.why)} if finding.why else {}
        result["suppressions"] = [{"kind": ACCEPTED[finding.status], **why}]
    result["properties"] = {"status": finding.status, "safety": finding.safety.value}
    return result


def _site(told: Told, places: Places) -> dict[str, int]:
    """From where a reader looks to the end of the site."""
    finding = told.finding
    return _region(places, finding.anchor, max(finding.anchor, finding.span.end))


def _flow(told: Told, grounds: Grounds, places: Places) -> dict[str, Any]:
    """The reasons for one stage, the proof first."""
    steps: list[dict[str, Any]] = []
    at = _location(told.path, _stage(told, grounds, places))
    path = told.path
    for reason in said(grounds):
        # What follows a reason that leads elsewhere is about what stands there.
        elsewhere, line = _ELSEWHERE.search(reason), _LINE.search(reason)
        if elsewhere:
            path = elsewhere[1]
            at = _location(path, {"startLine": int(elsewhere[2])})
        elif line:
            at = _location(path, {"startLine": int(line[1])})
        steps.append({"location": at | {"message": {"text": visible(reason)}}})
    summary = f"`{grounds.text}`: {grounds.level} to be a stream"
    return {
        "message": {"text": visible(summary)},
        "threadFlows": [{"locations": steps[::-1]}],
    }


def _stage(told: Told, grounds: Grounds, places: Places) -> dict[str, int]:
    """Where the code of a stage stands in the site, if it was not shortened; else the site."""
    data, span, text = told.result.before, told.finding.span, grounds.text.encode()
    at = data.find(text, span.start, span.end) if text else -1
    return _site(told, places) if at == -1 else _region(places, at, at + len(text))


def _fix(told: Told, places: Places) -> dict[str, Any]:
    finding = told.finding
    replacements = [_replacement(edit, places) for edit in finding.edits]
    change = {"artifactLocation": _artifact(told.path), "replacements": replacements}
    said = f"{finding.codemod} ({finding.safety.value})"
    return {"description": {"text": said}, "artifactChanges": [change]}


def _replacement(edit: Edit, places: Places) -> dict[str, Any]:
    replacement: dict[str, Any] = {"deletedRegion": _region(places, edit.start, edit.end)}
    if edit.text:
        replacement["insertedContent"] = {"text": edit.text.decode(errors="replace")}
    return replacement


def _location(path: str, region: dict[str, int]) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": uri(path), "uriBaseId": TOP}


def _region(places: Places, start: int, end: int) -> dict[str, int]:
    first, last = places.position(start), places.position(end)
    return {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
        "byteOffset": start,
        "byteLength": end - start,
    }


def _invocation(problems: list[Lost]) -> dict[str, Any]:
    told = [
        {
            "descriptor": {"id": one.code},
            "level": one.level,
            "message": {"text": one.message},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(one.path)}}],
        }
        for one in problems
    ]
    failed = any(one.level == "error" for one in problems)
    return {"executionSuccessful": not failed, "toolExecutionNotifications": told}
