"""Commands that GitHub Actions turns into annotations, one line each.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator

from unleak.report.forms import View
from unleak.report.told import Told, headline, lost, open_ones, remarks, stale
from unleak.run import Outcome

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render(outcome: Outcome, view: View) -> Iterator[str]:
    for told in open_ones(outcome):
        yield _annotation(told)
    for one in (*lost(outcome), *stale(outcome)):
        place = {"title": f"unleak {one.code}", "file": one.name}
        yield _command(_LEVELS[one.level], place, f"{one.name}: {one.message} [{one.code}]")


def _annotation(told: Told) -> str:
    finding = told.finding
    start, end = finding.start, finding.end
    place = {"title": f"unleak {finding.codemod}", "file": told.name}
    place |= {"line": str(start.line), "endLine": str(max(start.line, end.line))}
    if end.line == start.line:  # GitHub takes columns for one line only
        place |= {"col": str(start.column), "endColumn": str(max(start.column, end.column))}
    at = f"{told.name}:{start.line}:{start.column}"
    said = [f"{at}: {finding.codemod} {headline(finding)} [{told.state}]", *remarks(finding)]
    said.append(f"Fingerprint: {finding.fingerprint}")
    return _command("error", place, "\n".join(said))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {said}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
