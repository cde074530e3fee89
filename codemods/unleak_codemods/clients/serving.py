"""Sources that a handler opens for its client after it has waited for something else."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.clients.exchange import Exchange, exchange_at, spelled
from unleak_codemods.streams.evidence import Evidence, evidence_of
from unleak_codemods.streams.pipeline_calls import PipelineCall, catch_of, pipeline_call, told
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    in_block,
    member,
    named,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File

_OPENS = re.compile(r"createReadStream|openDownloadStream(?:ByName)?")
_LOOKS = (
    r"(?:REQ|RES)\s*[?!]?\.\s*(?:destroyed|aborted|closed|errored|socket|connection|stream"
    r"|writable\w*|finished)(?![\w$])"
    r"|(?:REQ|RES)\s*\.\s*(?:on|once|addListener|prependListener)\s*\("
    r"|(?<![\w$])(?:finished|onFinished|eos|AbortController|signal)(?![\w$])"
)
"""How a handler shows that it knows of clients who leave."""
_OTHERS = frozenset({"fastify", "http2"})
"""Fastify wants an answer of its own; what a pipeline does to HTTP/2 was not measured."""
_WAITS = re.compile(r"(?<![\w$.])await(?![\w$])")
_LOGS = re.compile(r"(?:console|log|logger|debug|this\.log(?:ger)?|req\.log)\b")


class Serving(NamedTuple):
    """`opening` is the statement that opens the source `first`, from which on the handler does
    nothing but serve it."""

    pipeline: PipelineCall
    exchange: Exchange
    opening: Node
    first: Node
    evidence: Evidence


def serving_late(file: File, call: Node) -> Serving | None:
    """The serving that ends in the pipeline `call`; None when the client is asked for, when the
    source is closed by hand, or when more is done than to serve it."""
    found = pipeline_call(file, call)
    if found is None or found.destination is None:
        return None
    served = exchange_at(file, call)
    if served is None or not served.handler.sure or served.handler.framework in _OTHERS:
        return None
    function = served.handler.function
    if file.source.text(unwrap(found.destination)) != served.response:
        return None
    if file.functions.enclosing(call) != function or not file.functions.is_async(function):
        return None
    if _is_caught_elsewhere(file, found, served) or _looks(file, served):
        return None
    opening = _opening(file, found, call)
    if opening is None:
        return None
    statement, made, name = opening
    evidence = evidence_of(file, made)
    if not evidence.proven or not _opens(file, made) or not in_block(statement):
        return None
    body = function.child_by_field_name("body")
    if body is None or _destroys(file, name, function):
        return None
    if not _WAITS.search(file.source.data[body.start_byte : statement.start_byte].decode()):
        return None
    if not _only_serves(file, statement, file.functions.statement_of(call)):
        return None
    if not _only_tells(file, found, served, statement):
        return None
    if _returns_values(file, function):
        return None
    return Serving(found, served, statement, made, evidence)


def _is_caught_elsewhere(file: File, found: PipelineCall, served: Exchange) -> bool:
    """Whether the failure escapes and ends the process, which is a fault of its own, whose cure
    closes the source."""
    if not found.promised or served.handler.rejection != "crash":
        return False
    return told(file, found.call).how in ("escapes", "returned", "floating")


def _looks(file: File, served: Exchange) -> bool:
    pattern = _LOOKS.replace("REQ", spelled(served.request))
    pattern = pattern.replace("RES", spelled(served.response))
    return re.search(pattern, file.source.text(served.handler.function)) is not None


def _opening(file: File, found: PipelineCall, call: Node) -> tuple[Node, Node, str | None] | None:
    """(statement, call that opens, name) of the source."""
    first = unwrap(found.stages[0])
    if first.type == "call_expression":
        return file.functions.statement_of(call), first, None
    binding = file.bindings.resolve(first) if first.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return None
    value = unwrap(binding.value)
    if value.type != "call_expression" or not file.bindings.is_constant(binding):
        return None
    if file.functions.enclosing(value) != file.functions.enclosing(call):
        return None
    statement = file.functions.statement_of(value)
    return (statement, value, binding.name) if len(named(statement)) == 1 else None


def _opens(file: File, made: Node) -> bool:
    """Whether `made` opens a source that holds something only from then on: a file that was open
    before is closed by its stream, and by nobody when there is none."""
    function = callee(made)
    if function is None:
        return False
    if _OPENS.fullmatch(file.source.text(function).rpartition(".")[2]) is None:
        return False
    return not _takes_an_open_file(file, made, function)


def _takes_an_open_file(file: File, made: Node, function: Node) -> bool:
    """Whether a stream is made over a file descriptor, or of what this handler waited for."""
    given = [file.source.text(part) for part in arguments(made)[1:]]
    if any(not text.startswith("{") or re.search(r"\bfd\b|\.\.\.", text) for text in given):
        return any(not re.match(r"[\"'`]", text) for text in given)
    while (link := member(function)) is not None:
        function = link[0]
    binding = file.bindings.resolve(function) if function.type == "identifier" else None
    value = unwrap(binding.value) if binding is not None and binding.value is not None else None
    return value is not None and value.type == "await_expression"


def _destroys(file: File, name: str | None, function: Node) -> bool:
    if name is None:
        return False
    return f"{name}.destroy" in file.source.text(function).replace("?", "")


def _only_serves(file: File, opening: Node, statement: Node) -> bool:
    """Whether from `opening` on nothing is done but to serve: the response gets its headers, the
    source its pipeline, and then the handler ends, through whatever `finally` there is."""
    here, block = opening, opening.parent
    while block is not None:
        for child in named(block):
            if child.start_byte < here.start_byte or child == statement:
                continue
            if child != here and not _is_harmless(file, child):
                return False
            if child == here == opening != statement and _waits(file, child):
                return False
        outer = block.parent
        if outer is None or outer.type in ("finally_clause", "catch_clause"):
            return False
        if outer.type != "try_statement":
            last = named(block)[-1]
            return last.type == "return_statement" or file.functions.is_last_effect(last)
        here, block = outer, outer.parent
    return False


def _only_tells(file: File, found: PipelineCall, served: Exchange, opening: Node) -> bool:
    """Whether nobody does more about a failure than tell of it. A handler that returns before
    skips that: it may not be what releases something."""
    hearers: list[Node] = []
    if found.promised:
        heard = told(file, found.call)
        if heard.whole.type == "await_expression" or heard.how in ("awaited", "catch"):
            hearers += [heard.handler] if heard.handler is not None else []
        if heard.how == "catch" and not _is_first_link(file, found.call, heard.whole):
            return False
        if heard.how != "catch" and member(wrapped(found.call).parent) is not None:
            return False
    elif found.callback is not None:
        hearers.append(unwrap(found.callback))
    clause = catch_of(file, opening)
    if clause is not None:
        hearers.append(clause)
    return all(_tells(file, hearer, served) for hearer in hearers)


def _is_first_link(file: File, call: Node, whole: Node) -> bool:
    """Whether `whole` is `call.catch(…)` and nothing is chained before or behind it."""
    link = called_method(whole)
    parent = wrapped(whole).parent
    return (
        link is not None
        and link[0] == call
        and file.source.text(link[1]) == "catch"
        and member(parent) is None
    )


def _tells(file: File, hearer: Node, served: Exchange) -> bool:
    if hearer.type not in FUNCTIONS and hearer.type != "catch_clause":
        text = file.source.text(hearer)
        return text == served.handler.next or _LOGS.match(text) is not None
    body = hearer.child_by_field_name("body")
    return body is not None and all(_is_telling(file, node, served) for node in walk(body))


def _is_telling(file: File, node: Node, served: Exchange) -> bool:
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        left = node.child_by_field_name("left")
        return left is not None and file.source.text(left).startswith(f"{served.response}.")
    if node.type in ("update_expression", "await_expression", "throw_statement"):
        return False
    function = callee(node) if node.type == "call_expression" else None
    if function is None:
        return True
    text = file.source.text(function)
    if text == served.handler.next or text.startswith(f"{served.response}."):
        return True
    return _LOGS.match(text) is not None


def _waits(file: File, node: Node) -> bool:
    return _WAITS.search(file.source.text(node)) is not None


def _is_harmless(file: File, statement: Node) -> bool:
    """Whether leaving out `statement` is no loss when nobody is served: a call on the response, or
    a line for the log. It may not wait: the client could leave meanwhile."""
    if statement.type != "expression_statement" or _waits(file, statement):
        return False
    value = unwrap(statement.named_children[0])
    method = called_method(value) if value.type == "call_expression" else None
    if method is None:
        return False
    served = exchange_at(file, statement)
    owner = file.source.text(method[0])
    if _LOGS.match(owner):
        return True
    return served is not None and (owner == served.response or owner.startswith(served.response))


def _returns_values(file: File, function: Node) -> bool:
    """Whether a bare `return` would not fit the function's type."""
    if file.source.grammar == "javascript":
        return False
    return file.functions.completions(function).returns_value
