"""A page for a pull request or a step summary: the numbers, then every finding with its change."""

import os
from collections.abc import Iterator
from itertools import groupby

from unleak.report.forms import View
from unleak.report.frame import frame
from unleak.report.marked import cell, code, fenced, plain
from unleak.report.paths import shown
from unleak.report.statistics import statistics
from unleak.report.summary import plural, summary
from unleak.report.terminal import PLAIN, visible, visible_lines
from unleak.report.told import Told, headline, lost, open_ones, remarks, stale
from unleak.run import Outcome
from unleak_engine.grammars import suffix_of

_COLUMNS = ("codemod", "findings", "fixed", "safe", "unsafe", "display", "declined")


def render(outcome: Outcome, view: View) -> Iterator[str]:
    yield "\n".join(_page(outcome, view)) + "\n"


def _page(outcome: Outcome, view: View) -> Iterator[str]:
    counted = summary(outcome)
    files = plural(counted.files_with_findings, "file")
    none = "no findings in what could be read" if counted.skipped else "no findings"
    head = f"{plural(counted.findings, 'stream leak')} in {files}" if counted.findings else none
    yield f"## unleak: {head}"
    counts = statistics(outcome)
    if counts:
        shown_columns = [c for c in _COLUMNS if c != "fixed" or counted.fixed]
        yield ""
        yield f"| {' | '.join(shown_columns)} |"
        yield f"| {' | '.join('---' if c == 'codemod' else '---:' for c in shown_columns)} |"
        for count in counts:
            numbers = (str(getattr(count, c)) for c in shown_columns[1:])
            yield f"| {cell(code(count.codemod))} | {' | '.join(numbers)} |"
    for _, group in groupby(open_ones(outcome), lambda told: told.path):
        of_file = list(group)
        yield ""
        yield f"### {code(shown(of_file[0].result.file, view.cwd))}"
        for told in of_file:
            yield ""
            yield from _finding(told)
    for heading, problems in (("Not judged", lost(outcome)), ("Stale", stale(outcome))):
        for number, one in enumerate(problems):
            if number == 0:
                yield from ("", f"### {heading}", "")
            path = shown(os.path.join(outcome.root, one.path), view.cwd)
            yield f"- {code(path)}: {plain(one.message)} [{one.code}]"


def _finding(told: Told) -> Iterator[str]:
    finding, before = told.finding, told.result.before
    at = finding.start
    yield (
        f"**{at.line}:{at.column}** {code(finding.codemod)} {plain(headline(finding))}"
        f" ({plain(told.state)})"
    )
    yield ""
    if finding.edits:
        yield fenced("\n".join(diff(told)), "diff")
    else:
        language = suffix_of(told.path).lstrip(".")
        lines = frame(before, finding.span, finding.anchor, at.line, PLAIN)
        yield fenced("\n".join(line[2:] for line in lines), language)
    for remark in remarks(finding):
        yield ""
        yield plain(remark)
    if finding.recipe and not finding.edits:
        yield ""
        yield "By hand:"
        yield ""
        yield fenced(visible_lines(finding.recipe.strip("\n")), "")
    yield ""
    yield f"<sub>fingerprint {finding.fingerprint}</sub>"


def diff(told: Told) -> Iterator[str]:
    """The lines of the fix as a diff without its header."""
    from unleak_engine.patch import file_diff, hunks

    for hunk in hunks(file_diff(told.result.before, told.finding.edits, path="x")):
        counts = f"-{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count}"
        yield f"@@ {counts} @@"
        for line in hunk.lines:
            text = line.decode(errors="replace").removesuffix("\n").removesuffix("\r")
            yield text[:1] + "\t".join(map(visible, text[1:].split("\t")))
