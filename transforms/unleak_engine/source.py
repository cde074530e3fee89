"""A file's bytes and the tree over them.

All offsets are bytes of the file, a byte order mark included. Nothing here is decoded except to
check that it is UTF-8 and to show a reader a column.
"""

import functools
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node, Tree

from unleak_engine import grammars

MAX_BYTES = 2 * 1024 * 1024
"""Parsing costs up to 190 bytes of memory a byte and cannot be stopped, hence a limit."""

MAX_DEPTH = 1_000
"""Deeper nesting makes climbing quadratic, and past 50,000 matches are lost in silence."""

BOM = b"\xef\xbb\xbf"


class UnreadableError(ValueError):
    """A file that cannot be analysed. `code` is stable; the message is for a reader."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Position(NamedTuple):
    """1-based, the column in characters."""

    line: int
    column: int


class Text:
    """A file's bytes, and how its lines are written. Knows no language."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data

    @functools.cached_property
    def newline(self) -> str:
        """The line ending the file uses where it first has one."""
        first = self.data.find(b"\n")
        return "\r\n" if first > 0 and self.data[first - 1 : first] == b"\r" else "\n"

    @functools.cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        at = self.data.find(b"\n")
        while at != -1:
            starts.append(at + 1)
            at = self.data.find(b"\n", at + 1)
        return starts

    def line_start(self, offset: int) -> int:
        return self.data.rfind(b"\n", 0, offset) + 1

    def indent(self, offset: int) -> str:
        """The blanks at the start of the line that holds `offset`."""
        start = self.line_start(offset)
        if start == 0 and self.data.startswith(BOM):
            start = len(BOM)
        end = start
        while end < len(self.data) and self.data[end : end + 1] in (b" ", b"\t"):
            end += 1
        return self.data[start:end].decode()

    @functools.cached_property
    def indent_unit(self) -> str:
        """One step of indentation: the first indented line's, two blanks in a flat file. A comment
        with blanks of its own decides nothing in a file of tabs."""
        if self.data.count(b"\n\t") > self.data.count(b"\n "):
            return "\t"
        for start in self.line_starts:
            first = self.data[start : start + 1]
            if first == b"\t":
                return "\t"
            if first == b" ":
                end = start
                while self.data[end : end + 1] == b" ":
                    end += 1
                if self.data[end : end + 1] not in (b"*", b"\n", b"\r", b"") and end - start > 1:
                    return " " * min(end - start, 8)
        return "  "

    @functools.cached_property
    def quote(self) -> str:
        """The quote most strings here are written with."""
        return '"' if self.data.count(b'"') > self.data.count(b"'") else "'"

    def position(self, offset: int) -> Position:
        """Where a reader finds byte `offset`."""
        start = self.line_start(offset)
        line = self.data.count(b"\n", 0, start) + 1
        if start == 0 and self.data.startswith(BOM):
            start = len(BOM)
        return Position(line, len(self.data[start:offset].decode(errors="replace")) + 1)


class Source(Text):
    """One parsed file. Made by `parse`; holds the tree as long as its nodes are in use."""

    def __init__(self, path: str, data: bytes, grammar: str, tree: Tree) -> None:
        super().__init__(path, data)
        self.grammar = grammar
        self.tree = tree
        self.root = tree.root_node

    def bytes(self, node: Node) -> bytes:
        return self.data[node.start_byte : node.end_byte]

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode()

    @functools.cached_property
    def uses_semicolons(self) -> bool:
        """Whether statements here end with semicolons: the majority of lines decides."""
        ends = self.data.count(b";\n") + self.data.count(b";\r\n")
        bare = self.data.count(b")\n") + self.data.count(b")\r\n")
        return ends >= bare

    @functools.cached_property
    def error_count(self) -> int:
        return error_count(self.tree)

    def errors(self) -> Iterator[Node]:
        """The ERROR and MISSING nodes, outermost ones only."""
        yield from _errors(self.root)

    def path_to(self, start: int, end: int) -> list[Node]:
        """The nodes from the root down to the smallest one that covers `start:end`.

        Going down costs what the path is long; climbing by `Node.parent` costs its square.
        """
        nodes = [self.root]
        target = self.root.descendant_for_byte_range(start, end)
        while target is not None and nodes[-1] != target:
            child = nodes[-1].child_with_descendant(target)
            if child is None:
                break
            nodes.append(child)
        return nodes

    def top_at(self, start: int, end: int) -> Node:
        """The child of the root that covers `start:end`, or the root when no single one does."""
        cursor = self.root.walk()
        if cursor.goto_first_child_for_byte(start) is not None:
            child = cursor.node
            if child is not None and child.start_byte <= start and end <= child.end_byte:
                return child
        return self.root

    def depth_at(self, offset: int, limit: int) -> int:
        """How deep the tree is above `offset`, at most `limit`."""
        cursor = self.root.walk()
        depth = 0
        while depth < limit and cursor.goto_first_child_for_byte(offset) is not None:
            depth += 1
        return depth


def _errors(node: Node) -> Iterator[Node]:
    if node.is_error or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from _errors(child)


def error_count(tree: Tree) -> int:
    """How many ERROR and MISSING nodes a tree has: the measure of damage."""
    if not tree.root_node.has_error:
        return 0
    count = 0
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            count += 1
        if node.has_error:
            stack.extend(node.children)
    return count


def too_large(size: int, max_bytes: int) -> str:
    shown, limit = (f"{number / 1048576:.1f} MB" for number in (size, max_bytes))
    if shown == limit:
        shown, limit = f"{size:,} bytes", f"{max_bytes:,}"
    return f"{shown} is over the limit of {limit}"


def check_readable(data: bytes, max_bytes: int = MAX_BYTES) -> None:
    """Raise UnreadableError for bytes that must not be parsed: too many, binary, not UTF-8."""
    if len(data) > max_bytes:
        raise UnreadableError("too-large", too_large(len(data), max_bytes))
    if b"\0" in data:
        raise UnreadableError("binary", "holds NUL bytes, so it is not source code")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "not-utf-8", f"not UTF-8 at byte {error.start}; convert it first"
        ) from None


def parse(path: str, data: bytes, max_bytes: int = MAX_BYTES) -> Source:
    """Parse `data` with the grammar of `path`'s suffix. Raises UnreadableError.

    A .js file that the JavaScript grammar cannot read whole is often Flow: the tree of the TSX
    grammar is taken when it has fewer errors.
    """
    grammar = grammars.grammar_of(path)
    if grammar is None:
        raise UnreadableError("unknown-suffix", "not a JavaScript, TypeScript or Python file name")
    check_readable(data, max_bytes)
    return parse_as(path, data, grammar)


def parse_as(path: str, data: bytes, grammar: str) -> Source:
    source = Source(path, data, grammar, grammars.parser(grammar).parse(data))
    if grammar == grammars.JAVASCRIPT and source.root.has_error:
        other = Source(path, data, grammars.TSX, grammars.parser(grammars.TSX).parse(data))
        if other.error_count < source.error_count:
            return other
    return source
