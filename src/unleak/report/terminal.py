"""Colours, widths, and text that cannot talk to the terminal."""

import functools
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}

# Of what is not printable: C0, DEL and C1 steer a terminal; the bidirectional marks make code
# read as what it is not; a lone surrogate stands for a byte of a file name that is not UTF-8.
_UNSEEN = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


class Style(NamedTuple):
    """How text is dressed: `style("bold red", "no")`. Without `colour`, not at all."""

    colour: bool = False
    width: int = 100

    def __call__(self, look: str, text: str) -> str:
        if not self.colour or not text:
            return text
        codes = ";".join(_CODES[word] for word in look.split())
        return f"\x1b[{codes}m{text}\x1b[0m"


PLAIN = Style()


def visible(text: str) -> str:
    """`text` on one line, with all that a terminal would obey written out."""
    return text if text.isprintable() else re.sub(_UNSEEN, _written_out, text)


def visible_lines(text: str) -> str:
    """The same for text whose line ends and tabs are its own."""
    return "\n".join(visible(line.expandtabs(4)) for line in text.split("\n"))


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    named = {9: "\\t", 10: "\\n", 13: "\\r"}
    return named.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def spread(text: str, tab: int = 4) -> tuple[list[str], list[int]]:
    """The characters of a line as a terminal may show them, and the column each starts at.

    The columns have one entry more than the characters: where the line ends.
    """
    cell_width = _plain_width if text.isascii() else _wide_width()
    cells: list[str] = []
    columns = [0]
    for character in text:
        blanks = " " * (tab - columns[-1] % tab)
        cell = blanks if character == "\t" else visible(character)
        cells.append(cell)
        columns.append(columns[-1] + (len(cell) if cell != character else cell_width(cell)))
    return cells, columns


def _plain_width(character: str) -> int:
    return 1


@functools.cache
def _wide_width() -> Callable[[str], int]:
    from unicodedata import category, east_asian_width

    def width(character: str) -> int:
        if category(character) in ("Mn", "Me", "Cf"):
            return 0
        return 2 if east_asian_width(character) in "WF" else 1

    return width


def window(text: str, left: int, room: int) -> str:
    """The part of a line from column `left` that fits into `room`, with … where it was cut."""
    cells, columns = spread(text)
    if left == 0 and columns[-1] <= room:
        return "".join(cells)
    right = left + room
    fits = [
        index
        for index in range(len(cells))
        if columns[index] >= left + (left > 0)
        and columns[index + 1] <= right - (columns[-1] > right)
    ]
    if not fits:
        return "…" if columns[-1] > left else ""
    # A wide character that the cut goes through leaves a blank behind.
    head = "…" + " " * (columns[fits[0]] - left - 1) if left else ""
    body = "".join(cells[fits[0] : fits[-1] + 1])
    return head + body + ("…" if columns[-1] > right else "")


def folded(text: str, room: int, hang: int = 0) -> list[str]:
    """A line as rows of at most `room` columns, all but the first shorter by `hang`.

    A row ends at a blank, or else at a bracket, a comma or a dot, if one is in its second half.
    Nothing is lost.
    """
    cells, columns = spread(text)
    rows: list[str] = []
    first = 0
    while columns[-1] - columns[first] > room:
        end = bisect_right(columns, columns[first] + room) - 1
        end = max(end, first + 1)  # a cell may be wider than the room
        half = bisect_right(columns, columns[first] + room // 2)
        places = range(end, max(half, first + 1) - 1, -1)
        end = next((at for at in places if " " in cells[at - 1 : at + 1]), 0) or next(
            (at for at in places if cells[at - 1] in "(," or cells[at] == "."), end
        )
        rows.append("".join(cells[first:end]))
        room -= hang if first == 0 else 0
        first = end
    return [*rows, "".join(cells[first:])]
