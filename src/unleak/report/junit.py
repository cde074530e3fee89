"""JUnit's XML, as Jenkins and GitLab read it: a suite for each file, a failure for each finding."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from unleak.report.forms import View
from unleak.report.frame import frame
from unleak.report.paths import shown
from unleak.report.terminal import PLAIN
from unleak.report.told import ACCEPTED, Told, found, headline, lost, remarks, stale
from unleak.run import Outcome

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_NEVER = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, however it is written."""


def render(outcome: Outcome, view: View) -> Iterator[str]:
    suites = [_Suite(path, list(group)) for path, group in groupby(_cases(outcome, view), _path)]
    if not suites:
        suites = [_Suite("unleak", [_Case("unleak", "no findings", "")])]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    counts = [suite.counts for suite in suites]
    tests, failures, errors, _ = (sum(numbers) for numbers in zip(*counts, strict=True))
    named: dict[str, str | int] = {"name": "unleak", "tests": tests}
    named |= {"failures": failures, "errors": errors}
    yield f"<testsuites{_attributes(named)}>\n"
    for suite in suites:
        yield from suite.lines()
    yield "</testsuites>\n"


class _Case:
    """A test: what was looked at in the file `path`, and how that ended. `kind` is the element in
    it, "" when it passed."""

    def __init__(
        self, path: str, name: str, kind: str, code: str = "", message: str = "", body: str = ""
    ) -> None:
        self.path = path
        self.kind = kind
        self._named: dict[str, str | int] = {"name": name, "classname": path}
        self._ended: dict[str, str | int] = {"type": code, "message": message}
        self._body = body

    def lines(self) -> Iterator[str]:
        head = f"    <testcase{_attributes(self._named)}"
        if not self.kind:
            yield f"{head}/>\n"
            return
        yield f"{head}>\n"
        yield f"      <{self.kind}{_attributes(self._ended)}>{_text(self._body)}</{self.kind}>\n"
        yield "    </testcase>\n"


class _Suite:
    def __init__(self, path: str, cases: list[_Case]) -> None:
        self._path = path
        self._cases = cases
        kinds = [case.kind for case in cases]
        ended = (kinds.count(kind) for kind in ("failure", "error", "skipped"))
        self.counts = (len(cases), *ended)

    def lines(self) -> Iterator[str]:
        tests, failures, errors, skipped = self.counts
        named: dict[str, str | int] = {"name": self._path, "tests": tests, "failures": failures}
        named |= {"errors": errors, "skipped": skipped}
        yield f"  <testsuite{_attributes(named)}>\n"
        for case in self._cases:
            yield from case.lines()
        yield "  </testsuite>\n"


def _path(case: _Case) -> str:
    return case.path


def _cases(outcome: Outcome, view: View) -> Iterable[_Case]:
    """In the order of the paths, of a file the findings first."""
    cases = [_finding(told, view) for told in found(outcome)]
    for one in (*lost(outcome, harmless=True), *stale(outcome)):
        kind = "skipped" if one.level == "note" else "error"
        path = shown(f"{outcome.root}/{one.path}", view.cwd)
        cases.append(_Case(path, one.title, kind, one.code, one.message, one.message))
    return sorted(cases, key=_path)


def _finding(told: Told, view: View) -> _Case:
    finding, result = told.finding, told.result
    path = shown(result.file, view.cwd)
    at = finding.start
    name = f"{finding.codemod}:{at.line}:{at.column}"
    kind = "skipped" if finding.status in ACCEPTED else "failure"
    code = frame(result.before, finding.span, finding.anchor, at.line, PLAIN)
    said = [
        f"{path}:{at.line}:{at.column}: {finding.codemod} {headline(finding)} [{told.state}]",
        *code,
        *remarks(finding),
        f"Fingerprint: {finding.fingerprint}",
    ]
    return _Case(path, name, kind, finding.codemod, headline(finding), "\n".join(said))


def _attributes(values: dict[str, str | int]) -> str:
    return "".join(f' {name}="{_attribute(str(value))}"' for name, value in values.items())


def _attribute(text: str) -> str:
    return re.sub('[&<>"\n\t]', lambda match: _ESCAPES[match[0]], _NEVER.sub("\ufffd", text))


def _text(text: str) -> str:
    return re.sub("[&<>]", lambda match: _ESCAPES[match[0]], _NEVER.sub("\ufffd", text))
