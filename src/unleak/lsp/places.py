"""Places in a text, as an editor counts them: lines from 0, and in each the units of an encoding.

We count bytes of UTF-8. A line ends at LF, CR LF or CR, whichever way the file is written.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from lsprotocol.types import Position, PositionEncodingKind, Range, TextEdit

from unleak_engine.edit import Edit

_END = re.compile(rb"\r\n|\n|\r")


def encoded(text: str) -> bytes:
    """The bytes that are judged; half a surrogate pair, which an editor may send, stays one
    character that is no letter."""
    return text.encode("utf-8", "replace")


class Places:
    """The places of one text."""

    def __init__(self, data: bytes, encoding: PositionEncodingKind | str) -> None:
        self._data = data
        self._unit = str(getattr(encoding, "value", encoding))
        self._starts = [0, *(match.end() for match in _END.finditer(data))]

    def position(self, offset: int) -> Position:
        """Where byte `offset` stands."""
        line = bisect_right(self._starts, offset) - 1
        part = self._data[self._starts[line] : offset]
        if self._unit == "utf-8" or part.isascii():
            return Position(line, len(part))
        text = part.decode("utf-8", "replace")
        units = len(text) if self._unit == "utf-32" else len(text.encode("utf-16-le")) // 2
        return Position(line, units)

    def range(self, start: int, end: int) -> Range:
        """From byte `start` to before byte `end`."""
        return Range(self.position(start), self.position(end))

    def start_of_line(self, line: int) -> int:
        """The byte at which a line begins, from 0; the end of the text below the last one."""
        return self._starts[line] if line < len(self._starts) else len(self._data)

    def text_edits(self, edits: Sequence[Edit]) -> list[TextEdit]:
        return [
            TextEdit(self.range(edit.start, edit.end), edit.text.decode("utf-8")) for edit in edits
        ]
