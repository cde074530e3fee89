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
from unleak_engine.source import Text


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


def placed(finding: Finding, edits: Sequence[Edit], old: Text) -> Finding:
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
    known: dict[int, Finding] = {}  # of the first look, by what they are found as later
    # A text between can hold an equal site that was none before, so places go before prints.
    for same in (_at_one_place, _of_one_print):
        for finding in (*applied, *last):
            if id(finding) not in known:
                one = next((one for one in open_ if same(one, finding)), None)
                if one is not None:
                    open_.remove(one)
                    known[id(finding)] = one
    for finding in applied:
        waits = (one for one in open_ if one.codemod == finding.codemod and one.fixable)
        one = None if id(finding) in known else next(waits, None)
        if one is not None:  # it had to wait, and its place went with an edit
            open_.remove(one)
            known[id(finding)] = one
    # What is found no more was cured by a rewrite that was made for something else.
    cured = [known.get(id(finding), finding) for finding in applied]
    return Account(
        _sorted([*cured, *open_]), _sorted([known.get(id(finding), finding) for finding in last])
    )


def _at_one_place(one: Finding, other: Finding) -> bool:
    return one.codemod == other.codemod and one.anchor == other.anchor


def _of_one_print(one: Finding, other: Finding) -> bool:
    return one.codemod == other.codemod and one.fingerprint == other.fingerprint


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.anchor, one.span.start, one.codemod)))
