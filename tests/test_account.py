"""What became of every site is told once, and in the terms of the text that was given."""

import pytest

from unleak_engine.account import account, old_offset, placed
from unleak_engine.codemod import Span
from unleak_engine.edit import Edit, Safety, apply_edits
from unleak_engine.finding import Finding
from unleak_engine.source import parse

OLD = b"one\ntwo\nthree\n"
EDITS = (Edit(0, 0, b"zero\n"), Edit(4, 7, b"2"), Edit(13, 13, b"!"))


def finding(
    codemod: str, anchor: int, *, fingerprint: str = "", status: str = "fixable"
) -> Finding:
    at = parse("a.js", OLD).position(anchor)
    return Finding(
        codemod=codemod,
        path="a.js",
        span=Span(anchor, anchor + 1),
        anchor=anchor,
        start=at,
        end=at,
        message="",
        status=status,
        safety=Safety.UNSAFE,
        reason=None,
        why="",
        recipe="",
        evidence=(),
        notes=(),
        edits=(Edit(anchor, anchor, b"x"),),
        fingerprint=fingerprint or f"{codemod}{anchor}",
    )


def test_kept_bytes_are_found_where_they_stood() -> None:
    new = apply_edits(OLD, EDITS)
    for word in (b"one", b"three"):
        assert old_offset(EDITS, new.index(word)) == OLD.index(word)


@pytest.mark.parametrize(("new", "old"), [(0, 0), (4, 0), (5, 0), (9, 4), (10, 7)])
def test_new_bytes_stood_where_they_went_in(new: int, old: int) -> None:
    assert old_offset(EDITS, new) == old


def test_a_later_finding_is_told_on_the_line_it_came_from() -> None:
    new = apply_edits(OLD, EDITS)
    later = placed(finding("a", new.index(b"three")), EDITS, parse("a.js", OLD))
    assert (later.start.line, later.anchor, later.edits) == (3, OLD.index(b"three"), ())


def test_each_is_cured_or_left() -> None:
    first = [finding("a", 0), finding("b", 4)]
    told = account(first, [first[0]], [first[1]])
    assert (told.cured, told.left) == ((first[0],), (first[1],))


def test_what_a_rewrite_laid_bare_is_told_beside_them() -> None:
    first, later, worse = finding("a", 0), finding("b", 4), finding("c", 8)
    told = account([first], [first, later], [worse])
    assert (told.cured, told.left) == ((first, later), (worse,))


def test_what_is_found_no_more_is_cured_too() -> None:
    first = [finding("a", 0), finding("b", 4, status="declined:no")]
    assert account(first, [first[0]], []).cured == tuple(first)


def test_one_that_is_found_for_another_reason_is_told_as_it_was() -> None:
    first = finding("a", 0), finding("b", 4, status="declined:no")
    changed = finding("b", 4, status="fixable", fingerprint="new")
    assert account(first, [first[0]], [changed]).left == (first[1],)


def test_twins_are_kept_apart() -> None:
    """The second of two equal sites is the first of them once that is cured."""
    first = [finding("a", 0, fingerprint="1"), finding("a", 4, fingerprint="2")]
    left = finding("a", 4, fingerprint="1")
    told = account(first, [first[0]], [left])
    assert (told.cured, told.left) == ((first[0],), (first[1],))
