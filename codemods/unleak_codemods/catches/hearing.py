"""Which pipelines a piece of code hears the failure of: a catch clause, or a function that is given
to `.catch`."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.pipeline_calls import PipelineCall, catch_of, pipeline_call, told
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    callee,
    member,
    named,
    same,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File


class Hearing(NamedTuple):
    """`handler` is a catch clause or a function, `error` what it names the failure, and
    `pipelines` are those whose failure it is told of."""

    handler: Node
    error: Node | None
    pipelines: tuple[PipelineCall, ...]

    @property
    def body(self) -> Node | None:
        return self.handler.child_by_field_name("body")


def hearing_at(file: File, node: Node, *, callbacks: bool = False) -> Hearing | None:
    """The nearest code around `node` that hears of a promised pipeline's failure, in the function
    that `node` stands in or as that function; with `callbacks` also what a pipeline calls back."""
    path = file.functions.path_to(node)
    for index in range(len(path) - 2, -1, -1):
        outer, below = path[index], path[index + 1]
        if outer.type == "catch_clause" and below == outer.child_by_field_name("body"):
            found = _heard_in_try(file, outer)
            if found:
                return Hearing(outer, outer.child_by_field_name("parameter"), found)
        elif outer.type in FUNCTIONS:
            parameters = file.functions.parameters(outer)
            found = _heard_by_function(file, outer, callbacks)
            return Hearing(outer, parameters[0], found) if found and parameters else None
    return None


def _heard_in_try(file: File, clause: Node) -> tuple[PipelineCall, ...]:
    statement = clause.parent
    body = statement.child_by_field_name("body") if statement is not None else None
    if body is None:
        return ()
    return tuple(
        call
        for node in walk(body, into_functions=False)
        if node.type == "call_expression"
        and (call := pipeline_call(file, node)) is not None
        and call.promised
        and _is_told(file, node, clause)
    )


def _is_told(file: File, call: Node, clause: Node) -> bool:
    """Whether `clause` hears of the failure of `call`, at once or after a `.catch` that throws it
    on."""
    heard = told(file, call)
    if heard.handler is None or same(heard.handler, clause):
        return heard.handler is not None
    outer = wrapped(heard.whole).parent
    if heard.how != "catch" or outer is None or outer.type != "await_expression":
        return False
    last = named(heard.body)[-1:] if heard.body is not None else []
    thrown = named(last[0]) if last and last[0].type == "throw_statement" else []
    if heard.error is None or len(thrown) != 1 or file.source.bytes(thrown[0]) != heard.error.text:
        return False
    caught = catch_of(file, outer)
    return caught is not None and same(caught, clause)


def _heard_by_function(file: File, function: Node, callbacks: bool) -> tuple[PipelineCall, ...]:
    """The pipeline at the beginning of `pipeline(…).then(…).catch(function)`, or the one that is
    given `function` to call back."""
    holder = wrapped(function).parent
    outer = holder.parent if holder is not None and holder.type == "arguments" else None
    if outer is None or outer.type != "call_expression":
        return ()
    if not any(same(unwrap(given), function) for given in arguments(outer)):
        return ()
    call = outer
    while (method := member(callee(call))) is not None and method[0].type == "call_expression":
        if file.source.text(method[1]) not in ("then", "catch", "finally"):
            break
        call = method[0]
    found = pipeline_call(file, call)
    if found is None:
        return ()
    if call == outer:
        last = unwrap(found.callback) if found.callback is not None else None
        return (found,) if callbacks and last is not None and same(last, function) else ()
    handler = told(file, call).handler if found.promised else None
    return (found,) if handler is not None and same(handler, function) else ()


def is_alone_in_try(file: File, heard: Hearing, pipe: PipelineCall, response: str = "") -> bool:
    """Whether `heard` hears of nothing but the failure of `pipe`, of what makes its stages, and of
    what is called on `response`, if that is given."""
    statement = heard.handler.parent
    body = statement.child_by_field_name("body") if statement is not None else None
    if not pipe.promised:
        return True
    if heard.handler.type != "catch_clause" or body is None:
        return _is_straight(pipe, heard.handler)
    own = file.functions.statement_of(pipe.call)
    return all(
        not any(node.type in _MAY_THROW for node in walk(each, into_functions=False))
        for each in named(body)
        if each != own
        and not _makes_a_stage(file, pipe, each)
        and not _answers(file, each, response)
    )


def _makes_a_stage(file: File, pipe: PipelineCall, statement: Node) -> bool:
    """Whether a statement declares stages of the pipeline, and waits for nothing."""
    if statement.type not in ("lexical_declaration", "variable_declaration"):
        return False
    if any(node.type == "await_expression" for node in walk(statement)):
        return False
    stages = {file.source.text(stage) for stage in pipe.stages}
    names = [each.child_by_field_name("name") for each in named(statement)]
    return all(name is not None and file.source.text(name) in stages for name in names)


def _answers(file: File, statement: Node, response: str) -> bool:
    """Whether a statement calls a method of `response` and waits for nothing."""
    if not response or statement.type != "expression_statement":
        return False
    if any(node.type == "await_expression" for node in walk(statement)):
        return False
    return file.source.text(statement).startswith(f"{response}.")


def _is_straight(pipe: PipelineCall, function: Node) -> bool:
    """Whether `function` is given to the first method that is called on the pipeline's promise."""
    method = wrapped(pipe.call).parent
    call = method.parent if method is not None and method.type == "member_expression" else None
    return call is not None and any(same(unwrap(each), function) for each in arguments(call))


_MAY_THROW = frozenset({"call_expression", "new_expression", "await_expression", "throw_statement"})
