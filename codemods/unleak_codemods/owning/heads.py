"""The head of an answer: what is told of it before its body."""

from tree_sitter import Node

from unleak_codemods.streams.syntax import named
from unleak_engine.codemod import File

HEAD = frozenset(
    {
        "aborted",
        "complete",
        "headers",
        "headersDistinct",
        "httpVersion",
        "httpVersionMajor",
        "httpVersionMinor",
        "method",
        "rawHeaders",
        "rawTrailers",
        "setEncoding",
        "statusCode",
        "statusMessage",
        "trailers",
        "url",
    }
)
"""Members of an answer that tell of it and take nothing of its body."""


def takes_head(file: File, pattern: Node) -> bool:
    """Whether a pattern takes only what tells of an answer out of it."""
    if pattern.type != "object_pattern":
        return False
    for entry in named(pattern):
        key = entry.child_by_field_name("key") or entry.child_by_field_name("left") or entry
        if file.source.text(key) not in HEAD:
            return False
    return True
