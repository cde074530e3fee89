"""Pipelines into a response that do not hear of a client that left."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts.places import awaits_more, generator_of, is_response
from unleak_codemods.streams.evidence import Evidence, Level, evidence_of
from unleak_codemods.streams.handlers import Handler, serving_at
from unleak_codemods.streams.pipeline_calls import PipelineCall, option, pipeline_call
from unleak_codemods.streams.syntax import FUNCTIONS, arguments, unwrap, walk
from unleak_engine.codemod import File

_HEARS = re.compile(
    r"""\(\s*['"`](?:close|aborted)['"`]|\b(?:onFinished|finished|eos)\s*\(|\bAbort(?:Controller|Signal)\b"""
)


class Untold(NamedTuple):
    """A pipeline into `response` without a signal. `generator` is the function of the stage right
    before it, None when that is no generator; `helps` says whether a signal would end what waits
    there, `source` is the first stage."""

    file: File
    call: PipelineCall
    response: Node
    handler: Handler | None
    generator: Node | None
    source: Evidence
    helps: bool


def untold_at(file: File, node: Node, *, always: bool) -> Untold | None:
    """The pipeline that `node` calls, None when it ends elsewhere, or somebody tells it already.

    Measured on Node 18 to 26: a pipeline sees its response close at once, unless the stage right
    before it is a generator, whose next chunk it waits for. A signal then closes the first stage
    if that is a stream, and reaches a generator that takes it; no other generator hears of it.
    """
    call = pipeline_call(file, node)
    end = call.destination if call is not None else None
    if call is None or end is None or unwrap(end).type not in ("identifier", "member_expression"):
        return None
    if not is_response(file, end) or _is_told(file, call):
        return None
    generator = generator_of(file, call.stages[-2])
    if generator is not None and not file.functions.is_async(generator):
        generator = None
    source = evidence_of(file, call.stages[0])
    handler = serving_at(file, node)
    if generator is None:
        return Untold(file, call, end, handler, None, source, False) if always else None
    hears = _takes_signal(file, call, generator)
    read = source.level >= Level.LIKELY
    if read and source.kind.finite and not hears and not always:
        return None  # the next chunk comes soon, and ends it
    if not read and not hears and not _reads_by_itself(file, call, generator):
        return None
    return Untold(file, call, end, handler, generator, source, read or hears)


def _is_told(file: File, call: PipelineCall) -> bool:
    """Whether there is a signal, or any listener for a client that leaves."""
    if call.options is not None:
        if unwrap(call.options).type != "object" or option(file, call.options, "signal"):
            return True
        if any(child.type == "spread_element" for child in unwrap(call.options).named_children):
            return True
    handler = serving_at(file, call.call)
    around = handler.function if handler is not None else file.functions.enclosing(call.call)
    return _HEARS.search(file.source.text(around or file.source.root)) is not None


def _takes_signal(file: File, call: PipelineCall, generator: Node) -> bool:
    """Whether the generator right before the response asks pipeline for its signal."""
    stage = unwrap(call.stages[-2])
    if stage.type not in FUNCTIONS and stage.type != "identifier":
        return False  # called here, so by no pipeline
    parameters = file.functions.parameters(generator)
    index = 0 if len(call.stages) == 2 else 1
    if stage.type == "identifier" and (binding := file.bindings.resolve(stage)) is not None:
        value = unwrap(binding.value) if binding.value is not None else None
        if value is not None and value.type not in FUNCTIONS:
            return False
    return len(parameters) > index and "signal" in file.source.text(parameters[index])


def _reads_by_itself(file: File, call: PipelineCall, generator: Node) -> bool:
    """Whether the first stage is a generator's call that walks over something which may be idle:
    neither a literal nor a stream that soon ends."""
    first = generator_of(file, call.stages[0])
    if first is None or first != generator:
        return False
    for node in walk(generator):
        if node.type != "for_in_statement" or file.functions.enclosing(node) != generator:
            continue
        right = node.child_by_field_name("right")
        if right is None or not any(child.type == "await" for child in node.children):
            continue
        found = evidence_of(file, right)
        if found.level >= Level.LIKELY and not found.kind.finite:
            return True
        if unwrap(right).type == "call_expression" and _is_events_on(file, unwrap(right)):
            return True
    return False


def _is_events_on(file: File, call: Node) -> bool:
    function = call.child_by_field_name("function")
    signal = any("signal" in file.source.text(part) for part in arguments(call))
    return (
        function is not None
        and file.bindings.is_import(function, ("events",), "on")
        and (not signal)
    )


def may_be_stuck(site: Untold) -> bool:
    """Whether the generator may wait for something that no signal ends."""
    return site.generator is not None and awaits_more(site.file, site.generator)
