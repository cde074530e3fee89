"""How sure it is that something is a Node stream, whose it is, and why."""

import enum
from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import knowledge
from unleak_codemods.streams.knowledge import Kind
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File


class Level(enum.IntEnum):
    """How sure we are that this is a Node stream."""

    NOT_OURS = 0
    UNKNOWN = 1
    LIKELY = 2
    PROVEN = 3


class Owner(enum.StrEnum):
    """Whose the stream is, seen from the function that uses it."""

    HERE = "made here"
    PARAMETER = "a parameter"
    OUTER = "from an enclosing function"
    MODULE = "of the module"
    FIELD = "a field"
    PROCESS = "process-wide"
    HANDLER = "of the request"
    OTHER = "from elsewhere"


class Evidence(NamedTuple):
    """One expression judged. `binding` is the variable it is read from, None for an inline
    expression; `reasons` go from the place of use to the proof. `named` says that a method made it
    that is called as the one of `fs` is, whatever it is a method of, or that a comment says so."""

    level: Level
    kind: Kind = knowledge.NOTHING
    owner: Owner = Owner.OTHER
    reasons: tuple[str, ...] = ()
    binding: Binding | None = None
    named: bool = False

    @property
    def role(self) -> str:
        return self.kind.role

    @property
    def proven(self) -> bool:
        return self.level is Level.PROVEN

    @property
    def taken(self) -> bool:
        """Whether an edit that a reader looks at may take it for what it seems to be."""
        return self.proven or (self.named and self.level is Level.LIKELY)

    @property
    def made_here(self) -> bool:
        return self.owner is Owner.HERE

    def because(self, reason: str) -> "Evidence":
        """The same, with one more reason before the others."""
        return self._replace(reasons=(reason, *self.reasons))

    def at_most(self, level: Level) -> "Evidence":
        return self if self.level <= level else self._replace(level=level)


UNKNOWN = Evidence(Level.UNKNOWN)
NOT_OURS = Evidence(Level.NOT_OURS)
FOREIGN = Evidence(Level.NOT_OURS, Kind("own-pipe"))
"""What another library made: so is all that its methods and members give."""

FOREVER = frozenset({Owner.PROCESS, Owner.FIELD, Owner.MODULE})
"""Owners that keep a stream longer than any call of a function."""

_WORST = (
    *(Owner.PROCESS, Owner.FIELD, Owner.MODULE, Owner.OUTER),
    *(Owner.PARAMETER, Owner.HANDLER, Owner.OTHER, Owner.HERE),
)
_WIDEST = ("stdio", "own-pipe", "legacy", "upload", "socket", "response", "child-writable")
_MOST_REASONS = 6


def said(file: File, node: Node) -> str:
    """A node's text as a reason quotes it."""
    text = " ".join(file.source.text(node).split())
    return f"`{text if len(text) <= 50 else text[:47] + '…'}`"


def a(word: str) -> str:
    """`word` with its article."""
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def worst(owners: Sequence[Owner]) -> Owner:
    """Of several owners the one that leaves us the least right to destroy a stream."""
    return min(owners, key=_WORST.index, default=Owner.OTHER)


def joined(parts: Sequence[Evidence]) -> Evidence:
    """What is one of `parts`, nobody knows which: proven when each is, and of one role.

    A stream beside something unknown is likely; streams beside what is none are unknown.
    """
    if len(parts) == 1:
        return parts[0]
    owner = worst([part.owner for part in parts])
    known = [part for part in parts if part.level >= Level.LIKELY]
    others = [part for part in parts if part.level is Level.NOT_OURS]
    if len(others) == len(parts):
        return others[0] if parts else UNKNOWN
    if not known or others or len({part.kind.promised for part in known}) > 1:
        return UNKNOWN._replace(owner=owner)
    same = len({part.role for part in known}) == 1
    kind = _common([part.kind for part in known])
    if not kind.role and not (same and kind.shape):
        return UNKNOWN._replace(owner=owner)
    sure = same and all(part.proven for part in parts)
    reasons = tuple(dict.fromkeys(reason for part in known for reason in part.reasons))
    return Evidence(Level.PROVEN if sure else Level.LIKELY, kind, owner, reasons[:_MOST_REASONS])


def _common(kinds: Sequence[Kind]) -> Kind:
    """The kind that is right for each of several: the role that asks for the most care."""
    roles = [kind.role for kind in kinds]
    role = next((role for role in _WIDEST if role in roles), roles[0])
    first = next(kind for kind in kinds if kind.role == role)
    one_model = len({kind.model for kind in kinds}) == 1
    one_shape = len({kind.shape for kind in kinds}) == 1
    return first._replace(
        finite=all(kind.finite for kind in kinds),
        fed=any(kind.fed for kind in kinds),
        opaque=any(kind.opaque for kind in kinds),
        model=first.model if one_model else "other",
        shape=first.shape if one_shape else "",
    )
