"""What the author of a codemod needs, loaded when it is first touched."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unleak_codemods.streams.evidence import evidence_of
    from unleak_codemods.streams.grounds import grounds
    from unleak_codemods.streams.levels import Evidence, Level
    from unleak_engine.codemod import (
        Answer,
        Codemod,
        Declined,
        File,
        Grounds,
        Match,
        Options,
        Rewrite,
        Span,
        codemod,
    )
    from unleak_engine.edit import Edit, Safety
    from unleak_engine.finding import Finding
    from unleak_engine.python.codemod import PythonMatch
    from unleak_engine.python.codemod import codemod as python_codemod
    from unleak_engine.python.source import PythonSource
    from unleak_engine.rewrite import analyse_bytes, rewrite_bytes

__all__ = [
    "Answer",
    "Codemod",
    "Declined",
    "Edit",
    "Evidence",
    "File",
    "Finding",
    "Grounds",
    "Level",
    "Match",
    "Options",
    "PythonMatch",
    "PythonSource",
    "Rewrite",
    "Safety",
    "Span",
    "analyse_bytes",
    "codemod",
    "evidence_of",
    "grounds",
    "python_codemod",
    "rewrite_bytes",
]

_HOMES = {
    "Edit": "unleak_engine.edit",
    "Evidence": "unleak_codemods.streams.levels",
    "Finding": "unleak_engine.finding",
    "Level": "unleak_codemods.streams.levels",
    "PythonMatch": "unleak_engine.python.codemod",
    "PythonSource": "unleak_engine.python.source",
    "Safety": "unleak_engine.edit",
    "analyse_bytes": "unleak_engine.rewrite",
    "evidence_of": "unleak_codemods.streams.evidence",
    "grounds": "unleak_codemods.streams.grounds",
    "python_codemod": "unleak_engine.python.codemod",
    "rewrite_bytes": "unleak_engine.rewrite",
}
_NAMED_THERE = {"python_codemod": "codemod"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(_HOMES.get(name, "unleak_engine.codemod"))
    return getattr(home, _NAMED_THERE.get(name, name))
