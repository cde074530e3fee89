"""The paths through a function on which nothing is done with the body of an answer."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.syntax import named, walk
from unleak_engine.codemod import File
from unleak_engine.flow import completes

Takes = Callable[[Node], bool]


class Gap(NamedTuple):
    """A path without a reader. The body is to be dropped `before` statement `node`, `after` it, in
    the missing `else` of it, or in front of it where it is the `body` of an `if` by itself."""

    place: str
    node: Node


class Paths(NamedTuple):
    """`read` and `unread` tell whether the end of the statements is reached with the body taken,
    or not. `unclear`: some path cannot be told."""

    gaps: tuple[Gap, ...]
    read: bool
    unread: bool
    unclear: bool = False


_NO_STATEMENT = frozenset({"comment", "empty_statement", "function_declaration"})
_OPAQUE = frozenset(
    {
        "switch_statement",
        "try_statement",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "labeled_statement",
        "with_statement",
    }
)


class _Walker:
    def __init__(self, file: File, takes: Takes) -> None:
        self._file = file
        self._takes = takes

    def through(
        self, statements: Sequence[Node], then: Sequence[Node] = (), *, bare: bool = False
    ) -> Paths:
        """The paths through `statements`, the body unread before them. What runs `then` is not
        looked at but to know whether it reads. `bare`: they are a branch that is no block."""
        gaps: list[Gap] = []
        unclear = False
        body = [node for node in statements if node.type not in _NO_STATEMENT]
        start = 0  # from here on, what is reached is reached unread by every path
        for at, statement in enumerate(body):
            if statement.type == "if_statement":
                step = self._branch(statement, [*body[at + 1 :], *then])
                gaps += step.gaps
                unclear |= step.unclear
                if not step.unread:
                    return Paths(tuple(gaps), step.read, False, unclear)
                if step.gaps or step.read or self._takes(statement):
                    start = at + 1
                continue
            if statement.type == "statement_block":
                step = self.through(named(statement), [*body[at + 1 :], *then])
                gaps += step.gaps
                unclear |= step.unclear
                if not step.unread:
                    return Paths(tuple(gaps), step.read, False, unclear)
                continue
            if self._takes(statement):
                goes_on = all(completes(node) for node in body[at:])
                return Paths(tuple(gaps), goes_on, False, unclear)
            if self._leaves_process(statement) or statement.type == "throw_statement":
                return Paths(tuple(gaps), False, False, unclear)
            if statement.type == "return_statement":
                gaps.append(Gap("body" if bare else "before", body[start]))
                return Paths(tuple(gaps), False, False, unclear)
            if statement.type in ("break_statement", "continue_statement"):
                return Paths(tuple(gaps), False, True, True)
            unclear |= statement.type in _OPAQUE and _may_return(statement)
        return Paths(tuple(gaps), False, True, unclear)

    def _branch(self, statement: Node, rest: Sequence[Node]) -> Paths:
        condition = statement.child_by_field_name("condition")
        if condition is not None and self._takes(condition):
            return Paths((), True, False)
        then = statement.child_by_field_name("consequence")
        clause = statement.child_by_field_name("alternative")
        other = named(clause)[0] if clause is not None and named(clause) else None
        sides = [self._side(side, rest) for side in (then, other)]
        gaps = tuple(gap for side in sides for gap in side.gaps)
        unclear = any(side.unclear for side in sides)
        read, unread = any(s.read for s in sides), any(s.unread for s in sides)
        if not (read and unread):
            return Paths(gaps, read, unread, unclear)
        # One side reads the body and goes on, the other goes on without: what follows decides.
        after = self.through(rest)
        if not after.unread and not after.gaps and not after.unclear:
            return Paths(gaps, True, False, unclear)
        if any(self._takes(node) for node in rest):
            return Paths(gaps, True, False, True)
        for side, node in zip(sides, (then, other), strict=True):
            if side.unread and side.read:
                return Paths(gaps, True, False, True)
            if side.unread:
                gaps = (*gaps, self._side_gap(node, statement))
        return Paths(gaps, True, False, unclear)

    def _side(self, node: Node | None, rest: Sequence[Node]) -> Paths:
        if node is None:
            return Paths((), False, True)
        block = node.type == "statement_block"
        found = self.through(named(node) if block else [node], rest, bare=not block)
        if found.gaps and not (found.read or found.unread or found.unclear or self._takes(node)):
            # Every path through this side leaves the function, so one place serves them all.
            return found._replace(gaps=(self._side_gap(node, node),))
        return found

    def _side_gap(self, node: Node | None, holder: Node) -> Gap:
        if node is None:
            return Gap("else", holder)
        if node.type != "statement_block":
            return Gap("body", node)
        inner = [child for child in named(node) if child.type not in _NO_STATEMENT]
        return Gap("before", inner[0]) if inner else Gap("inside", node)

    def _leaves_process(self, statement: Node) -> bool:
        return b"process.exit(" in self._file.source.bytes(statement)


def _may_return(statement: Node) -> bool:
    return any(node.type == "return_statement" for node in walk(statement, into_functions=False))


def unread_paths(file: File, body: Node, takes: Takes) -> Paths:
    """The paths through a function's `body`, a block, on which `takes` is true of nothing. The end
    of the body is a gap of its own when it is reached so."""
    statements = [node for node in named(body) if node.type not in _NO_STATEMENT]
    found = _Walker(file, takes).through(statements)
    if not found.unread or not statements:
        return found
    last = max((at for at, node in enumerate(statements) if takes(node)), default=-1)
    end = Gap("before", statements[last + 1]) if last + 1 < len(statements) else None
    return found._replace(gaps=(*found.gaps, end or Gap("after", statements[-1])))
