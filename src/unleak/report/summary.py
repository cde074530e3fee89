"""What a run came to, counted from its results."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from unleak.report.terminal import Style
from unleak.run import NOTE, Outcome
from unleak_engine.edit import Safety
from unleak_engine.exemptions import BASELINED, SUPPRESSED

Counts = tuple[tuple[str, int], ...]


class Summary(NamedTuple):
    """Numbers of findings, except `files` (looked into) and those with `files` in their name.

    `declined` is counted by code, the most frequent first. `suppressed` and `baselined` are those
    that users have accepted, which `findings` does not count, and `stale` what baselines hold and
    is found no more. `skipped` counts whatever was not judged, files and parts of files.
    """

    files: int
    files_with_findings: int
    findings: int
    safe: int
    unsafe: int
    display: int
    declined: Counts
    fixed: int
    files_fixed: int
    skipped: int
    suppressed: int = 0
    baselined: int = 0
    stale: int = 0


def summary(outcome: Outcome) -> Summary:
    states = Counter[str]()
    declined = Counter[str]()
    for _, finding in outcome.left:
        if finding.status.startswith("declined:"):
            declined[finding.reason or "unknown"] += 1
        else:
            states[finding.safety if finding.fixable else Safety.DISPLAY] += 1
    return Summary(
        files=outcome.files,
        files_with_findings=sum(bool(result.left) for result in outcome.results),
        findings=states.total() + declined.total(),
        safe=states[Safety.SAFE],
        unsafe=states[Safety.UNSAFE],
        display=states[Safety.DISPLAY],
        declined=_ranked(declined),
        fixed=sum(1 for _ in outcome.applied),
        files_fixed=sum(bool(result.applied) for result in outcome.results),
        skipped=sum(one.code != NOTE for one in outcome.skipped),
        suppressed=sum(finding.status == SUPPRESSED for _, finding in outcome.kept),
        baselined=sum(finding.status == BASELINED for _, finding in outcome.kept),
        stale=len(outcome.stale),
    )


def _ranked(counter: Counter[str]) -> Counts:
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def sentences(counted: Summary, style: Style, *, done: str = "", hint: str = "") -> str:
    """The end of a report, a few lines.

    `done` says what became of the findings that were cured, `hint` what to do about those that
    could safely be.
    """
    lines: list[str] = []
    if counted.fixed:
        cured = (
            f"{plural(counted.fixed, 'finding')} {done} in {plural(counted.files_fixed, 'file')}"
        )
        lines.append(style("bold green", cured))
    if counted.findings:
        left = " left" if counted.fixed else ""
        found = plural(counted.findings, "finding") + left
        lines.append(
            style("bold", f"{found} in {plural(counted.files_with_findings, 'file')}")
            + f": {_shares(counted)}"
        )
    elif not counted.fixed:
        told = "No findings in what could be read." if counted.skipped else "No findings."
        lines.append(style("green", told))
    accepted = ((counted.suppressed, "suppressed"), (counted.baselined, "in the baseline"))
    if counted.suppressed or counted.baselined:
        lines.append(f"  Beside them: {_listed(accepted)}")
    lines += _hints(counted, hint)
    return "".join(line + "\n" for line in lines)


def _shares(counted: Summary) -> str:
    shares: list[str] = []
    if counted.safe or counted.unsafe:
        kinds = _listed(((counted.safe, "safe"), (counted.unsafe, "unsafe")))
        shares.append(f"{counted.safe + counted.unsafe} fixable ({kinds})")
    if counted.display:
        shares.append(f"{counted.display} with a recipe to place by hand")
    if counted.declined:
        number = sum(count for _, count in counted.declined)
        shares.append(f"{number} declined ({_by_code(counted.declined)})")
    return ", ".join(shares)


def _hints(counted: Summary, hint: str) -> list[str]:
    hints: list[str] = []
    if counted.safe and hint:
        hints.append(hint)
    if counted.unsafe:
        hints.append(f"`--unsafe-fixes` takes {counted.unsafe} more that want a reader")
    return ["  " + "; ".join(hints)] if hints else []


def _by_code(counts: Counts) -> str:
    return _listed((count, code) for code, count in counts)


def _listed(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
