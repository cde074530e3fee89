"""Any text as a part of Markdown."""

import re

from unleak.report.terminal import visible


def code(text: str) -> str:
    """`text` as Markdown's code, whatever is in it."""
    line = " ".join(visible(text).split())
    ticks = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    return f"{ticks} {line} {ticks}" if "`" in line else f"{ticks}{line}{ticks}"


def plain(text: str) -> str:
    """`text` on one line; outside of code nothing in it is HTML."""
    line = " ".join(text.split())
    written = {"<": "&lt;", ">": "&gt;"}
    return re.sub(r"(`+[^`]*`+)|[<>]", lambda match: match[1] or written[match[0]], line)


def cell(markdown: str) -> str:
    """A piece of Markdown in a table, which ends a cell even inside of code."""
    return markdown.replace("|", "\\|")


def fenced(text: str, language: str) -> str:
    """Lines of code, whatever is in them."""
    ticks = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"
