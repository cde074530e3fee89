"""Calls of `pipeline` into a response whose failure nobody catches."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts.places import is_generator
from unleak_codemods.clients.exchange import Exchange, exchange_at
from unleak_codemods.streams.detaching import is_plain_name, no_destroy
from unleak_codemods.streams.evidence import Evidence, evidence_of
from unleak_codemods.streams.pipeline_calls import PipelineCall, option, pipeline_call, told
from unleak_codemods.streams.syntax import in_block, named, unwrap, wrapped
from unleak_engine.codemod import File


class Escape(NamedTuple):
    """`how` is "awaited", "returned" or "floating"; `statement` is the statement of the call,
    None when it is all that an arrow function does. `source` is what the first stage is."""

    pipeline: PipelineCall
    exchange: Exchange
    how: str
    statement: Node | None
    source: Evidence

    @property
    def call(self) -> Node:
        return self.pipeline.call

    @property
    def first(self) -> Node:
        return unwrap(self.pipeline.stages[0])


def escape_at(file: File, call: Node) -> Escape | None:
    """`call` as such a call; None when it is none, or somebody may hear of its failure."""
    found = pipeline_call(file, call)
    if found is None or not found.promised or found.destination is None:
        return None
    served = exchange_at(file, call)
    if served is None or not served.handler.sure:
        return None
    if file.source.text(unwrap(found.destination)) != served.response:
        return None
    how = _how(file, call)
    if how is None or any(
        one in file.source.data for one in (b"unhandledRejection", b"uncaughtException")
    ):
        return None
    if how != "floating":
        # Of a function inside the handler, or a handler that somebody wraps, the caller may catch.
        if file.functions.enclosing(call) != served.handler.function:
            return None
        if served.handler.rejection != "crash":
            return None
    place = file.functions.statement_of(call)
    inside = file.functions.enclosing(call) == file.functions.enclosing(place)
    statement = place if inside and not _is_expression_body(file, call) else None
    source = evidence_of(file, found.stages[0])
    return Escape(found, served, how, statement, source)


def _is_expression_body(file: File, call: Node) -> bool:
    function = file.functions.enclosing(call)
    return function is not None and file.functions.is_expression_body(function)


def _how(file: File, call: Node) -> str | None:
    """What is done with the promise, None for anything by which its failure may be heard."""
    heard = told(file, call)
    if heard.how not in ("escapes", "floating", "returned"):
        return None
    whole = wrapped(call)
    parent = whole.parent
    if parent is not None and parent.type == "await_expression":
        if heard.how != "escapes":
            return None
        outer = wrapped(parent).parent
        ends = ("expression_statement", "return_statement", "arrow_function")
        return "awaited" if outer is not None and outer.type in ends else None
    if parent is None or parent.type in ("return_statement", "arrow_function"):
        return "returned" if parent is not None else None
    if parent.type == "unary_expression":
        operator = parent.child_by_field_name("operator")
        outer = wrapped(parent).parent
        if operator is None or operator.type != "void" or outer is None:
            return None
        return "floating" if outer.type == "expression_statement" else None
    return "floating" if parent.type == "expression_statement" else None


def obstacle(file: File, site: Escape) -> str | None:
    """The code of what keeps a catch from being put there."""
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    options, stages = site.pipeline.options, site.pipeline.stages
    if options is not None and (
        unwrap(options).type != "object" or option(file, options, "end") is not None
    ):
        return "end-false"
    if not all(_is_stage(file, stage, index) for index, stage in enumerate(stages[:-1])):
        return "unknown-stage"
    if no_destroy(site.source):
        return "no-destroy"
    if site.how == "awaited" and site.statement is not None and not _is_last(file, site.statement):
        return "work-follows"
    if not is_plain_name(site.first) and (site.statement is None or not in_block(site.statement)):
        return "no-block"
    return None


def _is_stage(file: File, stage: Node, index: int) -> bool:
    """Whether a stage is seen to be a stream, or behind the source a generator function."""
    return evidence_of(file, stage).taken or (index > 0 and is_generator(file, stage))


def _is_last(file: File, statement: Node) -> bool:
    """Whether nothing of the handler runs after `statement` but what would run if it threw."""
    if statement.type == "return_statement" or file.functions.is_last_effect(statement):
        return True
    block = statement.parent
    outer = block.parent if block is not None else None
    if block is None or outer is None or outer.type != "try_statement":
        return False
    if outer.child_by_field_name("body") != block or named(block)[-1] != statement:
        return False
    if outer.child_by_field_name("handler") is not None:
        return False
    return _is_last(file, outer)
