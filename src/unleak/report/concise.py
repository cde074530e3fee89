"""One line a finding, for grep and for editors: `path:line:col: name message [state]`.

Where much is to be told, indented lines below say why, and which Node the file runs on.
"""

from collections.abc import Iterable, Iterator

from unleak.report.evidence import evidence, target
from unleak.report.forms import View
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak.run import FileResult, Outcome
from unleak_engine.finding import Finding
from unleak_engine.grammars import NODE, language_of


def render(outcome: Outcome, view: View) -> Iterator[str]:
    for text in lines(outcome.left, view):
        yield text + "\n"


def lines(found: Iterable[tuple[FileResult, Finding]], view: View) -> Iterator[str]:
    """The lines about findings, those of a file after one another."""
    before: FileResult | None = None
    for result, finding in found:
        yield line(result, finding, view)
        if view.verbose:
            yield from evidence(finding, view.style)
            if result is not before and language_of(result.path) == NODE:
                yield from target(result.target, view.style)
        before = result


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
