"""Source texts with marks in them: ‹what a test asks about› and «what it expects»."""

import re

from tree_sitter import Node

from unleak_engine import source
from unleak_engine.source import Source

_MARKS = re.compile(r"[‹›«»]")


def marked(text: str, path: str = "a.js") -> tuple[Source, list[Node], list[Node]]:
    """The source without its marks, the nodes in ‹› and the nodes in «», in text order.

    A marked node is the outermost expression, or the outermost node, that just fills its mark.
    """
    clean = ""
    opened: list[int] = []
    spans: list[tuple[str, int, int]] = []
    at = 0
    for mark in _MARKS.finditer(text):
        clean += text[at : mark.start()]
        at = mark.end()
        if mark.group() in "‹«":
            opened.append(len(clean.encode()))
        else:
            spans.append((mark.group(), opened.pop(), len(clean.encode())))
    parsed = source.parse(path, (clean + text[at:]).encode())
    spans.sort(key=lambda span: span[1])
    asked = [_node(parsed, start, end) for mark, start, end in spans if mark == "›"]
    expected = [_node(parsed, start, end) for mark, start, end in spans if mark == "»"]
    return parsed, asked, expected


def _node(parsed: Source, start: int, end: int) -> Node:
    node = parsed.root.named_descendant_for_byte_range(start, end)
    assert node is not None
    assert (node.start_byte, node.end_byte) == (start, end), f"no node fills {start}:{end}"
    return node
