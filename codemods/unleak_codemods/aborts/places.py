"""Small questions about the code around a response: one and the same expression, the variable
behind a name, the request and the response of a handler, and the stages that are generators."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.evidence import Level, evidence_of
from unleak_codemods.streams.handlers import Handler, serving_at
from unleak_codemods.streams.pipeline_calls import PipelineCall
from unleak_codemods.streams.syntax import FUNCTIONS, callee, inside, member, unwrap, walk
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File


def spelled(file: File, node: Node) -> str:
    """A path of members without its spacing and `!`: "ctx.res"."""
    return re.sub(r"\s+|!(?=\.|$)", "", file.source.text(unwrap(node)))


def root_of(node: Node) -> Node:
    """What a path of members begins with."""
    node = unwrap(node)
    while (found := member(node)) is not None:
        node = found[0]
    return node


def same_thing(file: File, one: Node, other: Node) -> bool:
    """Whether two names or paths of members surely read the same variable's value."""
    if spelled(file, one) != spelled(file, other):
        return False
    first, second = root_of(one), root_of(other)
    if first.type == "this" and second.type == "this":
        return True
    if first.type != "identifier":
        return False
    binding = file.bindings.resolve(first)
    return (
        binding is not None
        and binding == file.bindings.resolve(second)
        and file.bindings.is_constant(binding)
    )


def is_response(file: File, node: Node) -> bool:
    """Whether `node` is a name, or a path of members, for the response of a server."""
    found = evidence_of(file, node)
    return found.level >= Level.LIKELY and found.role == "response"


class Served(NamedTuple):
    """A handler around a place, with how Node's own request and response are written there."""

    handler: Handler
    request: str
    response: str


def served_at(file: File, node: Node) -> Served | None:
    """The handler around `node`, if both of its streams can be named there."""
    handler = serving_at(file, node)
    if handler is None or not handler.request or not handler.response:
        return None
    request, response = handler.request, handler.response
    if handler.framework == "fastify":
        request, response = f"{request}.raw", f"{response}.raw"
    for text in (request, response):
        binding = file.bindings.lookup(text.partition(".")[0], node)
        if binding is None or binding.kind != "param" or not file.bindings.is_constant(binding):
            return None
        if not inside(binding.node, handler.function):
            return None
    return Served(handler, request, response)


# Stages.


def generator_of(file: File, stage: Node) -> Node | None:
    """The generator function that a stage is, or is made by, if the file shows it."""
    node = unwrap(stage)
    if node.type == "call_expression":
        called = callee(node)
        node = called if called is not None else node
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.path or not file.bindings.is_constant(binding):
            return None
        node = _declared(binding)
        if node.type == "call_expression" and stage.type == "identifier":
            called = callee(node)
            return generator_of(file, called) if called is not None else None
    if node.type in FUNCTIONS and "generator" in file.functions.kind(node):
        return node
    return None


def _declared(binding: Binding) -> Node:
    if binding.value is not None:
        return unwrap(binding.value)
    return binding.declaration if binding.kind == "function" else binding.node


def is_generator(file: File, stage: Node) -> bool:
    """Whether a stage is, or is made by, a function that gives its chunks one by one."""
    if generator_of(file, stage) is not None:
        return True
    node = unwrap(stage)
    return node.type in FUNCTIONS and file.functions.is_async(node)


def ends_in(file: File, call: PipelineCall, response: Node) -> bool:
    """Whether the last stage of a pipeline is `response`."""
    return call.destination is not None and same_thing(file, call.destination, response)


def awaits_more(file: File, function: Node) -> bool:
    """Whether a generator waits for anything but the chunks it walks over."""
    return any(
        node.type == "await_expression" and file.functions.enclosing(node) == function
        for node in walk(function)
    )
