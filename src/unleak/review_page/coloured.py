"""A change as two columns of coloured lines."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak.report.terminal import visible
from unleak_engine.edit import Edit, apply_edits
from unleak_engine.patch import file_diff, hunks
from unleak_engine.source import UnreadableError, parse

Part = tuple[str, str]
"""A stretch of one look, and its text; "" is the look of what has none."""

_LOOKS = {
    "comment": "comment",
    "string": "string",
    "string_fragment": "string",
    "escape_sequence": "string",
    "template_string": "string",
    "regex": "string",
    "regex_pattern": "string",
    "number": "number",
    "property_identifier": "property",
    "type_identifier": "type",
    "predefined_type": "type",
    "true": "keyword",
    "false": "keyword",
    "null": "keyword",
    "undefined": "keyword",
    "this": "keyword",
    "super": "keyword",
}
_WHOLE = frozenset({"comment", "string", "regex"})
"""What is looked at no deeper."""


class Line(NamedTuple):
    """One line of one side: its number, from 1, and its parts."""

    number: int
    parts: tuple[Part, ...]


class Row(NamedTuple):
    """Two lines side by side, None where a side has none; `changed` when they differ."""

    old: Line | None
    new: Line | None
    changed: bool


class Block(NamedTuple):
    """Rows that follow each other, and what stands above them."""

    heading: str
    rows: tuple[Row, ...]


def change(path: str, old: bytes, edits: tuple[Edit, ...]) -> list[Block]:
    """What `edits`, in order, make of `old`, with three lines around each change."""
    new = apply_edits(old, edits)
    sides = _Side(path, old), _Side(path, new)
    found = []
    for hunk in hunks(file_diff(old, edits, path=path)):
        rows = tuple(_rows(hunk.lines, hunk.old_start, hunk.new_start, *sides))
        found.append(Block(hunk.heading.decode(errors="replace").strip(), rows))
    return found


def _rows(
    lines: tuple[bytes, ...], at_old: int, at_new: int, old: "_Side", new: "_Side"
) -> Iterator[Row]:
    gone: list[Line] = []
    come: list[Line] = []

    def paired() -> Iterator[Row]:
        for index in range(max(len(gone), len(come))):
            left = gone[index] if index < len(gone) else None
            right = come[index] if index < len(come) else None
            yield Row(left, right, True)
        gone.clear()
        come.clear()

    for line in lines:
        if line[:1] == b" ":
            yield from paired()
            yield Row(old.line(at_old), new.line(at_new), False)
        if line[:1] == b"-":
            gone.append(old.line(at_old))
        if line[:1] == b"+":
            come.append(new.line(at_new))
        at_old += line[:1] != b"+"
        at_new += line[:1] != b"-"
    yield from paired()


class _Side:
    """One text, its lines and what in it has which look."""

    def __init__(self, path: str, data: bytes) -> None:
        self._data = data
        self._starts = [0, *(at + 1 for at in _found(data, b"\n"))]
        self._spans = list(_spans(path, data))
        self._ends = [end for _, end, _ in self._spans]

    def line(self, number: int) -> Line:
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._data)
        return Line(number, tuple(self._parts(start, end)))

    def _parts(self, start: int, end: int) -> Iterator[Part]:
        end -= self._data[start:end].endswith(b"\n")
        at = start
        for begin, stop, look in self._spans[bisect_right(self._ends, start) :]:
            if begin >= end:
                break
            if at < begin:
                yield "", self._text(at, begin)
            yield look, self._text(max(at, begin), min(stop, end))
            at = min(stop, end)
        if at < end:
            yield "", self._text(at, end)

    def _text(self, start: int, end: int) -> str:
        text = self._data[start:end].decode(errors="replace").removesuffix("\r")
        return "\t".join(visible(part) for part in text.split("\t"))


def _found(data: bytes, what: bytes) -> Iterator[int]:
    at = data.find(what)
    while at != -1:
        yield at
        at = data.find(what, at + 1)


def _spans(path: str, data: bytes) -> Iterator[tuple[int, int, str]]:
    """What has a look, in text order, none inside another."""
    try:
        root = parse(path, data).root
    except UnreadableError:
        return
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        look = _look(node)
        if look and (not node.child_count or node.type in _WHOLE):
            yield node.start_byte, node.end_byte, look
        else:
            pending.extend(reversed(node.children))


def _look(node: Node) -> str:
    if not node.is_named:
        return "keyword" if node.type.isalpha() and node.type.islower() else ""
    return _LOOKS.get(node.type, "")
