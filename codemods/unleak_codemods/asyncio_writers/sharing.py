"""What of a piece of code other tasks may change while it waits."""

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import Writer, function_of
from unleak_engine.python.source import PythonSource

_READING = ("read", "recv")


class Shared(NamedTuple):
    """A mention of something others may change: `root` as `self.field` or a name, `self` alone for
    a method, which may do anything; `plain` when it is only asked for its value."""

    root: str
    plain: bool
    place: int


def shared(source: PythonSource, writer: Writer, node: cst.CSTNode) -> Iterator[Shared]:
    """The mentions in `node` of fields, and of names that are not this function's alone."""
    for found in m.findall(node, m.Name()):
        name = cst.ensure_type(found, cst.Name)
        path = list(source.parents(name))
        if _is_label(path[0], name) or name.value == writer.text or "log" in name.value.lower():
            continue
        inner: cst.CSTNode = name
        root = name.value
        if root in ("self", "cls"):
            if not isinstance(path[0], cst.Attribute) or path[0].attr.value in writer.text:
                continue
            inner = path.pop(0)
            field = cst.ensure_type(inner, cst.Attribute).attr.value
            if "log" in field.lower() or field.isupper():
                continue
            called = isinstance(path[0], cst.Call) and path[0].func is inner
            root = "self" if called else f"self.{field}"
            plain = not called and _plain(path, inner)
        else:
            whose = _whose(source, writer, name)
            plain = _plain(path, inner)
            if whose == "own" or (whose == "given" and (plain or _reads(path))):
                continue
            if whose == "imported" and not isinstance(path[0], cst.Subscript):
                continue
        yield Shared(root, plain, source.span(name).start)


def _is_label(above: cst.CSTNode, name: cst.Name) -> bool:
    if isinstance(above, cst.Attribute):
        return above.attr is name
    return isinstance(above, cst.Arg) and above.keyword is name


def _plain(path: list[cst.CSTNode], inner: cst.CSTNode) -> bool:
    """Whether a mention is neither bound, nor asked for an item or an attribute."""
    above = path[0]
    if isinstance(above, cst.AugAssign | cst.AnnAssign | cst.NamedExpr):
        return above.target is not inner
    if isinstance(above, cst.Subscript | cst.Attribute):
        return above.value is not inner
    return not isinstance(above, cst.AssignTarget | cst.Del | cst.Element | cst.Arg) or m.matches(
        path[1], m.Call(func=m.Attribute(attr=m.Name("write") | m.Name("writelines")))
    )


def _reads(path: list[cst.CSTNode]) -> bool:
    """Whether a parameter is asked to read: who hands a file over does not read it meanwhile."""
    return isinstance(path[0], cst.Attribute) and path[0].attr.value.startswith(_READING)


def _whose(source: PythonSource, writer: Writer, name: cst.Name) -> str:
    """`own`: made here, or nobody changes it; `given`: a parameter; `imported`; or `others`."""
    nodes = source.bound(name)
    if name.value.isupper() or (not nodes and source.builtin(name)):
        return "own"
    if not nodes:
        return "others"
    kinds = {_kind(source, writer, node) for node in nodes}
    return next((kind for kind in ("others", "given", "imported") if kind in kinds), "own")


def _kind(source: PythonSource, writer: Writer, node: cst.CSTNode) -> str:
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        return "own"
    above = next(source.parents(node), None)
    if isinstance(node, cst.Import | cst.ImportFrom | cst.ImportAlias):
        return "imported"
    if isinstance(node, cst.Param):
        return "given" if function_of(source, node) is writer.function else "own"
    if function_of(source, node) is not writer.function:
        return "others"
    if isinstance(above, cst.AssignTarget):
        value = cst.ensure_type(next(source.parents(above)), cst.Assign).value
        if isinstance(value, cst.Attribute | cst.Subscript):
            return "others"
        if isinstance(value, cst.Name):
            return (
                _whose(source, writer, value)
                if value.value != getattr(node, "value", "")
                else "given"
            )
    return "own"
