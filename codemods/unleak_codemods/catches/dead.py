"""Whether the destination of a pipeline can be closed before the pipeline starts."""

import re

from tree_sitter import Node

from unleak_codemods.streams.evidence import Evidence, Level, Owner
from unleak_codemods.streams.handlers import serving_at
from unleak_codemods.streams.syntax import arguments, inside, unwrap, walk
from unleak_engine.codemod import File

FIRST = 23
"""The Node major from which on a pipeline into a closed stream throws before it owns a stage:
https://github.com/nodejs/node/issues/65063"""

_HANDED = frozenset({Owner.PARAMETER, Owner.FIELD, Owner.MODULE, Owner.OUTER})
_WRITTEN_TO = frozenset({"writable", "duplex", "upload", "socket", "child-writable"})
_LOOKS = r"\s*\??\.\s*(?:destroyed|closed|writable|writableEnded|writableFinished|errored)\b"


def may_be_dead(file: File, call: Node, destination: Node, found: Evidence) -> bool:
    """Whether `destination` can have closed when `call`, a pipeline into it, begins: it is a
    response whose client may have left by then, or it was there before this function ran."""
    if file.target.node_ceiling is not None and file.target.node_ceiling < FIRST:
        return False
    if found.level is Level.NOT_OURS or _is_looked_at(file, call, destination):
        return False
    if found.level is Level.UNKNOWN:
        return _is_bare_parameter(file, destination) and not _made_by_callers(file, found)
    if found.role == "response":
        return found.owner is not Owner.HERE and _may_have_left(file, call)
    if found.role not in _WRITTEN_TO or found.owner not in _HANDED:
        return False
    return not _made_by_callers(file, found)


def _is_bare_parameter(file: File, destination: Node) -> bool:
    """Whether it is a parameter without a declared type: whatever somebody handed over."""
    binding = file.bindings.resolve(destination) if destination.type == "identifier" else None
    if binding is None or binding.kind != "param" or binding.path:
        return False
    return binding.node.parent is None or binding.node.parent.child_by_field_name("type") is None


def _may_have_left(file: File, call: Node) -> bool:
    """Whether time has passed between the request and `call`: the handler has waited, `call`
    stands in a callback, or other handlers may have run before this one."""
    handler = serving_at(file, call)
    if handler is None or handler.framework not in ("http", "http2"):
        return True
    function = file.functions.enclosing(call)
    if function is None or function != handler.function:
        return True
    return _last_wait(file, function, call) is not None


def _last_wait(file: File, function: Node, call: Node) -> Node | None:
    """The last `await` of `function` that stands before `call`."""
    own = call.parent
    waits = [
        node
        for node in walk(function, into_functions=False)
        if node.type == "await_expression"
        and node != own
        and node.start_byte < call.start_byte
        and file.functions.enclosing(node) == function
    ]
    return waits[-1] if waits else None


def _is_looked_at(file: File, call: Node, destination: Node) -> bool:
    """Whether the code tests, after its last wait, whether the destination is still there."""
    function = file.functions.enclosing(call)
    body = file.functions.body(function) if function is not None else file.source.root
    if body is None:
        return False
    wait = _last_wait(file, function, call) if function is not None else None
    start = wait.end_byte if wait is not None and not inside(call, wait) else body.start_byte
    name = re.escape(file.source.text(destination).encode())
    looked = re.compile(rb"(?<![\w$.])" + name + _LOOKS.encode())
    return looked.search(file.source.data, start, call.start_byte) is not None


def _made_by_callers(file: File, found: Evidence) -> bool:
    """Whether every caller is seen, and makes the destination right in the call."""
    binding = found.binding
    if binding is None or binding.kind != "param" or binding.path:
        return False
    function = file.functions.enclosing(binding.node)
    calls = file.functions.call_sites(function) if function is not None else None
    if function is None or not calls:
        return False
    at = [parameter.id for parameter in file.functions.parameters(function)].index(binding.node.id)
    given = [arguments(call) for call in calls]
    return all(
        len(each) > at and unwrap(each[at]).type in ("call_expression", "new_expression")
        for each in given
    )
