"""One line a finding, for grep and for editors: `path:line:col: name message [state]`."""

from collections.abc import Iterator

from unleak.report.forms import View
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak.run import FileResult, Outcome
from unleak_engine.finding import Finding


def render(outcome: Outcome, view: View) -> Iterator[str]:
    for result, finding in outcome.left:
        yield line(result, finding, view) + "\n"


def line(result: FileResult, finding: Finding, view: View) -> str:
    style = view.style
    at = finding.start
    place = f"{style('bold', shown(result.file, view.cwd))}:{at.line}:{at.column}:"
    return (
        f"{place} {style('red', finding.codemod)} {visible(finding.message)}"
        f" {style('dim', f'[{state(finding)}]')}"
    )


def state(finding: Finding) -> str:
    """What can be done about a finding, in one word: safe, unsafe, display, declined:code."""
    return finding.safety.value if finding.fixable else finding.status
