"""What a codemod is, what it is given, and the three answers it may give.

A codemod module holds one function `find(match)`, declared with `@codemod(...)`. For every match
of its query it yields a `Rewrite` (do this), a `Declined` (ours, but not by a machine: here is
why, and how by hand), or nothing (not ours).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tree_sitter import Node, Query

from unleak_engine import grammars
from unleak_engine.edit import Edit, Safety
from unleak_engine.facts import FactsPort, no_facts
from unleak_engine.source import Source
from unleak_engine.target import UNKNOWN, Target

if TYPE_CHECKING:
    from unleak_engine.bindings import Bindings
    from unleak_engine.functions import Functions


class Span(NamedTuple):
    """Bytes `start:end` of a file."""

    start: int
    end: int

    @classmethod
    def of(cls, node: Node) -> "Span":
        return cls(node.start_byte, node.end_byte)


class Grounds(NamedTuple):
    """Why one thing in a site is taken for what we say: `text` as the code has it, `level` how
    sure that is ("proven", "likely" or "unknown"), and the reasons from its use to the proof."""

    text: str
    level: str
    reasons: tuple[str, ...] = ()


class Rewrite(NamedTuple):
    """Edits that belong together: all of them are made, or none.

    `notes` are what a reviewer must know; `evidence` is why the site is what we say it is.
    With safety DISPLAY the edits are never written, only shown.
    """

    span: Span
    anchor: int
    message: str
    edits: tuple[Edit, ...]
    safety: Safety
    evidence: tuple[Grounds, ...] = ()
    notes: tuple[str, ...] = ()


class Declined(NamedTuple):
    """A site that is ours and that no machine should edit.

    `code` is stable (users count and suppress by it), `why` is one sentence about this site,
    `recipe` tells how to cure it by hand. `shown` marks those whose recipe is right as it
    stands and only wants a hand to place it (reported as display instead of declined).
    """

    span: Span
    anchor: int
    message: str
    code: str
    why: str
    recipe: str
    evidence: tuple[Grounds, ...] = ()
    notes: tuple[str, ...] = ()
    shown: bool = False


Answer = Rewrite | Declined


class Options(NamedTuple):
    """What the user may choose: where rewrites put helper functions, what codemods are to know
    beside their own knowledge of `streams`, which the engine only hands on, and the `switches`
    of codemods that are on, as "codemod.switch"."""

    helpers: str = "file"
    streams: object | None = None
    switches: Sequence[str] = ()


DEFAULTS = Options()


class File:
    """One source with everything that may be asked about it, built when first asked."""

    def __init__(
        self,
        source: Source,
        *,
        target: Target = UNKNOWN,
        facts: FactsPort = no_facts,
        options: Options | None = None,
    ) -> None:
        self.source = source
        self.target = target
        self.facts = facts
        self.options = options or Options()
        self.memo: dict[object, object] = {}
        self._bindings: Bindings | None = None
        self._functions: Functions | None = None

    @property
    def bindings(self) -> "Bindings":
        if self._bindings is None:
            from unleak_engine.bindings import Bindings

            self._bindings = Bindings(self.source, self.target)
        return self._bindings

    @property
    def functions(self) -> "Functions":
        if self._functions is None:
            from unleak_engine.functions import Functions

            self._functions = Functions(self.source, self.bindings)
        return self._functions


@dataclass(frozen=True, slots=True)
class Match:
    """One match of a codemod's query: named nodes, and the file they stand in."""

    file: File
    captures: dict[str, Node]

    def __getitem__(self, name: str) -> Node:
        return self.captures[name]

    def get(self, name: str) -> Node | None:
        return self.captures.get(name)

    def text(self, name: str) -> str:
        return self.file.source.text(self.captures[name])

    @property
    def source(self) -> Source:
        return self.file.source

    @property
    def bindings(self) -> "Bindings":
        return self.file.bindings

    @property
    def functions(self) -> "Functions":
        return self.file.functions

    @property
    def target(self) -> Target:
        return self.file.target


_COMMENT = {
    grammars.NODE: re.compile(rb"\s*(?://|\*[ \t]|/\*)"),
    grammars.PYTHON: re.compile(rb"\s*#"),
}


def _in_comment_line(data: bytes, at: int, comment: re.Pattern[bytes]) -> bool:
    """Whether byte `at` surely stands in a comment: its line begins as one, and holds no `${`
    that could be code in a template. Saves parsing files that only document what they do."""
    start = data.rfind(b"\n", 0, at) + 1
    # A line can be the whole of a large file, so most are told by how they begin.
    if not comment.match(data, start, at):
        return False
    return data.find(b"{", start, at) == -1 and data.find(b"*/", start, at) == -1


FAILURES = (Exception, SystemExit)
"""What a codemod may raise without costing the file or the others."""

Find = Callable[[Any], Iterable[Answer]]
"""Takes a `Match`; that of a codemod for Python, a `PythonMatch`."""
Worth = Callable[[bytes, Options], bool]


@dataclass(frozen=True)
class Codemod:
    """A declared codemod. `needles` are the literal bytes without which it cannot match (any
    one of them is enough), and files are found by them; of each group in `also` a file must hold
    one, too. `hits` is the tighter pattern whose places the query is asked about.
    `worth` looks at a file's bytes, and what the user chose, and says whether any match could be
    more than silence, so that the others are not parsed; it may err on the side of True only.
    `language` is that of the files it reads. One that is `opt_in` runs only for those who select
    it by name.
    """

    name: str
    safety: Safety
    node: str
    needles: tuple[bytes, ...]
    hits: re.Pattern[bytes]
    query: str
    find: Find
    doc: str
    references: tuple[str, ...] = ()
    worth: Worth | None = None
    also: tuple[tuple[bytes, ...], ...] = ()
    opt_in: bool = False
    language: str = grammars.NODE
    _queries: dict[str, Query] = field(default_factory=dict, compare=False, repr=False)

    @property
    def summary(self) -> str:
        return self.doc.strip().partition("\n")[0]

    def query_for(self, grammar: str) -> Query:
        if grammar not in self._queries:
            self._queries[grammar] = Query(grammars.language(grammar), self.query)
        return self._queries[grammar]

    def may_match(self, data: bytes) -> bool:
        return holds(data, self.needles, self.also)

    def places(self, data: bytes, options: Options = DEFAULTS) -> Iterator[Span]:
        comment = _COMMENT[self.language]
        found = (
            Span(hit.start(), hit.end())
            for hit in self.hits.finditer(data)
            if not _in_comment_line(data, hit.start(), comment)
        )
        first = next(found, None)
        if first is not None and (self.worth is None or self.worth(data, options)):
            yield first
            yield from found


def holds(data: bytes, needles: Iterable[bytes], also: Iterable[Iterable[bytes]]) -> bool:
    """Whether `data` has one of `needles`, and one of each group of `also`."""
    said = _said(data)
    return any(said(needle) for needle in needles) and all(any(map(said, group)) for group in also)


_last: tuple[bytes, dict[bytes, bool]] = (b"", {})


def _said(data: bytes) -> Callable[[bytes], bool]:
    """Whether `data` holds a word. Codemods share words, and each is looked for once in a file."""
    global _last
    if _last[0] is not data:
        _last = (data, {})
    known = _last[1]

    def said(word: bytes) -> bool:
        found = known.get(word)
        if found is None:
            found = known[word] = word in data
        return found

    return said


def codemod(
    *,
    safety: Safety,
    node: str,
    needles: Iterable[str],
    hits: str,
    query: str,
    references: Iterable[str] = (),
    worth: Worth | None = None,
    also: Iterable[Iterable[str]] = (),
    opt_in: bool = False,
) -> Callable[[Find], Codemod]:
    """Declare a module's `find` a codemod. The name is the module's, in kebab-case."""

    def declare(find: Find) -> Codemod:
        module = find.__module__
        doc = find.__globals__.get("__doc__") or ""
        return Codemod(
            name=module.rpartition(".")[2].replace("_", "-"),
            safety=safety,
            node=node,
            needles=tuple(needle.encode() for needle in needles),
            hits=re.compile(hits.encode()),
            query=query,
            find=find,
            doc=doc,
            references=tuple(references),
            worth=worth,
            also=tuple(tuple(word.encode() for word in group) for group in also),
            opt_in=opt_in,
        )

    return declare
