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
    "Rewrite",
    "Safety",
    "Span",
    "analyse_bytes",
    "codemod",
    "evidence_of",
    "grounds",
    "rewrite_bytes",
]

_HOMES = {
    "Edit": "unleak_engine.edit",
    "Evidence": "unleak_codemods.streams.levels",
    "Finding": "unleak_engine.finding",
    "Level": "unleak_codemods.streams.levels",
    "Safety": "unleak_engine.edit",
    "analyse_bytes": "unleak_engine.rewrite",
    "evidence_of": "unleak_codemods.streams.evidence",
    "grounds": "unleak_codemods.streams.grounds",
    "rewrite_bytes": "unleak_engine.rewrite",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "unleak_engine.codemod")), name)
