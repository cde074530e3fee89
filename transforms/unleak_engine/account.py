"""What became of every site, told in the terms of the text that was given.

A rewrite can lay bare what another codemod cures, and it can cure more than it was made for. So
what was found pass by pass, in texts that lie between, is matched with the first look by where it
stands.
"""

from collections.abc import Sequence
from typing import NamedTuple

from unleak_engine.codemod import Span
from unleak_engine.edit import Edit
from unleak_engine.finding import Finding
from unleak_engine.source import Source


class Account(NamedTuple):
    """Each finding of the first look stands in `cured` or in `left`, and once. Beside them stand
    those that only a later text showed; they have no edits, for none were made for the old text.
    """

    cured: tuple[Finding, ...]
    left: tuple[Finding, ...]


def old_offset(edits: Sequence[Edit], offset: int) -> int:
    """Where byte `offset` of the new text stood in the old one; of new bytes, where they went in.

    `edits` are ordered and disjoint.
    """
    growth = 0
    for edit in edits:
        start = edit.start + growth
        if offset < start:
            break
        if offset < start + len(edit.text):
            return edit.start
        growth += len(edit.text) - (edit.end - edit.start)
    return offset - growth


def placed(finding: Finding, edits: Sequence[Edit], old: Source) -> Finding:
    """`finding`, made for the text that `edits` leave, as one of the text they were made for."""
    if not edits:
        return finding
    start = old_offset(edits, finding.span.start)
    span = Span(start, max(start, old_offset(edits, finding.span.end)))
    anchor = old_offset(edits, finding.anchor)
    return finding._replace(
        span=span,
        anchor=anchor,
        start=old.position(anchor),
        end=old.position(span.end),
        edits=(),
    )


def account(
    first: Sequence[Finding], applied: Sequence[Finding], last: Sequence[Finding]
) -> Account:
    """What became of the findings of the `first` look, when `applied` were cured and the `last`
    look still found the rest. All are placed in the old text."""
    open_ = list(first)
    cured: list[Finding] = []
    later: list[Finding] = []
    left = [found for found in (_taken(open_, one) for one in last) if found is not None]
    remaining = [one for one in last if one not in left and not _known(left, one)]
    for finding in applied:
        known = _taken(open_, finding) or _waiting(open_, finding)
        (cured if known is not None else later).append(known or finding)
    # What is found no more was cured by a rewrite that was made for something else.
    return Account(_sorted([*cured, *open_, *later]), _sorted([*left, *remaining]))


def _taken(open_: list[Finding], finding: Finding) -> Finding | None:
    """Takes the one out of `open_` that `finding` is, None when it is none of them."""
    of = [one for one in open_ if one.codemod == finding.codemod]
    same = [one for one in of if one.anchor == finding.anchor]
    same = same or [one for one in of if one.fingerprint == finding.fingerprint]
    if not same:
        return None
    open_.remove(same[0])
    return same[0]


def _waiting(open_: list[Finding], finding: Finding) -> Finding | None:
    """One that had to wait, and whose place went with an edit."""
    for one in open_:
        if one.codemod == finding.codemod and one.fixable:
            open_.remove(one)
            return one
    return None


def _known(found: Sequence[Finding], finding: Finding) -> bool:
    return any(one.codemod == finding.codemod and one.anchor == finding.anchor for one in found)


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.anchor, one.span.start, one.codemod)))
