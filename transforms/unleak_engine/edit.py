"""Edits on bytes: the only way unleak ever changes a text.

Offsets are bytes into the text the edit was made for; `end` is exclusive. An edit never knows
what it means, only where it stands and what goes there.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Safety(enum.StrEnum):
    """How far a rewrite may go without a reader: applied, applied on request, shown only."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def at_most(self, other: "Safety") -> "Safety":
        """The lower of the two: a guard lowers a safety, nothing raises it."""
        return self if self.rank >= other.rank else other


_RANKS = {Safety.SAFE: 0, Safety.UNSAFE: 1, Safety.DISPLAY: 2}


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the bytes `start:end` by `text`. An insertion has `start == end`."""

    start: int
    end: int
    text: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"an edit cannot span {self.start}:{self.end}")

    @classmethod
    def insert(cls, at: int, text: str) -> "Edit":
        return cls(at, at, text.encode())

    @classmethod
    def delete(cls, start: int, end: int) -> "Edit":
        return cls(start, end, b"")

    @classmethod
    def replace(cls, start: int, end: int, text: str) -> "Edit":
        return cls(start, end, text.encode())


class OverlapError(ValueError):
    """Two edits of one set touch the same place, so their order would decide the result."""


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """`edits` sorted and checked disjoint.

    Two insertions at one place count as an overlap, since their order would be arbitrary; so
    does an insertion strictly inside a replaced span. Raises OverlapError.
    """
    result = tuple(sorted(edits))
    for before, after in pairwise(result):
        if collide(before, after):
            raise OverlapError(f"{before} overlaps {after}")
    return result


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits of one rewrite, those at one place made one in the order they are given.

    An import may have to go where the rewritten statement begins. Only what comes after an
    insertion is joined to it; all other overlaps stay, for `ordered` to refuse.
    """
    by_start: dict[int, Edit] = {}
    others: list[Edit] = []
    for edit in edits:
        first = by_start.get(edit.start)
        if first is None:
            by_start[edit.start] = edit
        elif first.start == first.end:
            by_start[edit.start] = Edit(edit.start, edit.end, first.text + edit.text)
        else:
            others.append(edit)
    return (*by_start.values(), *others)


def collide(one: Edit, other: Edit) -> bool:
    """Whether applying both would depend on an order nobody chose."""
    first, second = (one, other) if one <= other else (other, one)
    return second.start < first.end or second.start == first.start


def apply_edits(data: bytes, edits: Sequence[Edit]) -> bytes:
    """`data` with `edits` applied, all of them or OverlapError."""
    pieces: list[bytes] = []
    done = 0
    for edit in ordered(edits):
        if edit.end > len(data):
            raise ValueError(f"{edit} reaches past the end of {len(data)} bytes")
        pieces += (data[done : edit.start], edit.text)
        done = edit.end
    pieces.append(data[done:])
    return b"".join(pieces)


def compose(first: Sequence[Edit], second: Sequence[Edit], length: int) -> tuple[Edit, ...]:
    """One set of edits on the first text that does what `first`, then `second`, do.

    `second` is made for the text that `first` leaves; `length` is the first text's size in
    bytes. Neighbouring results are merged, so the answer is disjoint again.
    """
    # The middle text as pieces of (old start, old end, new bytes or None for kept bytes).
    pieces: list[tuple[int, int, bytes | None]] = []
    done = 0
    for edit in ordered(first):
        pieces.append((done, edit.start, None))
        pieces.append((edit.start, edit.end, edit.text))
        done = edit.end
    pieces.append((done, length, None))

    for edit in reversed(ordered(second)):
        pieces = _splice(pieces, edit)
    return _collect(pieces)


_Piece = tuple[int, int, bytes | None]


def _width(piece: _Piece) -> int:
    start, end, text = piece
    return end - start if text is None else len(text)


def _split(piece: _Piece, at: int) -> tuple[_Piece, _Piece]:
    start, end, text = piece
    if text is None:
        return (start, start + at, None), (start + at, end, None)
    # The left part keeps the whole old span, so that old bytes are replaced exactly once.
    return (start, end, text[:at]), (end, end, text[at:])


def _splice(pieces: Sequence[_Piece], edit: Edit) -> list[_Piece]:
    """`pieces` with `edit`, whose offsets count in the text the pieces spell."""
    before: list[_Piece] = []
    inside: list[_Piece] = []
    after: list[_Piece] = []
    at = 0
    for piece in pieces:
        width = _width(piece)
        if at + width <= edit.start:
            before.append(piece)
        elif at >= edit.end:
            after.append(piece)
        else:
            here, cut = piece, at
            if at < edit.start:
                left, here = _split(piece, edit.start - at)
                before.append(left)
                cut = edit.start
            if at + width > edit.end:
                here, right = _split(here, edit.end - cut)
                after.append(right)
            inside.append(here)
        at += width
    start = inside[0][0] if inside else (before[-1][1] if before else 0)
    end = max((piece[1] for piece in inside), default=start)
    return [*before, (start, end, edit.text), *after]


def _collect(pieces: Sequence[_Piece]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    pending: Edit | None = None
    for start, end, text in pieces:
        if text is None:
            if start == end:
                continue
            if pending is not None:
                edits.append(pending)
            pending = None
        elif pending is None:
            pending = Edit(start, end, text)
        else:
            pending = Edit(pending.start, max(pending.end, end), pending.text + text)
    if pending is not None:
        edits.append(pending)
    return tuple(edit for edit in edits if edit.text or edit.start != edit.end)


class Kept(NamedTuple):
    """A stretch of the old text, bytes `start:end`, that stays as it is."""

    start: int
    end: int


Part = str | Kept


def weave(data: bytes, start: int, end: int, parts: Iterable[Part]) -> tuple[Edit, ...]:
    """The edits that leave `parts` where `data[start:end]` stood.

    Kept parts must come in text order and lie inside `start:end`; only what stands between
    them is replaced, so comments and spacing inside them survive untouched.
    """
    edits: list[Edit] = []
    done, text = start, ""
    for part in [*parts, Kept(end, end)]:
        if isinstance(part, str):
            text += part
            continue
        if part.start < done:
            raise OverlapError(f"{part} stands before byte {done}")
        if data[done : part.start] != text.encode():
            edits.append(Edit(done, part.start, text.encode()))
        done, text = part.end, ""
    return tuple(edits)
