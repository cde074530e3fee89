"""Who takes away what is written: without a reader, a wait for 'drain' never ends."""

import re

from tree_sitter import Node

from unleak_codemods.drains.waits import same_stream
from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.evidence import Evidence, evidence_of
from unleak_codemods.streams.pipeline_calls import pipeline_call, told
from unleak_codemods.streams.syntax import arguments, called_method, inside, member, unwrap, walk
from unleak_engine.codemod import File

_SINKS = frozenset({"writable", "response", "socket", "upload"})
_DEEPEST = 4


def reader_obstacle(file: File, receiver: Node, evidence: Evidence, loop: Node) -> str | None:
    """Why a wait inside `loop` may never end, by its code; None when what is written is taken away
    whatever happens, or the stream closes."""
    if evidence.role == "child-writable":
        child = member(unwrap(receiver))
        known = child is not None and child[1].text == b"stdin"
        return _unread(file, child[0] if child is not None and known else None, "stdout", loop)
    if evidence.role == "socket":
        return _unread(file, unwrap(receiver), None, loop)
    if evidence.role != "duplex":
        return None
    return _duplex_obstacle(file, receiver, loop, 0)


def _duplex_obstacle(file: File, receiver: Node, loop: Node, depth: int) -> str | None:
    """The same of a stream that somebody must read. `.pipe()` does not close it when its reader
    closes, a pipeline does."""
    found = "reader-unseen"
    for node in walk(file.source.root):
        if node.type != "call_expression" or node.end_byte > loop.start_byte:
            continue
        method = called_method(node)
        if method is not None and method[1].text == b"pipe":
            if same_stream(file, method[0], receiver):
                found = "reader-may-leave"
            continue
        call = pipeline_call(file, node)
        if call is None or call.source is None or call.destination is None:
            continue
        if not any(same_stream(file, stage, receiver) for stage in call.stages[:-1]):
            continue
        if not _always_runs(file, node, loop):
            continue
        last = evidence_of(file, call.destination)
        if last.role == "duplex" and depth < _DEEPEST:
            return _duplex_obstacle(file, call.destination, loop, depth + 1)
        if last.role not in _SINKS or not last.proven:
            continue
        # Node >= 23 throws before it owns anything when the destination is gone already.
        ours = last.made_here or _destroys(file, node, receiver)
        if ours or call.callback is not None:
            return None
    return found


def _always_runs(file: File, node: Node, loop: Node) -> bool:
    """Whether `node` has surely run when `loop` begins: it stands before it in a block around."""
    statement = file.functions.statement_of(node)
    block = statement.parent
    return block is not None and inside(loop, block)


def _destroys(file: File, call: Node, receiver: Node) -> bool:
    """Whether who hears of the pipeline's failure destroys the stream."""
    body = told(file, call).body
    name = file.source.text(receiver)
    return (
        body is not None
        and re.search(rf"{re.escape(name)}\s*\??\.\s*destroy\b", file.source.text(body)) is not None
    )


_TAKING = frozenset({"data", "readable"})


def _unread(file: File, owner: Node | None, output: str | None, loop: Node) -> str | None:
    """Whether nobody reads what comes back from a socket, or from member `output` of a child,
    while it is written to: the other side stops reading when it cannot write."""
    for node in walk(file.source.root) if owner is not None else ():
        if node.type != "call_expression" or node.end_byte > loop.start_byte:
            continue
        for source in _read_by(file, node):
            found = member(source) if output is not None else (source, source)
            if found is None or owner is None or not same_stream(file, found[0], owner):
                continue
            named_so = output is None or file.source.text(found[1]) == output
            if named_so and _always_runs(file, node, loop):
                return None
    return "answers-unread"


def _read_by(file: File, call: Node) -> list[Node]:
    """What a call starts to read: `x.pipe(…)`, `x.on('data', …)`, `pipeline(x, …)`."""
    if pipeline_call(file, call) is not None:
        return [unwrap(part) for part in arguments(call)[:1]]
    source, listeners = strip_listeners(file.source, call)
    if any(item.event in _TAKING for item in listeners):
        return [source]
    method = called_method(call)
    reads = method is not None and file.source.text(method[1]) in ("pipe", "resume")
    return [unwrap(method[0])] if method is not None and reads else []
