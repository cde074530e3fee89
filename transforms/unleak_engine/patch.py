"""From byte edits to the diff a reader reviews, and back.

A hunk is written straight from the edits' spans: nothing is compared but the lines an edit
touches. Lines end at `\\n` and nowhere else, as git and patch see them, so carriage returns, form
feeds and Unicode separators are text like any other.
"""

import hashlib
import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from unleak_engine.edit import Edit, ordered

PREAMBLE = b"# unleak: "

_WORD = re.compile(rb"\w")
_NAME = re.compile(rb"[A-Za-z_$]")
_OPENING = re.compile(rb"[({\[>=,]\s*(?:/[/*].*)?$")
_HEADING = 48
"""Bytes of a source line that a hunk's heading has room for."""

NO_NEWLINE = b"\\ No newline at end of file\n"
DIFF_GIT = b"diff --git "

Heading = Callable[[Sequence[Edit]], str]
"""What stands after the second `@@` of a hunk, told from the edits the hunk makes. The line the
hunk stands under is put behind it."""


class PatchError(ValueError):
    """A patch that is damaged, or that was made for another text."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines `old`, from byte `start` to `end`, that become `new`. Either may be empty.

    `line` counts the lines before the block in the old text.
    """

    start: int
    end: int
    line: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk as read: 1-based starts, counts, and its lines with their leading sign.

    A line keeps its `\\n` only if the text it stands for has one there.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: bytes
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One file's part of a patch: the lines before its `diff --git`, and its diff.

    `trailer` is what follows the last hunk of the whole patch (a mail signature); only the last
    section can have one. The three bytes strings of all sections, joined, are the patch.
    """

    preamble: bytes
    body: bytes
    trailer: bytes = b""

    @property
    def old_path(self) -> str:
        """The path the diff is made for, without `a/`. The new one for a new file."""
        return self._path(b"--- ", b"rename from ", b"a/") or self.new_path

    @property
    def new_path(self) -> str:
        """The path the diff leaves, without `b/`. Raises PatchError when none is named."""
        path = self._path(b"+++ ", b"rename to ", b"b/") or self._twice_named()
        if path is None:
            raise PatchError("a section names no file")
        return path

    def _path(self, label: bytes, rename: bytes, prefix: bytes) -> str | None:
        for line in _header(self.body):
            if line.startswith(rename):
                return unquote_path(line[len(rename) :].rstrip(b"\n"))
            if line.startswith(label):
                name = unquote_path(line[len(label) :].rstrip(b"\n"))
                return None if name == "/dev/null" else name.removeprefix(prefix.decode())
        return None

    def _twice_named(self) -> str | None:
        """The path of a section without hunks, where only the first line tells it."""
        names = self.body.partition(b"\n")[0].removeprefix(DIFF_GIT)
        if names.startswith(b'"'):
            return unquote_path(names[: len(names) // 2]).removeprefix("a/")
        first, second = names[: len(names) // 2], names[len(names) // 2 + 1 :]
        same = first.removeprefix(b"a/") == second.removeprefix(b"b/")
        return unquote_path(first).removeprefix("a/") if same else None


def blob_id(data: bytes) -> str:
    """The id git gives a blob of these bytes: 40 hex digits."""
    head = b"blob %d\0" % len(data)
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


def file_diff(
    old: bytes,
    edits: Sequence[Edit],
    *,
    path: str,
    new_path: str | None = None,
    mode: str = "100644",
    context: int = 3,
    index: tuple[str, str] | None = None,
    headings: Heading | None = None,
    new_file: bool = False,
) -> bytes:
    """The git section that makes `edits` in `old`, empty when they change nothing.

    `path` is relative, with `/`; bytes that are not UTF-8 stand in it as surrogates. A `new_path`
    makes it a rename, `new_file` a creation (`old` is then empty). `index` are the old and the
    new blob id, abbreviated or not. Raises OverlapError.
    """
    real = [edit for edit in ordered(edits) if old[edit.start : edit.end] != edit.text]
    body = b"".join(_hunks_of(old, real, context, headings))
    target = path if new_path is None else new_path
    if not body and target == path and not new_file:
        return b""
    return _head(path, target, mode, index, bool(body), new_file) + body


def _head(
    path: str, target: str, mode: str, index: tuple[str, str] | None, hunks: bool, new_file: bool
) -> bytes:
    before, after = quote_path("a/" + path), quote_path("b/" + target)
    lines = [b"diff --git %s %s" % (before, after)]
    if new_file:
        lines.append(b"new file mode " + mode.encode())
    if target != path:
        lines += [b"rename from " + quote_path(path), b"rename to " + quote_path(target)]
    if index is not None:
        ids = f"index {index[0]}..{index[1]}"
        lines.append((ids if new_file else f"{ids} {mode}").encode())
    if hunks:
        lines.append(b"--- /dev/null" if new_file else b"--- " + _labelled(before))
        lines.append(b"+++ " + _labelled(after))
    return b"".join(line + b"\n" for line in lines)


def _labelled(name: bytes) -> bytes:
    """Without a tab behind it, a name with blanks could be read as a name and a date."""
    return name + b"\t" if b" " in name else name


def _hunks_of(
    old: bytes, edits: Sequence[Edit], context: int, headings: Heading | None
) -> Iterator[bytes]:
    growth = 0
    for group in _grouped(old, blocks(old, edits), context):
        start, end = group[0].start, group[-1].end
        lead = _lines_before(old, start, context)
        tail = _lines_after(old, end, context)
        lines = [b" " + line for line in lead]
        for index, block in enumerate(group):
            if index:
                between = old[group[index - 1].end : block.start]
                lines += [b" " + line for line in split_lines(between)]
            lines += [b"-" + line for line in block.old]
            lines += [b"+" + line for line in block.new]
        lines += [b" " + line for line in tail]

        # An edit that adds lines may start at the end of the line above them, which is context.
        from_byte = start - sum(map(len, lead))
        first = group[0].line - len(lead)
        old_count = sum(line[:1] != b"+" for line in lines)
        new_count = sum(line[:1] != b"-" for line in lines)
        place = b"@@ -%s +%s @@" % (_range(first, old_count), _range(first + growth, new_count))
        heading = ""
        if headings is not None:
            own = [edit for edit in edits if edit.start <= end and edit.end >= from_byte]
            heading = ": ".join(filter(None, [headings(own), _opened_above(old, start, from_byte)]))
        yield place + (b" " + " ".join(heading.split()).encode() if heading else b"") + b"\n"
        for line in lines:
            yield line if line.endswith(b"\n") else line + b"\n" + NO_NEWLINE
        growth += new_count - old_count


def _opened_above(old: bytes, start: int, shown: int) -> str:
    """The beginning of the line without an indent that opens what byte `start` stands in.

    Nothing when no line does, or when it is among those from byte `shown` on.
    """
    at = start
    while at > 0:
        end = at - 1
        at = old.rfind(b"\n", 0, end) + 1
        line = old[at:end]
        if _OPENING.search(line):
            if _NAME.match(line):
                return "" if at >= shown else line[:_HEADING].decode(errors="ignore").rstrip()
        elif line[:1] in (b"}", b")", b"]"):
            break
    return ""


def _range(before: int, count: int) -> bytes:
    """A range as diff writes it; an empty one names the line it stands behind."""
    if count == 1:
        return b"%d" % (before + 1)
    return b"%d,%d" % (before + 1 if count else before, count)


def blocks(old: bytes, edits: Iterable[Edit]) -> list[Block]:
    """The changed lines of `old`: sorted, disjoint, with no line that stays as it is at an edge.

    `edits` must be ordered and disjoint.
    """
    found: list[Block] = []
    line = counted = 0
    for start, end, text in _line_spans(old, edits):
        line += old.count(b"\n", counted, start)
        counted = start
        found += _trimmed(Block(start, end, line, split_lines(old[start:end]), split_lines(text)))
    return found


def _line_spans(old: bytes, edits: Iterable[Edit]) -> list[tuple[int, int, bytes]]:
    """Edits widened to whole lines; those that share or touch lines become one."""
    spans: list[tuple[int, int, bytes]] = []
    for edit in edits:
        start = old.rfind(b"\n", 0, edit.start) + 1
        if spans and start <= spans[-1][1]:
            # The span before may end in untouched text that this edit reaches into.
            start, end, text = spans.pop()
            kept = old[min(edit.start, end) : end]
            text = text[: len(text) - len(kept)] + old[end : edit.start] + edit.text
        else:
            text = old[start : edit.start] + edit.text
        end = edit.end
        whole = _at_line_start(old, end) and (not text or text.endswith(b"\n"))
        if not whole:
            end = old.find(b"\n", edit.end) + 1 or len(old)
            text += old[edit.end : end]
        spans.append((start, end, text))
    return spans


def _at_line_start(old: bytes, offset: int) -> bool:
    return offset == 0 or old[offset - 1 : offset] == b"\n"


def _trimmed(block: Block) -> Iterator[Block]:
    """`block` without the lines that stay, in several blocks where some of them stand inside."""
    at, counted = block.start, 0
    for low, high, new_low, new_high in _runs(block.old, block.new):
        at += sum(map(len, block.old[counted:low]))
        end = at + sum(map(len, block.old[low:high]))
        yield Block(at, end, block.line + low, block.old[low:high], block.new[new_low:new_high])
        at, counted = end, high


def _runs(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """The runs of lines `old[a:b]` that become `new[c:d]`, as (a, b, c, d).

    Lines stay that are equal at an edge, and, inside, those that pair up: with the line at the same
    place when there are as many before as after, or with the only other one that is equal.
    """
    pairs = _twins(old, new)
    if len(old) == len(new):
        in_place = [(at, at) for at, line in enumerate(old) if line == new[at]]
        pairs = max(in_place, pairs, key=len)
    low = new_low = 0
    for high, new_high in (*pairs, (len(old), len(new))):
        head = _equal(zip(old[low:high], new[new_low:new_high], strict=False))
        low, new_low = low + head, new_low + head
        ends = zip(reversed(old[low:high]), reversed(new[new_low:new_high]), strict=False)
        tail = _equal(ends)
        if low < high - tail or new_low < new_high - tail:
            yield low, high - tail, new_low, new_high - tail
        low, new_low = high + 1, new_high + 1


def _equal(pairs: Iterable[tuple[bytes, bytes]]) -> int:
    """How many pairs are of equals before the first that is not."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _twins(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int]]:
    """Lines with a word in them that stand once in `old` and once in `new`, in rising order.

    Of lines that changed places the most that still stand in order (as patience diff pairs lines).
    """
    before, after = Counter(old), Counter(new)
    places = {line: at for at, line in enumerate(new) if after[line] == 1}
    pairs = [
        (at, places[line])
        for at, line in enumerate(old)
        if before[line] == 1 and line in places and _WORD.search(line)
    ]
    # Of the rising rows of each length, the one with the lowest end, as links from its last pair.
    ends: list[int] = []
    last: list[int] = []
    link: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [index]
        link.append(last[length - 1] if length else -1)
    rising: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        rising.append(pairs[index])
        index = link[index]
    return rising[::-1]


def _grouped(old: bytes, changed: Sequence[Block], context: int) -> Iterator[list[Block]]:
    """Blocks whose context would meet share a hunk."""
    group: list[Block] = []
    for block in changed:
        if group:
            last = group[-1]
            if block.line - last.line - len(last.old) > 2 * context:
                yield group
                group = []
        group.append(block)
    if group:
        yield group


def _lines_before(old: bytes, offset: int, limit: int) -> tuple[bytes, ...]:
    start = offset
    for _ in range(limit):
        if start == 0:
            break
        start = old.rfind(b"\n", 0, start - 1) + 1
    return split_lines(old[start:offset])


def _lines_after(old: bytes, offset: int, limit: int) -> tuple[bytes, ...]:
    end = offset
    for _ in range(limit):
        end = old.find(b"\n", end) + 1 or len(old)
    return split_lines(old[offset:end])


def split_lines(data: bytes) -> tuple[bytes, ...]:
    """The lines with their `\\n`, which the last may lack. No other byte ends a line."""
    *whole, last = data.split(b"\n")
    lines = tuple(line + b"\n" for line in whole)
    return (*lines, last) if last else lines


# Names, as git writes them with core.quotePath.

_ESCAPES = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}
_UNESCAPES = {letter: bytes([byte]) for byte, letter in _ESCAPES.items()}
_PLAIN = re.compile(rb'[^\x00-\x1f"\\\x7f-\xff]*')
_ESCAPED = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')


def quote_path(path: str) -> bytes:
    """`path` as it stands in a diff: in quotes with octal escapes when it holds odd bytes."""
    raw = path.encode("utf-8", "surrogateescape")
    if _PLAIN.fullmatch(raw):
        return raw
    return b'"' + b"".join(map(_escape, raw)) + b'"'


def _escape(byte: int) -> bytes:
    if byte in _ESCAPES:
        return b"\\" + _ESCAPES[byte]
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte


def unquote_path(name: bytes) -> str:
    """The path behind a name of a diff; what follows a tab or a closing quote is dropped.

    Bytes that are not UTF-8 become surrogates. Raises PatchError for a quote that never ends.
    """
    if name.startswith(b'"'):
        quoted = re.match(rb'"((?:[^"\\]|\\.)*)"', name, re.DOTALL)
        if quoted is None:
            raise PatchError(f"a file name's quote never ends: {name.decode(errors='replace')}")
        name = _ESCAPED.sub(_unescape, quoted[1])
    else:
        name = name.partition(b"\t")[0]
    return name.decode("utf-8", "surrogateescape")


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return _UNESCAPES[code] if code in _UNESCAPES else bytes([int(code, 8)])


# Reading.

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_HEADER = re.compile(
    rb"index |old mode |new mode |deleted file mode |new file mode |copy from |copy to "
    rb"|rename from |rename to |(?:dis)?similarity index |--- |\+\+\+ |Binary files "
)


def preamble_line(json_text: str) -> bytes:
    """A line git and patch read over. Raises PatchError when `json_text` is not one line."""
    if "\n" in json_text or "\r" in json_text:
        raise PatchError("a preamble entry must stand on one line")
    return PREAMBLE + json_text.encode() + b"\n"


def preamble_entries(preamble: bytes) -> list[str]:
    """The JSON texts of our lines in a preamble; foreign lines are left out."""
    return [
        line[len(PREAMBLE) :].rstrip(b"\r\n").decode()
        for line in split_lines(preamble)
        if line.startswith(PREAMBLE)
    ]


def split_sections(patch: bytes) -> list[Section]:
    """`patch` cut before every `diff --git` and its preamble. Raises PatchError.

    Hunk lines are counted, never recognised: a removed `-- a/x` looks like a header.
    """
    sections: list[Section] = []
    lines = split_lines(patch)
    at = 0
    while at < len(lines):
        begin = at
        while at < len(lines) and not lines[at].startswith(DIFF_GIT):
            at += 1
        if at == len(lines):
            if sections:
                last = sections[-1]
                sections[-1] = Section(last.preamble, last.body, b"".join(lines[begin:]))
            break
        body = at
        at = _end_of_header(lines, at)
        while at < len(lines) and lines[at].startswith(b"@@ "):
            _, at = _read_hunk(lines, at)
        sections.append(Section(b"".join(lines[begin:body]), b"".join(lines[body:at])))
    return sections


def _end_of_header(lines: Sequence[bytes], at: int) -> int:
    at += 1
    while at < len(lines) and _HEADER.match(lines[at]):
        at += 1
    return at


def _header(body: bytes) -> tuple[bytes, ...]:
    lines = split_lines(body)
    return lines[: _end_of_header(lines, 0)]


def hunks(section: bytes) -> list[Hunk]:
    """The hunks of one section. Raises PatchError for a damaged one."""
    lines = split_lines(section)
    found: list[Hunk] = []
    at = 0
    while at < len(lines) and not lines[at].startswith(b"@@ "):
        at += 1
    while at < len(lines) and lines[at].startswith(b"@@ "):
        hunk, at = _read_hunk(lines, at)
        found.append(hunk)
    return found


def _read_hunk(lines: Sequence[bytes], at: int) -> tuple[Hunk, int]:
    """The hunk at line `at`, and the line behind it."""
    header = _HUNK.match(lines[at])
    if header is None:
        raise PatchError(f"line {at + 1} is no hunk header")
    old_count, new_count = (int(header[group] or 1) for group in (2, 4))
    old_left, new_left = old_count, new_count
    begin = at
    at += 1
    body: list[bytes] = []
    while old_left or new_left:
        line = lines[at] if at < len(lines) else b""
        # Some editors and mailers strip the blank of an empty context line.
        line = b" \n" if line == b"\n" else line
        sign = line[:1]
        if sign not in (b" ", b"-", b"+"):
            raise PatchError(f"the hunk at line {begin + 1} is shorter than it says")
        old_left -= sign != b"+"
        new_left -= sign != b"-"
        if old_left < 0 or new_left < 0:
            raise PatchError(f"the hunk at line {begin + 1} does not hold what it says")
        at += 1
        if at < len(lines) and lines[at].startswith(b"\\"):
            line = line.removesuffix(b"\n")
            at += 1
        body.append(line)
    starts = int(header[1]), int(header[3])
    return Hunk(starts[0], old_count, starts[1], new_count, header[5], tuple(body)), at


def apply_diff(old: bytes, section: bytes) -> bytes:
    """What `section` makes of `old`: every line exactly where it says, or PatchError."""
    return _applied(old, hunks(section))


def take_back_diff(new: bytes, section: bytes) -> bytes:
    """What `section` has made `new` of: every line exactly where it says, or PatchError."""
    signs = {b"+": b"-", b"-": b"+", b" ": b" "}
    turned = [
        Hunk(
            hunk.new_start,
            hunk.new_count,
            hunk.old_start,
            hunk.old_count,
            hunk.heading,
            tuple(signs[line[:1]] + line[1:] for line in hunk.lines),
        )
        for hunk in hunks(section)
    ]
    return _applied(new, turned)


def _applied(old: bytes, changes: Sequence[Hunk]) -> bytes:
    lines = split_lines(old)
    result: list[bytes] = []
    at = 0
    for hunk in changes:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        if not at <= start <= len(lines):
            raise PatchError(f"a hunk starts at line {hunk.old_start}, where it cannot")
        result += lines[at:start]
        at = start
        if len(result) != (hunk.new_start - 1 if hunk.new_count else hunk.new_start):
            raise PatchError(f"a hunk's new lines do not start at line {hunk.new_start}")
        for line in hunk.lines:
            sign, text = line[:1], line[1:]
            if sign != b"+":
                if at >= len(lines) or lines[at] != text:
                    raise PatchError(f"line {at + 1} is not what the patch was made for")
                at += 1
            if sign != b"-":
                result.append(text)
    result += lines[at:]
    if any(not line.endswith(b"\n") for line in result[:-1]):
        raise PatchError("a line without its line ending would stand before another")
    return b"".join(result)
