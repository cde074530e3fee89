"""What one file tells about itself to the files of its package, and how it is asked for it.

Facts are plain data (str, numbers, lists, maps), so that they can be cached and sent between
processes. The engine does not read them: codemods collect them and ask for them. The workspace
finds the other file and hands its facts in through the port, a small part at a time: nothing is
read before a candidate asks.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

Facts = Mapping[str, Any]


class Known(NamedTuple):
    """Facts of another file; `path` is for a reader, from the root and with slashes."""

    path: str
    facts: Facts


class Callers(NamedTuple):
    """The files that use an export. `complete` when nothing outside of them can: the file is
    none that a package offers to others."""

    known: tuple[Known, ...]
    complete: bool


class FactsPort(Protocol):
    """What the asking file may ask of others. None, always, for what is not known: no such file,
    unreadable, too far away, too many."""

    def exported(self, specifier: str, name: str) -> Known | None:
        """What export `name` ("open", "default", "" for the module itself) of the module is that
        `specifier`, as the asking file writes it, leads to."""

    def callers(self, name: str, index: int) -> Callers | None:
        """What the files that import the asking file do with its export `name`, and what they
        hand in as argument `index`."""


class NoFacts:
    """The port of a file that is analysed alone."""

    def exported(self, specifier: str, name: str) -> Known | None:
        return None

    def callers(self, name: str, index: int) -> Callers | None:
        return None


no_facts = NoFacts()
