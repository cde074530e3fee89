"""Edits apply all or not at all, and composing two sets is applying them in turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unleak_engine.edit import Edit, Kept, OverlapError, Safety, apply_edits, compose, weave


@st.composite
def edits_for(draw: st.DrawFn, length: int) -> list[Edit]:
    points = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    edits = []
    for start, end in zip(points[::2], points[1::2], strict=False):
        end = draw(st.sampled_from([start, end]))
        edits.append(Edit(start, end, draw(st.binary(max_size=4))))
    return edits


@given(st.data(), st.binary(max_size=30))
def test_composed_edits_do_what_both_sets_do(data: st.DataObject, text: bytes) -> None:
    first = data.draw(edits_for(len(text)))
    middle = apply_edits(text, first)
    second = data.draw(edits_for(len(middle)))
    composed = compose(first, second, len(text))
    assert apply_edits(text, composed) == apply_edits(middle, second)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([Edit(0, 2, b"x"), Edit(1, 3, b"y")], id="crossing"),
        pytest.param([Edit(1, 1, b"x"), Edit(1, 1, b"y")], id="two insertions at one place"),
        pytest.param([Edit(0, 3, b""), Edit(1, 1, b"y")], id="insertion inside a replaced span"),
        pytest.param([Edit(1, 1, b"x"), Edit(1, 2, b"y")], id="insertion before a replaced span"),
    ],
)
def test_edits_whose_order_would_matter_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(OverlapError):
        apply_edits(b"abcdef", edits)


def test_an_insertion_right_behind_a_replaced_span_is_no_overlap() -> None:
    assert apply_edits(b"abc", [Edit(0, 1, b"X"), Edit(1, 1, b"Y")]) == b"XYbc"


def test_an_edit_past_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="past the end"):
        apply_edits(b"abc", [Edit(2, 4, b"")])


def test_weaving_replaces_only_what_is_not_kept() -> None:
    data = b"f(a /* one */, b)"
    edits = weave(data, 0, len(data), ["g(", Kept(2, 13), ", ", Kept(15, 16), ")"])
    assert edits == (Edit(0, 2, b"g("),)


def test_weaving_refuses_parts_out_of_order() -> None:
    with pytest.raises(OverlapError):
        weave(b"abc", 0, 3, [Kept(1, 2), Kept(0, 1)])


def test_a_guard_lowers_a_safety_and_nothing_raises_it() -> None:
    assert Safety.SAFE.at_most(Safety.UNSAFE) is Safety.UNSAFE
    assert Safety.DISPLAY.at_most(Safety.SAFE) is Safety.DISPLAY
