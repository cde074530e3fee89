"""Which paths through a function leave a response open, and where a close would go."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import function_of, uses
from unleak_codemods.asyncio_writers.placing import block_of
from unleak_codemods.http_responses.evidence import Library
from unleak_engine.python.source import PythonSource

_LEAVES = m.Return() | m.Raise() | m.Break() | m.Continue() | m.Yield()


class UnsureError(Exception):
    """The response may be used, kept or closed in a way that is not followed."""


class Paths(NamedTuple):
    """How a response is left open: `before` are the lines before which a close would do, or None
    when no line would; `read` says that another path reads it to its end."""

    before: list[cst.SimpleStatementLine] | None
    read: bool


def left_open(
    source: PythonSource,
    library: Library,
    function: cst.FunctionDef,
    name: str,
    line: cst.SimpleStatementLine,
) -> Paths | None:
    """The paths that leave the response open which `line` binds to `name`; None when there are
    none. Raises UnsureError."""
    walk = _Walk(source, library, function, name, line)
    if not walk.read:
        return Paths(None, False)
    rest = walk.rest(line)
    if any(one not in walk.within(rest) for one in walk.read):
        raise UnsureError  # read where a later round of a loop, or a handler, comes by
    if walk.walk(rest) == "falls":
        return Paths(None, True)
    if not walk.leaks:
        return None
    return Paths(None if walk.nowhere else walk.leaks, True)


class _Walk:
    """One walk along the statements behind the one that opens the response."""

    def __init__(
        self,
        source: PythonSource,
        library: Library,
        function: cst.FunctionDef,
        name: str,
        line: cst.SimpleStatementLine,
    ) -> None:
        self.source = source
        self.library = library
        self.read: list[cst.CSTNode] = []
        self.mentions: list[cst.CSTNode] = []
        self.leaks: list[cst.SimpleStatementLine] = []
        self.nowhere = False
        if m.findall(function, m.Yield()):
            raise UnsureError
        for mention, attribute in uses(source, function, name):
            if any(above is line for above in source.parents(mention)):
                continue
            if function_of(source, mention) is not function:
                raise UnsureError
            self.mentions.append(mention)
            if attribute in library.whole or (
                attribute in library.loops and _loop_over(source, mention)
            ):
                self.read.append(mention)
            elif attribute not in library.head:
                raise UnsureError

    def rest(self, line: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        """The statements that follow `line` on a path without errors, to the function's end."""
        found: list[cst.BaseStatement] = []
        inner: cst.CSTNode = line
        for above in self.source.parents(line):
            if isinstance(above, cst.IndentedBlock):
                body = list(above.body)
                found += body[body.index(inner) + 1 :]  # type: ignore[arg-type]
            elif isinstance(above, cst.For | cst.While):
                return found
            elif isinstance(above, cst.Try | cst.TryStar):
                found += self._around(above, inner)
            elif isinstance(above, cst.FunctionDef):
                return found
            elif not isinstance(above, cst.If | cst.Else | cst.With | cst.ExceptHandler):
                raise UnsureError
            inner = above
        return found

    def within(self, statements: Sequence[cst.BaseStatement]) -> set[cst.CSTNode]:
        """What of the reading stands in `statements`."""
        return {one for each in statements for one in self._within(each, self.read)}

    def walk(self, statements: Sequence[cst.BaseStatement]) -> str:
        """`done`: the response was read on every path; `leaks`: the function is left on some
        without; `falls`: the path goes on."""
        for statement in statements:
            outcome = self._step(statement)
            if outcome != "falls":
                return outcome
        return "falls"

    def _step(self, statement: cst.BaseStatement) -> str:
        if isinstance(statement, cst.SimpleStatementLine):
            return self._simple(statement)
        if isinstance(statement, cst.If):
            return self._if(statement)
        if isinstance(statement, cst.With):
            if any(self._reads(item) for item in statement.items):
                return "done"
            return self.walk(_lines(statement.body))
        if isinstance(statement, cst.For | cst.While):
            return self._loop(statement)
        if isinstance(statement, cst.Try | cst.TryStar):
            return self.walk([*_lines(statement.body), *self._around(statement, statement.body)])
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            return "falls"
        raise UnsureError

    def _simple(self, line: cst.SimpleStatementLine) -> str:
        if self._reads(line):
            return "done"
        for small in line.body:
            # The loop that is left is the one that opens the response, and nothing behind it
            # asks for it: loops further in are not walked.
            if isinstance(small, cst.Return | cst.Raise | cst.Break | cst.Continue):
                self._stays(line)
                self.leaks.append(line)
                self.nowhere |= not block_of(self.source, line)
                return "leaks"
        return "falls"

    def _stays(self, line: cst.SimpleStatementLine) -> None:
        """Raises UnsureError where an error of `line` may be caught, and the response read then."""
        inner: cst.CSTNode = line
        for above in self.source.parents(line):
            caught = isinstance(above, cst.Try | cst.TryStar) and above.body is inner
            if (caught or isinstance(above, cst.With)) and not all(
                any(around is inner for around in self.source.parents(mention))
                for mention in self.mentions
            ):
                raise UnsureError
            if isinstance(above, cst.FunctionDef):
                return
            inner = above

    def _if(self, statement: cst.If) -> str:
        if self._reads(statement.test):
            return "done"
        outcomes = [self.walk(_lines(statement.body))]
        if isinstance(statement.orelse, cst.If):
            outcomes.append(self._if(statement.orelse))
        elif statement.orelse is not None:
            outcomes.append(self.walk(_lines(statement.orelse.body)))
        else:
            outcomes.append("falls")
        if "falls" in outcomes:
            return "falls"
        return "done" if "done" in outcomes else "leaks"

    def _loop(self, loop: cst.For | cst.While) -> str:
        over = isinstance(loop, cst.For) and self._reads(loop.iter)
        leaves = bool(m.findall(loop.body, _LEAVES))
        if over:
            if leaves:
                raise UnsureError
            return "done"
        if leaves or self._reads(loop) or loop.orelse is not None:
            raise UnsureError
        return "falls"

    def _around(
        self, statement: cst.Try | cst.TryStar, inner: cst.CSTNode
    ) -> list[cst.BaseStatement]:
        """What of a `try` follows its block `inner`, without an error."""
        others = [*statement.handlers, statement.finalbody]
        if any(self._mentioned(other) for other in others if other and other is not inner):
            raise UnsureError
        found: list[cst.BaseStatement] = []
        if inner is statement.body and statement.orelse is not None:
            found += _lines(statement.orelse.body)
        return found

    def _reads(self, node: cst.CSTNode) -> bool:
        return any(True for _ in self._within(node, self.read))

    def _mentioned(self, node: cst.CSTNode) -> bool:
        return any(True for _ in self._within(node, self.mentions))

    def _within(self, node: cst.CSTNode, some: list[cst.CSTNode]) -> Iterator[cst.CSTNode]:
        return (one for one in some if any(above is node for above in self.source.parents(one)))


def _lines(suite: cst.BaseSuite) -> list[cst.BaseStatement]:
    if not isinstance(suite, cst.IndentedBlock):
        raise UnsureError  # `if x: return`: there is no line to put another one before
    return list(suite.body)


def _loop_over(source: PythonSource, mention: cst.CSTNode) -> bool:
    """Whether a `for` loops over what is asked here, directly or through one call around it."""
    inner = mention
    for above in source.parents(mention):
        if isinstance(above, cst.For):
            return above.iter is inner
        if not isinstance(above, cst.Attribute | cst.Call | cst.Arg):
            return False
        inner = above
    return False
