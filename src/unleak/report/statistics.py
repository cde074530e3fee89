"""What a run came to by codemod: `--statistics`."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from unleak.report.forms import View
from unleak.report.json import VERSION, dumps, skips, totals
from unleak.report.summary import summary
from unleak.report.terminal import Style, visible
from unleak.run import Outcome

FORMATS = ("full", "concise", "json")
"""Those that can be asked for statistics instead of findings; the two pages have them anyway."""


class Count(NamedTuple):
    """Numbers of findings of one codemod. The last four are shares of `findings`, which does not
    hold those that are `fixed`."""

    codemod: str
    findings: int = 0
    fixed: int = 0
    safe: int = 0
    unsafe: int = 0
    display: int = 0
    declined: int = 0

    @property
    def fixable(self) -> int:
        return self.safe + self.unsafe


def statistics(outcome: Outcome) -> list[Count]:
    """The codemods that have found anything, the most frequent first."""
    kinds = Counter[tuple[str, str]]()
    for _, finding in outcome.left:
        kind = finding.safety.value if finding.fixable else finding.status.partition(":")[0]
        kinds[finding.codemod, kind] += 1
        kinds[finding.codemod, "findings"] += 1
    for _, finding in outcome.applied:
        kinds[finding.codemod, "fixed"] += 1
    counts = [
        Count(codemod, *(kinds[codemod, kind] for kind in Count._fields[1:]))
        for codemod in {codemod for codemod, _ in kinds}
    ]
    return sorted(counts, key=lambda count: (-count.findings, -count.fixed, count.codemod))


def table(outcome: Outcome, style: Style) -> Iterator[str]:
    """A line for each codemod; `*` marks those of which something can be fixed."""
    counts = statistics(outcome)
    width = max((len(str(count.findings)) for count in counts), default=1)
    name = max((len(count.codemod) for count in counts), default=1)
    for count in counts:
        mark = style("green", "[*]") if count.fixable else "[ ]"
        shares = [(getattr(count, kind), kind) for kind in Count._fields[2:]]
        told = ", ".join(f"{number} {kind}" for number, kind in shares if number)
        codemod = style("red", visible(count.codemod).ljust(name))
        yield f"{count.findings:>{width}}  {mark} {codemod}  {told}\n"
    if any(count.fixable for count in counts):
        yield style("dim", "[*] some of them can be fixed") + "\n"


def as_json(outcome: Outcome, view: View) -> Iterator[str]:
    """The JSON form with the numbers in the place of the findings."""
    yield dumps(
        {
            "version": VERSION,
            "statistics": [
                count._asdict() | {"fixable": count.fixable} for count in statistics(outcome)
            ],
            "skipped": skips(outcome, view.cwd),
            "summary": totals(summary(outcome)),
        }
    )
