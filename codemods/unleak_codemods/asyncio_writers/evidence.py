"""Whether an expression is a StreamWriter of asyncio, and whether it is this function's alone."""

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from unleak_engine.codemod import Grounds
from unleak_engine.python.source import PythonSource

_OPENING = {"asyncio.open_connection", "asyncio.open_unix_connection"}
_SERVING = {"asyncio.start_server", "asyncio.start_unix_server"}
_TYPES = {"asyncio.StreamWriter", "asyncio.streams.StreamWriter"}
_PROTOCOLS = {"asyncio.StreamReaderProtocol", "asyncio.streams.StreamReaderProtocol"}
# fmt: off
_OWN_USES = frozenset({
    "can_write_eof", "close", "drain", "get_extra_info", "is_closing", "start_tls", "wait_closed",
    "write", "write_eof", "writelines",
})
# fmt: on

Loop = cst.For | cst.While


class Writer(NamedTuple):
    """A proven writer: `text` as the code spells it, the function it is used in, and what makes
    it one. `own` when nobody but this function can write to it; `made` is what binds it there."""

    text: str
    function: cst.FunctionDef
    grounds: Grounds
    own: bool
    made: cst.CSTNode | None = None

    @property
    def is_async(self) -> bool:
        return self.function.asynchronous is not None


def writer_at(source: PythonSource, expression: cst.BaseExpression) -> Writer | None:
    """The writer that `expression`, a name or a field of `self`, surely is; None when unsure."""
    function = function_of(source, expression)
    if function is None:
        return None
    if isinstance(expression, cst.Name):
        return _local(source, function, expression.value)
    if m.matches(expression, m.Attribute(value=m.Name("self"))):
        return _field(source, function, cst.ensure_type(expression, cst.Attribute).attr.value)
    return None


def function_of(source: PythonSource, node: cst.CSTNode) -> cst.FunctionDef | None:
    for above in source.parents(node):
        if isinstance(above, cst.FunctionDef):
            return above
        if isinstance(above, cst.ClassDef | cst.Lambda | cst.BaseComp):
            return None
    return None


def named(node: cst.CSTNode, text: str) -> list[cst.CSTNode]:
    """Every mention of the name or the field of self `text` in `node`."""
    if "." in text:
        field = text.partition(".")[2]
        return list(m.findall(node, m.Attribute(value=m.Name("self"), attr=m.Name(field))))
    return list(m.findall(node, m.Name(text)))


def uses(source: PythonSource, node: cst.CSTNode, text: str) -> Iterator[tuple[cst.CSTNode, str]]:
    """The mentions of `text` in `node`, each with the attribute that is asked of it, or ""."""
    for mention in named(node, text):
        above = next(source.parents(mention), None)
        if isinstance(above, cst.Attribute) and above.value is mention:
            yield mention, above.attr.value
        elif not (isinstance(above, cst.Attribute | cst.Arg) and _is_label(above, mention)):
            yield mention, ""


def _is_label(above: cst.Attribute | cst.Arg, mention: cst.CSTNode) -> bool:
    """Whether a name is only the name of an attribute or of a keyword."""
    return mention is (above.attr if isinstance(above, cst.Attribute) else above.keyword)


def _local(source: PythonSource, function: cst.FunctionDef, name: str) -> Writer | None:
    bound = list(_bindings(source, function, name))
    if len(bound) != 1:
        return None
    [binding] = bound
    if isinstance(binding, cst.Param):
        reasons = _parameter(source, function, binding)
        served = any("start_" in reason for reason in reasons)
        own = served
    else:
        reasons = _opened(source, binding, name)
        own = True
    if not reasons:
        return None
    own = own and not _escapes(source, function, name, binding)
    return Writer(name, function, Grounds(name, "proven", tuple(reasons)), own, binding)


def _bindings(source: PythonSource, function: cst.FunctionDef, name: str) -> Iterator[cst.CSTNode]:
    """What binds `name` in `function`, nested functions included, since they may do so too."""
    for mention in m.findall(function, m.Name(name)):
        inner: cst.CSTNode = mention
        for above in source.parents(mention):
            if isinstance(above, cst.Param):
                if above.name is inner:
                    yield above
                break
            if isinstance(above, cst.Attribute | cst.Subscript | cst.Call):
                break
            if isinstance(above, cst.AssignTarget):
                yield next(source.parents(above))
                break
            if isinstance(above, cst.Global | cst.Nonlocal | cst.Del | cst.ImportAlias):
                yield above
                break
            if isinstance(above, cst.AnnAssign | cst.AugAssign | cst.CompFor | Loop):
                if getattr(above, "target", None) is inner:
                    yield above
                break
            if isinstance(above, cst.NamedExpr):
                if above.target is inner:
                    yield above
                break
            if isinstance(above, cst.AsName | cst.MatchAs | cst.MatchStar | cst.MatchMapping):
                yield above
                break
            if isinstance(above, cst.BaseStatement | cst.BaseSmallStatement):
                break
            inner = above


def _parameter(source: PythonSource, function: cst.FunctionDef, parameter: cst.Param) -> list[str]:
    reasons = []
    annotation = parameter.annotation
    if annotation is not None:
        if _typed(source, annotation.annotation):
            reasons.append("annotated as asyncio.StreamWriter")
        else:
            return []
    if parameter.default is not None or function.decorators:
        return reasons if parameter.default is None else []
    owner = next(
        (p for p in source.parents(function) if isinstance(p, cst.ClassDef | cst.FunctionDef)), None
    )
    method = isinstance(owner, cst.ClassDef)
    index = 2 if method else 1
    if function.params.params[index : index + 1] == (parameter,) or (
        len(function.params.params) > index and function.params.params[index] is parameter
    ):
        for call in m.findall(
            owner if isinstance(owner, cst.ClassDef) else source.module,
            m.Call(args=[m.AtLeastN(n=1)]),
        ):
            call = cst.ensure_type(call, cst.Call)
            given = call.args[0].value
            wanted = f"self.{function.name.value}" if method else function.name.value
            if source.imported(call.func) not in _SERVING or source.text(given) != wanted:
                continue
            if method or source.bound(cst.ensure_type(given, cst.Name)) == [function]:
                reasons.append(f"{wanted} is what {source.text(call.func)} calls (start_server)")
                break
    return reasons if annotation is not None or not _called(source, function) else []


def _called(source: PythonSource, function: cst.FunctionDef) -> bool:
    """Whether the code calls `function` itself, or one of its name, with writers of its own."""
    name = m.Name(function.name.value)
    return bool(m.findall(source.module, m.Call(func=name | m.Attribute(attr=name))))


def _opened(source: PythonSource, binding: cst.CSTNode, name: str) -> list[str]:
    """Why the assignment `binding` makes `name` a writer: the second of what a connection gives."""
    if not isinstance(binding, cst.Assign) or len(binding.targets) != 1:
        return []
    target = binding.targets[0].target
    if source.text(target) == name:
        return _by_hand(source, binding.value)
    if not isinstance(target, cst.Tuple) or len(target.elements) != 2:
        return []
    if source.text(target.elements[1].value) != name or not isinstance(binding.value, cst.Await):
        return []
    call = binding.value.expression
    if isinstance(call, cst.Call) and source.imported(call.func) == "asyncio.wait_for":
        call = call.args[0].value
    if isinstance(call, cst.Call) and source.imported(call.func) in _OPENING:
        return [f"{name} is the second of {source.text(call.func)}()"]
    return []


def _by_hand(source: PythonSource, value: cst.BaseExpression) -> list[str]:
    """Why `value` is a writer that the code makes itself, over a protocol that can wait."""
    if not isinstance(value, cst.Call) or source.imported(value.func) not in _TYPES:
        return []
    protocol = value.args[1].value if len(value.args) == 4 else None
    nodes = source.bound(protocol) if isinstance(protocol, cst.Name) else []
    above = next(source.parents(nodes[0]), None) if len(nodes) == 1 else None
    if not isinstance(above, cst.AssignTarget):
        return []  # another protocol may have no way to wait, or write itself
    made = cst.ensure_type(next(source.parents(above)), cst.Assign).value
    if isinstance(made, cst.Call) and source.imported(made.func) in _PROTOCOLS:
        return [f"made by {source.text(value.func)}() over a StreamReaderProtocol"]
    return []


def _typed(source: PythonSource, annotation: cst.BaseExpression) -> bool:
    """Whether an annotation says StreamWriter, or that or None."""
    if isinstance(annotation, cst.BinaryOperation):
        sides = [annotation.left, annotation.right]
        others = [side for side in sides if not m.matches(side, m.Name("None"))]
        return len(others) == 1 and _typed(source, others[0])
    if isinstance(annotation, cst.Subscript) and len(annotation.slice) == 1:
        index = annotation.slice[0].slice
        optional = source.imported(annotation.value) == "typing.Optional"
        return optional and isinstance(index, cst.Index) and _typed(source, index.value)
    return source.imported(annotation) in _TYPES


def _field(source: PythonSource, function: cst.FunctionDef, name: str) -> Writer | None:
    owner = next((p for p in source.parents(function) if isinstance(p, cst.ClassDef)), None)
    if owner is None:
        return None
    text = f"self.{name}"
    reasons: list[str] = []
    for node in m.findall(owner, m.Assign() | m.AnnAssign() | m.AugAssign()):
        targets: list[cst.CSTNode] = []
        if isinstance(node, cst.Assign):
            targets += (target.target for target in node.targets)
        elif isinstance(node, cst.AnnAssign | cst.AugAssign):
            targets.append(node.target)
        declared = m.matches(node, m.AnnAssign(target=m.Name(name)))
        if declared and function_of(source, node) is not None:
            continue  # a name of a method
        if not declared and not any(named(target, text) for target in targets):
            continue
        if isinstance(node, cst.AnnAssign) and _typed(source, node.annotation.annotation):
            reasons = ["annotated as asyncio.StreamWriter"]
            break  # whatever else is bound to it
        value = getattr(node, "value", None)
        if value is None or m.matches(value, m.Name("None")):
            continue
        found = _opened(source, node, text)
        inner = function_of(source, node)
        if not found and isinstance(value, cst.Name) and inner is not None:
            given = _local(source, inner, value.value)
            found = list(given.grounds.reasons) if given else []
        if not found:
            return None
        reasons += found
    if not reasons:
        return None
    return Writer(text, function, Grounds(text, "proven", tuple(dict.fromkeys(reasons))), False)


def _escapes(
    source: PythonSource, function: cst.FunctionDef, name: str, binding: cst.CSTNode
) -> bool:
    """Whether anybody else may get hold of the writer: by all but its own methods called here. A
    function that is given it and awaited may keep it for others."""
    for mention, attribute in uses(source, function, name):
        path = list(source.parents(mention))
        if binding in path:
            continue
        if function_of(source, mention) is not function:
            return True
        if attribute in _OWN_USES:
            call = path[1]
            if isinstance(call, cst.Call) and call.func is path[0]:
                continue
        return True
    return False
