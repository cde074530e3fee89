"""What the author of a codemod needs, loaded when it is first touched."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unleak_engine.codemod import Declined, Grounds, Match, Rewrite, Span, codemod
    from unleak_engine.edit import Edit, Safety

__all__ = ["Declined", "Edit", "Grounds", "Match", "Rewrite", "Safety", "Span", "codemod"]

_HOMES = {"Edit": "unleak_engine.edit", "Safety": "unleak_engine.edit"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "unleak_engine.codemod")), name)
