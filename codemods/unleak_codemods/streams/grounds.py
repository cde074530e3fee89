"""What a reader is told of a stage: its text, how sure we are of it, and why."""

from tree_sitter import Node

from unleak_codemods.streams.evidence import Evidence
from unleak_engine.codemod import File, Grounds

LONGEST = 50
"""Characters of code that are repeated to a reader."""


def grounds(file: File, node: Node, found: Evidence) -> Grounds:
    """What is told of `node`, judged to be `found`."""
    text = " ".join(file.source.text(node).split())
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}…"
    return Grounds(short, found.level.name.lower(), found.reasons)
