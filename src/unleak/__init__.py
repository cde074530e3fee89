"""What the author of a codemod needs, loaded when it is first touched."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unleak_codemods.streams.evidence import Evidence, evidence_of
    from unleak_codemods.streams.grounds import grounds
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

__all__ = [
    "Answer",
    "Codemod",
    "Declined",
    "Edit",
    "Evidence",
    "File",
    "Grounds",
    "Match",
    "Options",
    "Rewrite",
    "Safety",
    "Span",
    "codemod",
    "evidence_of",
    "grounds",
]

_HOMES = {
    "Edit": "unleak_engine.edit",
    "Evidence": "unleak_codemods.streams.evidence",
    "Safety": "unleak_engine.edit",
    "evidence_of": "unleak_codemods.streams.evidence",
    "grounds": "unleak_codemods.streams.grounds",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "unleak_engine.codemod")), name)
