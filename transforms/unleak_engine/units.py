"""What of a rewritten text can be decided on apart.

A finding's own edits are complete by themselves, so most findings can be taken or left one by one.
Where two of them touch, or one shows only behind another, they are one unit.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from unleak_engine.edit import Edit, OverlapError, apply_edits, collide, ordered
from unleak_engine.finding import Finding
from unleak_engine.rewrite import Rewritten


class Unit(NamedTuple):
    """Findings, by fingerprint, that are accepted or rejected together, and what they change.

    The edits are made for the old text. Those of several units may be equal, as where two bring
    the same import: such an edit is made once.
    """

    findings: tuple[str, ...]
    edits: tuple[Edit, ...]


Rerun = Callable[[Collection[str]], Rewritten]
"""The rewrite with only those findings accepted."""


def merged(units: Sequence[Unit]) -> tuple[Edit, ...]:
    """All that `units` change. Raises OverlapError when they were not made for one another."""
    return ordered({edit for unit in units for edit in unit.edits})


def units(done: Rewritten, rerun: Rerun) -> tuple[Unit, ...]:
    """What of `done` can be decided on apart, in text order. Together they are all of it."""
    own = [finding for finding in done.applied if finding.edits]
    groups = _touching(own)
    later = len(own) < len(done.applied)
    found: list[Unit] = []
    for group in groups:
        names = tuple(finding.fingerprint for finding in group)
        if len(group) == 1 and not later:
            found.append(Unit(names, group[0].edits))
        else:
            alone = rerun(names)
            names = tuple(dict.fromkeys((*names, *(f.fingerprint for f in alone.applied))))
            found.append(Unit(names, alone.edits))
    told = [name for unit in found for name in unit.findings]
    wanted = {finding.fingerprint for finding in done.applied}
    if len(told) == len(set(told)) and set(told) == wanted and _adds_up(done, found):
        return tuple(found)
    names = tuple(dict.fromkeys(finding.fingerprint for finding in done.applied))
    return (Unit(names, done.edits),)


def _adds_up(done: Rewritten, found: Sequence[Unit]) -> bool:
    try:
        return apply_edits(done.before, merged(found)) == done.after
    except (OverlapError, ValueError):
        return False


def _touching(findings: Sequence[Finding]) -> list[list[Finding]]:
    """`findings` in groups, so that no edit of one group collides with another's."""
    groups: list[list[Finding]] = []
    for finding in findings:
        met = [group for group in groups if any(_meet(finding, other) for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append([*(one for group in met for one in group), finding])
    return sorted(groups, key=lambda group: min(finding.anchor for finding in group))


def _meet(one: Finding, other: Finding) -> bool:
    return any(
        mine != theirs and collide(mine, theirs) for mine in one.edits for theirs in other.edits
    )
