"""Releases that are bound to a response, and the pipeline that ends in the same response."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.owning.releases import released_by
from unleak_codemods.streams import handlers
from unleak_codemods.streams.evidence import Level, evidence_of
from unleak_codemods.streams.handlers import Handler
from unleak_codemods.streams.pipeline_calls import PipelineCall, option, pipeline_call
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    inside,
    named,
    string_value,
    unwrap,
    walk,
)
from unleak_engine.codemod import File

EVENTS = frozenset({"close", "finish"})
"""What a response tells when it is over; 'finish' only when all of it was sent."""


class Bound(NamedTuple):
    """`res.on('close', given)`, where `given` gives back something and no more, as a `statement`
    of its own in the body of `handler`."""

    call: Node
    on: Node
    event: str
    given: Node
    name: str
    statement: Node
    handler: Handler

    @property
    def response(self) -> str:
        return self.handler.response


def bound_at(file: File, call: Node) -> Bound | None:
    """The release that `call` binds to the response of its handler, None when there is none."""
    method, parts = called_method(call), arguments(call)
    if method is None or len(parts) != 2:
        return None
    event = string_value(parts[0], file.source.text(parts[0]))
    if event not in EVENTS or event is None:
        return None
    handler = handlers.serving_at(file, call)
    if handler is None or file.source.text(method[0]) != handler.response:
        return None
    name = released_by(file, parts[1])
    statement = call.parent
    if name is None or statement is None or statement.type != "expression_statement":
        return None
    if file.functions.enclosing(call) != handler.function:
        return None
    return Bound(call, method[1], event, parts[1], name, statement, handler)


class Piped(NamedTuple):
    """What feeds the response of a handler: a `pipeline` call, or the call of `.pipe`."""

    pipeline: PipelineCall | None
    call: Node


def piped_into(file: File, bound: Bound) -> list[Piped]:
    """All that is piped into the response of `bound`, in text order."""
    found: list[Piped] = []
    for node in walk(bound.handler.function):
        if node.type != "call_expression":
            continue
        pipeline = pipeline_call(file, node)
        if pipeline is not None:
            last = pipeline.stages[-1] if pipeline.stages else None
            if last is not None and file.source.text(last) == bound.response:
                found.append(Piped(pipeline, node))
            continue
        method, parts = called_method(node), arguments(node)
        if method is None or not parts or file.source.text(method[1]) != "pipe":
            continue
        if file.source.text(parts[0]) == bound.response:
            found.append(Piped(None, node))
    return found


def settles_with_response(file: File, pipeline: PipelineCall) -> bool:
    """Whether a pipeline surely is over when its response is: its stages are Node streams, none a
    generator that may sleep, and it ends the response itself."""
    if not pipeline.promised or not pipeline.whole_seen or len(pipeline.stages) < 2:
        return False
    if option(file, pipeline.options, "end") is not None:
        return False
    if pipeline.options is not None and unwrap(pipeline.options).type != "object":
        return False
    return all(evidence_of(file, stage).level >= Level.LIKELY for stage in pipeline.stages[:-1])


def awaits_before(file: File, bound: Bound) -> bool:
    """Whether the handler waits for something before it listens to its response, which may be
    over by then."""
    return any(
        node.type == "await_expression" and node.end_byte <= bound.statement.start_byte
        for node in walk(bound.handler.function, into_functions=False)
    )


def between(bound: Bound, last: Node) -> list[Node]:
    """The statements that stand after the listener and before `last`, in one block with both."""
    block = bound.statement.parent
    if block is None or last.parent != block:
        return []
    start, end = bound.statement.end_byte, last.start_byte
    return [node for node in named(block) if start <= node.start_byte < end]


def may_look_first(file: File, bound: Bound, pipeline: PipelineCall) -> bool:
    """Whether a look at the response right where the listener stands keeps the pipeline from
    being given a closed one, with nothing opened by then: its source is made further down, and
    nothing is awaited in between."""
    function = bound.handler.function
    for node in walk(function, into_functions=False):
        if node.type == "await_expression" and (
            bound.statement.end_byte <= node.start_byte < pipeline.call.start_byte
            and not inside(pipeline.call, node)
        ):
            return False
    source = unwrap(pipeline.stages[0])
    if source.type != "identifier":
        return source.type in ("call_expression", "new_expression")
    binding = file.bindings.resolve(source)
    return binding is not None and bound.statement.end_byte <= binding.node.start_byte
