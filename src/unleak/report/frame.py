"""The lines of code around a site, with the site marked."""

from unleak.report.terminal import Style, spread, window
from unleak_engine.codemod import Span

CONTEXT = 2
"""Lines shown before and after the one a reader looks at."""

MOST = 8
"""Lines shown of a site that takes more than those."""

REACH = 600
"""Bytes of an endless line that are looked at on either side of the place of interest."""

_BOM = b"\xef\xbb\xbf"


def frame(data: bytes, span: Span, anchor: int, line: int, style: Style) -> list[str]:
    """The lines around byte `anchor`, which stands in line number `line` (from 1).

    The part of `span` in that line is underlined, with carets where the anchor's word stands;
    the lines that hold the rest of `span` are marked in the margin, and counted where they are
    too many to be shown.
    """
    start = data.rfind(b"\n", 0, anchor) + 1
    above, below = data.count(b"\n", span.start, start), data.count(b"\n", anchor, span.end)
    up, down = _reach(above, below)
    starts = [*_before(data, start, up), start, *_after(data, start, down)]
    first = line - starts.index(start)
    margin = len(str(first + len(starts) - 1))
    room = max(20, style.width - margin - 5)

    text, cut = _line(data, start, anchor)
    cells, columns = spread(text)
    at = _characters(data, cut, anchor)
    indent = len(text) - len(text.lstrip())
    low = min(max(_characters(data, cut, max(span.start, cut)), indent), at)
    high = min(_characters(data, cut, max(span.end, anchor)), len(cells))
    word = _word_end(text, at)
    left = _left(columns, at, min(high, len(cells)), room)

    shown: list[str] = []
    if above > up:
        shown.append(_more(above - up, margin, style))
    for number, begin in enumerate(starts, first):
        end = _line_end(data, begin)
        inside = begin < span.end and span.start <= end
        mark = style("red", ">") if inside else " "
        code = window(_line(data, begin, min(anchor, end))[0], left, room)
        bar = style("blue", f"{number:>{margin}} |")
        shown.append(f"{mark} {bar} {code}".rstrip())
        if number == line:
            rule = _rule(columns, low, at, max(word, at + 1), max(high, at + 1), left, room)
            bar = style("blue", f"{'':>{margin}} |")
            shown.append(f"  {bar} {style('bold red', rule)}".rstrip())
    if below > down:
        shown.append(_more(below - down, margin, style))
    return shown


def _reach(above: int, below: int) -> tuple[int, int]:
    """How many lines to show before and after, given how many of the site stand there."""
    up = down = CONTEXT
    while min(up, above) + 1 + min(down, below) < MOST and (above > up or below > down):
        if below > down:
            down += 1
        else:
            up += 1
    # To say that one line is missing takes a line, too.
    return up + (above == up + 1), down + (below == down + 1)


def _more(count: int, margin: int, style: Style) -> str:
    bar = style("blue", f"{'':>{margin}} |")
    return f"{style('red', '>')} {bar} {style('dim', f'… {count} more lines')}"


def _before(data: bytes, start: int, limit: int) -> list[int]:
    starts: list[int] = []
    while start > 0 and len(starts) < limit:
        start = data.rfind(b"\n", 0, start - 1) + 1
        starts.append(start)
    return starts[::-1]


def _after(data: bytes, start: int, limit: int) -> list[int]:
    starts: list[int] = []
    for _ in range(limit):
        end = data.find(b"\n", start)
        if end == -1 or end + 1 >= len(data):
            break
        start = end + 1
        starts.append(start)
    return starts


def _line_end(data: bytes, start: int) -> int:
    """Where a line's text ends: before its \\n or \\r\\n."""
    end = data.find(b"\n", start)
    end = len(data) if end == -1 else end
    return end - 1 if end > start and data[end - 1 : end] == b"\r" else end


def _line(data: bytes, start: int, around: int) -> tuple[str, int]:
    """A line's text and the byte it starts at; of an endless line only what is near `around`."""
    end = _line_end(data, start)
    if start == 0 and data.startswith(_BOM):
        start = len(_BOM)
    if end - start > 2 * REACH:
        start, end = max(start, around - REACH), min(end, around + REACH)
        while start < end and data[start] & 0xC0 == 0x80:
            start += 1
    return data[start:end].decode(errors="replace"), start


def _characters(data: bytes, start: int, end: int) -> int:
    return len(data[start:end].decode(errors="replace"))


def _word_end(text: str, at: int) -> int:
    """The end of the name at `at`, a dot or the like before it included."""
    end = at + 1 if at < len(text) and not (text[at].isalnum() or text[at] in "_$") else at
    while end < len(text) and (text[end].isalnum() or text[end] in "_$"):
        end += 1
    return end


def _left(columns: list[int], at: int, high: int, room: int) -> int:
    """The column a window of `room` must start at to show the anchor, and the site if it fits."""
    if columns[-1] <= room or columns[high] <= room - 1:
        return 0
    return max(0, min(columns[at] - room // 3, columns[-1] - room + 1))


def _rule(columns: list[int], low: int, at: int, word: int, high: int, left: int, room: int) -> str:
    last = len(columns) - 1

    def column(character: int) -> int:
        """A place past the line's end counts on, as the marker under it must still be seen."""
        known = columns[min(character, last)] + max(0, character - last)
        return min(max(known - left, 0), room)

    start, caret, caret_end, end = column(low), column(at), column(word), column(high)
    caret_end = min(caret_end, max(end, caret + 1))
    marks = "~" * (caret - start) + "^" * (caret_end - caret) + "~" * (end - caret_end)
    return " " * start + marks
