"""The comments that suppress findings, and what they come to.

    // unleak-disable-next-line NAME[, NAME] -- reason
    …  // unleak-disable-line NAME until=2027-01-31 -- reason
    /* unleak-disable NAME -- reason */ … /* unleak-enable NAME */
    /* unleak-disable-file NAME -- reason */

In Python every comment begins with `#`.

An accepted finding is kept in sight and never cured. A comment that accepts nothing is a finding
itself, which is cured by taking it out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from unleak_engine.codemod import Span
from unleak_engine.edit import Edit, Safety, joined, ordered
from unleak_engine.exemptions import BAD, BASELINED, CODES, EXPIRED, SUPPRESSED, UNUSED, Exemptions
from unleak_engine.finding import Finding, fingerprint
from unleak_engine.source import BOM, Source, Text


class Marks(NamedTuple):
    """How a language marks its comments: what begins one that ends with its line, and a pattern of
    lines that hold nothing else."""

    line: str
    alone: re.Pattern[bytes]


SLASHES = Marks(
    "//",
    re.compile(rb"\s*(?://.*|/\*(?:(?!\*/).)*\*/\s*|\{/\*(?:(?!\*/).)*\*/\}\s*)\r?"),
)
HASH = Marks("#", re.compile(rb"\s*#[^\r]*\r?"))


@dataclass(slots=True)
class Comment:
    """A comment for us: its bytes `start:end` with their marks, and the lines it speaks of, from 0
    and both included. `wrong` says why it cannot be followed."""

    start: int
    end: int
    word: str
    names: tuple[str, ...]
    reason: str = ""
    until: str = ""
    wrong: str = ""
    first: int = 0
    last: int = -1
    used: set[str] = field(default_factory=set)
    partner: "Comment | None" = None


def comments_of(source: Source) -> Iterator[Span]:
    """The comments of a JavaScript or TypeScript file that hold one of our words."""
    done = 0
    for hit in re.finditer(rb"unleak-(?:disable|enable)", source.data):
        if hit.start() < done:
            continue
        node = source.root.descendant_for_byte_range(hit.start(), hit.end())
        if node is not None and node.type == "comment":
            done = node.end_byte
            yield Span.of(node)


def settled(
    source: Text,
    findings: Sequence[Finding],
    exemptions: Exemptions,
    comments: Iterable[Span],
    *,
    sure: bool,
    marks: Marks = SLASHES,
) -> tuple[Finding, ...]:
    """`findings` with the status of those that are accepted, and with those about `comments`,
    which are all that may be for us, as `marks` say they are written. Unless `sure`, not all was
    judged, and no comment is called unused."""
    read = _read(source, comments, marks)
    found = [_accepted(source, finding, read, exemptions) for finding in findings]
    for comment in read:
        told = _told(source, comment, exemptions, marks, sure=sure)
        if told is not None:
            found.append(told)
    found.sort(key=lambda one: (one.anchor, one.span.start, one.codemod))
    return _before_comments(source, _numbered(found), read, marks)


def _accepted(
    source: Text, finding: Finding, comments: Iterable[Comment], exemptions: Exemptions
) -> Finding:
    by: Comment | None = None
    lines = _lines(source, finding)
    for comment in comments:
        if finding.codemod not in comment.names or comment.wrong or _is_over(comment, exemptions):
            continue
        speaks = any(comment.first <= line <= comment.last for line in lines)
        if speaks and (by is None or (comment.first, -comment.last) > (by.first, -by.last)):
            by = comment  # the closest counts, so that the others show as unused
    if by is not None:
        by.used.add(finding.codemod)
        why = by.reason or "a comment says so, without a reason"
        return finding._replace(status=SUPPRESSED, reason=None, why=why, recipe="", edits=())
    if finding.fingerprint in exemptions.baseline:
        why = "it is in the baseline"
        return finding._replace(status=BASELINED, reason=None, why=why, recipe="", edits=())
    return finding


def _lines(source: Text, finding: Finding) -> tuple[int, int, int]:
    """The lines whose comments may speak of a finding: where a reader looks, and where the site
    begins and ends."""
    data, span = source.data, finding.span
    return (
        finding.start.line - 1,
        data.count(b"\n", 0, span.start),
        data.count(b"\n", 0, max(span.start, span.end - 1)),
    )


def _is_over(comment: Comment, exemptions: Exemptions) -> bool:
    return bool(comment.until and exemptions.today and comment.until < exemptions.today)


# What a comment says.

_MARKS = re.compile(r"^(?://+|/\*+[\s*]*|#+)\s*")
_WORDS = {
    "unleak-disable-next-line": "next-line",
    "unleak-disable-line": "line",
    "unleak-disable-file": "file",
    "unleak-disable": "begin",
    "unleak-enable": "end",
}
_UNTIL = re.compile(r"(?:^|\s)until=(\S*)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_REASON = re.compile(r"(?:^|\s)--(?:\s|$)")
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def _read(source: Text, comments: Iterable[Span], marks: Marks) -> list[Comment]:
    found: list[Comment] = []
    for span in comments:
        comment = _comment(source, span)
        if comment is not None:
            _place(source, comment, found, marks)
            found.append(comment)
    return found


def _comment(source: Text, span: Span) -> Comment | None:
    text = source.data[span.start : span.end].decode(errors="replace")
    body = _MARKS.sub("", text).removesuffix("*/").strip()
    body = re.sub(r"\n\s*\*", "\n", body)
    head = re.match(r"unleak-(?:disable|enable)[\w-]*", body)
    if head is None:  # a comment that only speaks of us
        return None
    word = _WORDS.get(head[0], "")
    rest = body[head.end() :].removeprefix(":")
    said, *reasons = _REASON.split(" ".join(rest.replace("*/", "").split()), maxsplit=1)
    until = _UNTIL.search(rest)
    names = tuple(
        name.replace("_", "-") for part in _UNTIL.sub(" ", said).split(",") for name in part.split()
    )
    reason = _UNTIL.sub("", " " + "".join(reasons)).strip()
    day = until[1].rstrip(".,;") if until else ""
    comment = Comment(span.start, span.end, word, names, reason, day)
    if not word:
        comment.wrong = f"there is no `{head[0]}`; there are {', '.join(_WORDS)}"
    elif not names:
        comment.wrong = "it names no codemod, and a blanket would hide what comes next"
    elif odd := [name for name in names if not _NAME.fullmatch(name)]:
        comment.wrong = f"{odd[0]!r} is no name of a codemod; a reason stands behind ` -- `"
    elif until and not _is_day(day):
        comment.wrong = f"until={day} is no day; say it as until=2027-01-31"
    return comment


def _is_day(text: str) -> bool:
    parts = _DAY.fullmatch(text)
    if parts is None:
        return False
    year, month, day = map(int, parts.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1]


def _place(source: Text, comment: Comment, before: Sequence[Comment], marks: Marks) -> None:
    """Say which lines `comment` speaks of; those `before` it may end with it."""
    data = source.data
    first = data.count(b"\n", 0, comment.start)
    last = first + data.count(b"\n", comment.start, comment.end)
    end = data.count(b"\n")
    match comment.word:
        case "line":
            comment.first, comment.last = first, last
        case "next-line":
            comment.first = comment.last = _next_code(source, last, marks)
        case "file":
            comment.first, comment.last = 0, end
        case "begin":
            comment.first, comment.last = first, end
        case "end" if not comment.wrong:
            _end(comment, last, [one for one in before if one.word == "begin" and not one.wrong])


def _end(comment: Comment, line: int, begun: Sequence[Comment]) -> None:
    """End the last of `begun` that names what `comment` does."""
    names = set(comment.names)
    open_ = [one for one in begun if one.partner is None]
    for one in reversed(open_):
        if set(one.names) == names:
            one.last, one.partner, comment.partner = line, comment, one
            return
    if any(names & set(one.names) for one in open_):
        comment.wrong = "it must name all that its `unleak-disable` names"


def _next_code(source: Text, line: int, marks: Marks) -> int:
    """The line below `line` that holds more than a comment, since comments for several tools may
    stand above one another."""
    starts = source.line_starts
    at = line + 1
    while at < len(starts) - 1:
        text = source.data[starts[at] : starts[at + 1] - 1]
        if not marks.alone.fullmatch(text):
            break
        at += 1
    return at


# What is to be told of a comment.


def _told(
    source: Text, comment: Comment, exemptions: Exemptions, marks: Marks, *, sure: bool
) -> Finding | None:
    strange = [name for name in comment.names if exemptions.known and name not in exemptions.known]
    if comment.wrong or strange:
        why = comment.wrong or f"no codemod is named {strange[0]!r}{_meant(strange[0], exemptions)}"
        message = "This comment suppresses nothing."
        recipe = (
            f"Write it as `{marks.line} unleak-disable-next-line NAME -- reason`, or take it out."
        )
        return _finding(source, comment, BAD, message, why, ())._replace(recipe=recipe)
    if _is_over(comment, exemptions):
        message = f"This suppression has expired on {comment.until}."
        return _finding(source, comment, EXPIRED, message, "", _without(source, comment))
    if comment.word == "end":
        if comment.partner is not None:
            return None
        message = "There is no `unleak-disable` that this comment could end."
        return _finding(source, comment, UNUSED, message, "", _taken_out(source, comment))
    unused = [n for n in comment.names if n not in comment.used and n in exemptions.ran]
    if not unused or not sure:
        return None
    message = f"Nothing is left for this comment to suppress: {', '.join(unused)}."
    if len(unused) == len(comment.names):
        return _finding(source, comment, UNUSED, message, "", _without(source, comment))
    return _finding(source, comment, UNUSED, message, "", _unnamed(source, comment, unused))


def _meant(name: str, exemptions: Exemptions) -> str:
    from difflib import get_close_matches  # only for mistakes

    close = get_close_matches(name, sorted(exemptions.known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def _finding(
    source: Text, comment: Comment, code: str, message: str, why: str, edits: tuple[Edit, ...]
) -> Finding:
    text = source.data[comment.start : comment.end].decode(errors="replace")
    return Finding(
        codemod=code,
        path=source.path,
        span=Span(comment.start, comment.end),
        anchor=comment.start,
        start=source.position(comment.start),
        end=source.position(comment.end),
        message=message,
        status="fixable" if edits else f"declined:{code}",
        safety=Safety.SAFE if edits else Safety.DISPLAY,
        reason=None if edits else code,
        why=why,
        recipe="",
        evidence=(),
        notes=(),
        edits=edits,
        fingerprint=fingerprint(code, source.path, text, 0),
    )


def _numbered(findings: Sequence[Finding]) -> list[Finding]:
    """`findings` in text order, equal comments told apart by their number."""
    seen: dict[str, int] = {}
    told: list[Finding] = []
    for finding in findings:
        if finding.codemod in CODES:
            number = seen.get(finding.fingerprint, 0)
            seen[finding.fingerprint] = number + 1
            if number:
                parts = (finding.codemod, finding.path, finding.fingerprint, number)
                finding = finding._replace(fingerprint=fingerprint(*parts))
        told.append(finding)
    return told


# How a comment is taken out.


def _without(source: Text, comment: Comment) -> tuple[Edit, ...]:
    edits = _taken_out(source, comment)
    return edits if comment.partner is None else (*edits, *_taken_out(source, comment.partner))


def _taken_out(source: Text, comment: Comment) -> tuple[Edit, ...]:
    """A comment with the line it has for itself, or with the blanks before it."""
    data, start, end = source.data, comment.start, comment.end
    jsx = data[start - 1 : start] == b"{" and data[end : end + 1] == b"}"
    jsx = jsx and _in_jsx(source, start)
    if jsx:
        start, end = start - 1, end + 1
    above = source.line_start(start)
    head = data[above:start].removeprefix(BOM)
    stop = data.find(b"\n", end)
    tail = data[end : len(data) if stop < 0 else stop]
    if not head.strip() and not tail.strip():
        if stop < 0 and above > 0:  # the last line, without an end: the one above ends the file
            crlf = data[above - 2 : above] == b"\r\n"
            return (Edit(above - 1 - crlf, len(data), b""),)
        return (Edit(start - len(head), len(data) if stop < 0 else stop + 1, b""),)
    if not tail.strip():
        return (Edit(start - (len(head) - len(head.rstrip())), end, b""),)
    if jsx:  # blanks beside it may be text
        return (Edit(start, end, b""),)
    blanks = len(tail) - len(tail.lstrip(b" \t"))
    if head and not head[-1:].isspace() and not blanks:
        parts = head[-1:].isalnum() and tail[:1].isalnum()
        return (Edit(start, end, b" " if parts else b""),)
    return (Edit(start, end + (blanks if not head.strip() or head[-1:].isspace() else 0), b""),)


def _in_jsx(source: Text, comment: int) -> bool:
    if not isinstance(source, Source):
        return False
    return any(n.type == "jsx_expression" for n in source.path_to(comment, comment + 1)[-2:])


def _unnamed(source: Text, comment: Comment, unused: Sequence[str]) -> tuple[Edit, ...]:
    """A comment without some of its names, and so its partner."""
    edits: list[Edit] = []
    for one in (comment, comment.partner):
        if one is not None:
            text = source.data[one.start : one.end]
            kept = b", ".join(n.encode() for n in one.names if n not in unused)
            spelled = [n.encode().replace(b"-", b"[-_]") for n in one.names]
            found = re.search(rb"[\s,]+".join(spelled), text)
            if found is None:
                return ()
            edits.append(Edit(one.start + found.start(), one.start + found.end(), kept))
    return tuple(edits)


def _before_comments(
    source: Text, findings: Sequence[Finding], comments: Sequence[Comment], marks: Marks
) -> tuple[Finding, ...]:
    """`findings` whose edits put no line between a comment and the line it speaks of: what would
    go there goes before the comment."""
    gaps: list[_Gap] = []
    starts = source.line_starts
    for comment in comments:
        if comment.word == "next-line" and not comment.wrong and comment.first < len(starts):
            line, head = starts[comment.first], source.line_start(comment.start)
            head += len(BOM) if source.data.startswith(BOM, head) else 0
            beside = source.data[head : comment.start].lstrip()
            if not beside or beside.startswith(marks.line.encode()):
                indent, above = (source.indent(at).encode() for at in (line, comment.start))
                gaps.append(_Gap(comment.end, line, indent, head, above))
    if not gaps:
        return tuple(findings)

    def moved(edit: Edit) -> Edit:
        if edit.start < edit.end or b"\n" not in edit.text:
            return edit
        return next((gap.left(edit) for gap in gaps if gap.holds(edit.start)), edit)

    return tuple(
        finding._replace(edits=ordered(joined(map(moved, finding.edits))))
        if finding.edits and finding.codemod not in CODES
        else finding
        for finding in findings
    )


class _Gap(NamedTuple):
    """What lies between a comment's end, `after`, and the code of the `line` it speaks of, with
    its `indent`. The line of the comment begins at `head`, with the indent `above`."""

    after: int
    line: int
    indent: bytes
    head: int
    above: bytes

    def holds(self, offset: int) -> bool:
        return self.after <= offset <= self.line + len(self.indent)

    def left(self, edit: Edit) -> Edit:
        """`edit`, which inserts lines into the gap, before the comment instead."""
        at = self.head
        if edit.start == self.line:
            return Edit(at, at, edit.text)
        if self.indent != self.above and edit.text.endswith(b"\n" + self.indent):
            text = self.indent + edit.text.removesuffix(self.indent)
            return Edit(at, at, text)
        at += len(self.above)
        return Edit(at, at, edit.text)
