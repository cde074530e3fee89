"""Requests of `http` and `https` by what is called: in one file's bytes, and behind a variable."""

import re

from tree_sitter import Node

from unleak_codemods.streams.evidence import Evidence, Level, Owner
from unleak_codemods.streams.knowledge import Kind, bare
from unleak_codemods.streams.syntax import member, unwrap
from unleak_engine.codemod import File


def of_either(file: File, target: Node) -> Evidence | None:
    """What a call of `target` gives where that is `request` of `http` in one case and of `https`
    in the other: `(secure ? https : http).get`, or through a variable."""
    method = member(target)
    if method is not None and file.source.text(method[1]) not in ("get", "request"):
        return None
    holder = method[0] if method is not None else target
    leaves = [leaf for value in _values(file, holder) for leaf in _cases(value)]
    names = {""} if method is not None else {"get", "request"}
    origins = [file.bindings.origin(leaf) for leaf in leaves]
    if not leaves or not all(
        o is not None and o.name in names and is_http(o.module) for o in origins
    ):
        return None
    reason = f"`{' '.join(file.source.text(holder).split())}` is http or https"
    return Evidence(Level.PROVEN, Kind("upload"), Owner.HERE, (reason,))


def _values(file: File, holder: Node) -> list[Node]:
    """What an expression may be: itself, or all that its variable is ever given."""
    if holder.type != "identifier":
        return [holder]
    binding = file.bindings.resolve(holder)
    if binding is None or binding.kind not in ("const", "let", "var") or binding.path:
        return []
    values = [binding.value] if binding.value is not None else []
    for write in file.bindings.writes(binding):
        parent = write.parent
        if parent is None or parent.type != "assignment_expression":
            return []
        values += [parent.child_by_field_name("right") or parent]
    return values


def _cases(node: Node) -> list[Node]:
    """The expressions that a conditional may come to."""
    node = unwrap(node)
    if node.type != "ternary_expression":
        return [node]
    sides = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    return [case for side in sides if side is not None for case in _cases(side)]


def is_http(module: str) -> bool:
    return bare(module) in ("http", "https")


_LOADS = re.compile(rb"""["'`](?:node:)?(?:https?|follow-redirects(?:/\w+)?)["'`]""")
_BY_MEMBER = re.compile(rb"\.\s*(?:get|request)\s*\(")
_OTHERS = re.compile(
    rb"(?:\bapp|headers|instance|fastify|\bserver|router|cache|[pP]arams|[mM]ap|\bthis|config|Context"
    rb"|session|[sS]tore)\s*\??\s*$"
)
_BY_NAME = re.compile(
    rb"""\b(?:get|request)\b[^{}]*\}\s*(?:=\s*require\s*\(\s*|from\s*)["'](?:node:)?https?["']"""
    rb"""|[:=?]\s*[\w$.()"']*\.(?:get|request)\b\s*(?!\s*\()"""
)
_BY_EVENT = re.compile(rb"""\.\s*(?:on|once)\s*\(\s*["']response["']""")


def may_answer(data: bytes) -> bool:
    """Whether a file may make a request of `http` or `https`, or of what stands in for them, and
    be told of the answer. Errs on the side of yes."""
    if _LOADS.search(data) is None:
        return False
    return (
        _BY_EVENT.search(data) is not None
        or any(
            _OTHERS.search(data, max(0, hit.start() - 40), hit.start()) is None
            for hit in _BY_MEMBER.finditer(data)
        )
        or _BY_NAME.search(data) is not None
    )
