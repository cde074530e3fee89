"""A change as lines with syntax colours, the old ones above the new."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from unleak.report.terminal import visible
from unleak.review_page.coloured import Line, Row
from unleak.review_page.coloured import change as coloured
from unleak_engine.edit import Edit

_CLASSES = {"": "", "comment": "c", "string": "s", "number": "n", "keyword": "k"}
_CLASSES |= {"property": "p", "type": "t"}


def change(path: str, old: bytes, edits: tuple[Edit, ...]) -> Iterator[str]:
    """What `edits` do, hunk by hunk, with three lines around each."""
    yield '<div class="diff" role="group" aria-label="Change">\n'
    for number, block in enumerate(coloured(path, old, edits)):
        if number or block.heading:
            yield f'<div class="gap">{escape(visible(block.heading)) or "…"}</div>\n'
        for changed, group in groupby(block.rows, lambda row: row.changed):
            rows = list(group)
            yield from _changed(rows) if changed else _same(rows)
    yield "</div>\n"


def _same(rows: list[Row]) -> Iterator[str]:
    yield from (_line(row.new, " ", "") for row in rows if row.new is not None)


def _changed(rows: list[Row]) -> Iterator[str]:
    yield from (_line(row.old, "-", " old") for row in rows if row.old is not None)
    yield from (_line(row.new, "+", " new") for row in rows if row.new is not None)


def _line(line: Line, sign: str, look: str) -> str:
    code = "".join(_part(look, text) for look, text in line.parts)
    return f'<div class="line{look}"><i>{line.number}</i><i>{sign}</i><code>{code}</code></div>\n'


def _part(look: str, text: str) -> str:
    said = escape(text)
    name = _CLASSES.get(look, "")
    return f'<span class="{name}">{said}</span>' if name else said
