"""Calls of the `finished` that gives a promise."""

import re

from tree_sitter import Node

from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.syntax import arguments, callee, member, unwrap
from unleak_engine.codemod import File, Options

_PROMISED = {("stream/promises", "finished"), ("stream", "promises.finished")}
_CALLED_BACK = {("stream", "finished")}
_PROMISIFY = {("util", "promisify")}


_MEMBER = re.compile(rb"\.\s*finished\b")


def may_promise(data: bytes, _: Options) -> bool:
    """Whether a file may call a `finished` that gives a promise. Errs on the side of yes."""
    if b"stream/promises" in data or b"promisify" in data:
        return True
    return b"promises" in data and _MEMBER.search(data) is not None


_NAMED = re.compile(
    rb"finished\s*(?:\bas\b|:)\s*([\w$]+)"
    rb"|\b(?:const|let|var)\s+([\w$]+)[^;=]{0,100}=[^;=]{0,200}?\bfinished\b"
    rb"|([\w$]+)\s*=[^;=]{0,200}?\bfinished\b"
)


def _names(file: File) -> frozenset[bytes]:
    """What a `finished` may be called in the file."""
    found = file.memo.get("finished")
    if not isinstance(found, frozenset):
        named = {name for hit in _NAMED.finditer(file.source.data) for name in hit.groups() if name}
        found = file.memo["finished"] = frozenset(named | {b"finished"})
    return found


def is_promised_finished(file: File, call: Node) -> bool:
    """Whether `call` surely is one of the `finished` of node:stream/promises, or of the one of
    node:stream after `promisify`."""
    function = callee(call)
    last = member(function)
    name = last[1] if last is not None else function
    if function is None or name is None or name.text not in _names(file) or not arguments(call):
        return False
    if _is_one_of(file, function, _PROMISED):
        return True
    binding = file.bindings.resolve(function) if function.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return False
    made = unwrap(binding.value)
    inner = callee(made) if made.type == "call_expression" else None
    if inner is None or not file.bindings.is_constant(binding):
        return False
    given = arguments(made)
    return (
        len(given) == 1
        and _is_one_of(file, inner, _PROMISIFY)
        and _is_one_of(file, unwrap(given[0]), _CALLED_BACK)
    )


def _is_one_of(file: File, expression: Node, wanted: set[tuple[str, str]]) -> bool:
    origin = file.bindings.origin(expression)
    return origin is not None and (bare(origin.module), origin.name) in wanted
