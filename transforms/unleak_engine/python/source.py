"""A Python file's bytes and the libcst tree over them.

All offsets are bytes of the file, a byte order mark included.
"""

import functools
from collections.abc import Iterator

import libcst as cst
from libcst.metadata import (
    BuiltinAssignment,
    ByteSpanPositionProvider,
    MetadataWrapper,
    ParentNodeProvider,
    QualifiedNameProvider,
    QualifiedNameSource,
    ScopeProvider,
)

from unleak_engine.codemod import Span
from unleak_engine.python.text import read
from unleak_engine.source import BOM, MAX_BYTES, Text, UnreadableError


class PythonSource(Text):
    """One parsed file, with its nodes' places and parents."""

    def __init__(self, path: str, data: bytes, module: cst.Module) -> None:
        super().__init__(path, data)
        self.module = module
        self._shift = len(BOM) if data.startswith(BOM) else 0
        # Nodes are looked up by identity: a tree made by the parser holds each only once.
        self._wrapper = MetadataWrapper(module, unsafe_skip_copy=True)

    @functools.cached_property
    def _parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        return dict(self._wrapper.resolve(ParentNodeProvider))

    def span(self, node: cst.CSTNode) -> Span:
        at = self._wrapper.resolve(ByteSpanPositionProvider)[node]
        return Span(at.start + self._shift, at.start + self._shift + at.length)

    def text(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    def parents(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around `node`, the nearest first."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def imported(self, node: cst.CSTNode) -> str:
        """The dotted name under which `node` was imported, aliases followed; "" for others."""
        names = self._wrapper.resolve(QualifiedNameProvider).get(node, ())
        found = list(names() if callable(names) else names)
        if len(found) == 1 and found[0].source is QualifiedNameSource.IMPORT:
            return str(found[0].name)
        return ""

    def bound(self, name: cst.Name) -> list[cst.CSTNode]:
        """What binds `name` where it is seen from there: names, parameters, imports, definitions.
        Empty for builtins and for names that are bound nowhere."""
        scope = self._wrapper.resolve(ScopeProvider).get(name)
        if scope is None:
            return []
        nodes = [getattr(one, "node", None) for one in scope[name.value]]
        return [node for node in nodes if node is not None]

    def builtin(self, name: cst.Name) -> bool:
        """Whether `name` is one of Python's own, and bound nowhere else."""
        scope = self._wrapper.resolve(ScopeProvider).get(name)
        found = scope[name.value] if scope is not None else ()
        return bool(found) and all(isinstance(one, BuiltinAssignment) for one in found)

    def line_end(self, offset: int) -> int:
        """Where the line that holds `offset` ends, before its line ending."""
        end = self.data.find(b"\n", offset)
        if end == -1:
            return len(self.data)
        return end - 1 if self.data[end - 1 : end] == b"\r" else end


def parse(path: str, data: bytes, max_bytes: int = MAX_BYTES) -> PythonSource:
    """Parse `data`. Raises UnreadableError for what cannot be read: not UTF-8 ("not-utf-8"), no
    Python that both this interpreter and libcst know ("syntax-error"), or nested too deep."""
    text = read(data, max_bytes)
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError) as error:
        message = str(error).partition("\n")[0]
        raise UnreadableError("syntax-error", f"libcst cannot read it: {message}") from None
    if module.code != text:
        raise UnreadableError("syntax-error", "libcst does not give the text back as it was")
    return PythonSource(path, data, module)


def parses(path: str, data: bytes) -> bool:
    """Whether `data` is Python, to the interpreter and to libcst."""
    try:
        parse(path, data)
    except UnreadableError:
        return False
    return True


def damage(path: str, data: bytes) -> int:
    """How little of `data` is Python: 0 when all can read it, 1 when libcst cannot, 2 when the
    interpreter cannot either."""
    if parses(path, data):
        return 0
    try:
        read(data)
    except UnreadableError:
        return 2
    return 1
