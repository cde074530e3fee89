"""Why a site is taken for what it is, and for which Node: what `--verbose` adds to a finding."""

import textwrap
from collections.abc import Iterator

from unleak.report.terminal import Style, visible
from unleak_engine.codemod import Grounds
from unleak_engine.finding import Finding
from unleak_engine.target import Target

INDENT = "  "
MARGIN = 10
"""Columns that the labels take."""

_LEVELS = {"proven": "green", "likely": "yellow", "unknown": "red"}
_LEVEL = 8
"""Columns that the words for how sure we are take."""


def evidence(finding: Finding, style: Style) -> Iterator[str]:
    """A line for every stage: how sure we are of it, then the chain of reasons, one a line."""
    label = "evidence:"
    for one in finding.evidence:
        level = one.level
        for text in said(one):
            for row in _wrapped(text, style, _LEVEL):
                # Padded first: what colours a word takes no columns.
                word = style(_LEVELS.get(level, "dim"), level) + " " * (_LEVEL - len(level))
                yield INDENT + style("dim", label) + " " * (MARGIN - len(label)) + word + row
                label = level = ""


def target(on: Target, style: Style) -> Iterator[str]:
    """Which Node a file runs on, and who says so."""
    head = "target:".ljust(MARGIN)
    for row in _wrapped(node(on), style):
        yield INDENT + style("dim", head) + row
        head = " " * MARGIN


def said(one: Grounds) -> list[str]:
    """The reasons for a stage, the first of which names it."""
    name = f"`{one.text}`"
    if not one.reasons:
        return [f"{name}: nothing here says what it is"]
    first, *others = one.reasons
    return [first if first.startswith(name) else f"{name}: {first}", *others]


def node(on: Target) -> str:
    """`Node 18 and up (engines of package.json: ">=18")`."""
    if not on.said:
        return "no manifest says which Node it is; 18 and up is taken for granted"
    low, high = on.node_floor or 0, on.node_ceiling
    if high is None:
        lines = f"{low} and up"
    elif low == high:
        lines = f"{low}"
    else:
        lines = f"{low} to {high}" if low else f"up to {high}"
    return f"Node {lines} ({on.said})"


def _wrapped(text: str, style: Style, indent: int = 0) -> list[str]:
    width = max(40, style.width) - len(INDENT) - MARGIN - indent
    return textwrap.wrap(visible(text), width, break_long_words=False, break_on_hyphens=False)
