"""The JSON form a line at a time: `type` says what a line tells, the rest is as in `json`."""

from collections.abc import Iterator

from unleak.report.forms import View
from unleak.report.json import everything, line, record, skips, stale, totals
from unleak.report.summary import summary
from unleak.run import Outcome


def render(outcome: Outcome, view: View) -> Iterator[str]:
    for result, finding in everything(outcome):
        yield line({"type": "finding", **record(result, finding, view.cwd)})
    for skipped in skips(outcome, view.cwd):
        yield line({"type": "skipped", **skipped})
    for old in stale(outcome, view.cwd):
        yield line({"type": "stale", **old})
    yield line({"type": "summary", **totals(summary(outcome))})
