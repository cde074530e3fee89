"""Calls of `pipeline` that stand in the code: their stages, their options, and who is told of a
failure.

Known are `pipeline` of node:stream/promises and of node:stream, promisified or with a callback,
whatever they are called in the file.
"""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    callee,
    inside,
    member,
    named,
    unwrap,
    wrapped,
)
from unleak_engine.codemod import File

_PROMISED = {("stream/promises", "pipeline"), ("stream", "promises.pipeline")}
_CALLED_BACK = {("stream", "pipeline")}
_PROMISIFY = {("util", "promisify")}


class PipelineCall(NamedTuple):
    """One call of `pipeline`. `stages` are its arguments without options and callback; a spread or
    an array among them makes `whole_seen` false. `options` is the object behind the stages of the
    promised form, `callback` what the other form tells its end (None: nothing was given).
    """

    call: Node
    promised: bool
    stages: tuple[Node, ...]
    options: Node | None = None
    callback: Node | None = None

    @property
    def whole_seen(self) -> bool:
        return all(stage.type not in ("spread_element", "array") for stage in self.stages)

    @property
    def source(self) -> Node | None:
        return self.stages[0] if self.stages and self.whole_seen else None

    @property
    def destination(self) -> Node | None:
        return self.stages[-1] if len(self.stages) > 1 and self.whole_seen else None


def pipeline_call(file: File, call: Node) -> PipelineCall | None:
    """`call` as a call of `pipeline`, None when it is not surely one."""
    function = callee(call) if call.type == "call_expression" else None
    promised = _is_promised(file, function) if function is not None else None
    parts = arguments(call)
    if promised is None or not parts:
        return None
    if not promised:
        last = unwrap(parts[-1])
        told = last.type in FUNCTIONS or _names_function(file, last)
        return PipelineCall(
            call, False, tuple(parts[:-1] if told else parts), callback=parts[-1] if told else None
        )
    optional = len(parts) > 1 and _are_options(file, unwrap(parts[-1]))
    stages = tuple(parts[:-1] if optional else parts)
    return PipelineCall(call, True, stages, options=parts[-1] if optional else None)


def _is_promised(file: File, function: Node) -> bool | None:
    """Whether `function` is the promised `pipeline`; None when it is no pipeline of Node's."""
    origin = file.bindings.origin(function)
    if origin is not None:
        where = (bare(origin.module), origin.name)
        if where in _PROMISED:
            return True
        return False if where in _CALLED_BACK else None
    binding = file.bindings.resolve(function) if function.type == "identifier" else None
    if binding is None or binding.value is None or not file.bindings.is_constant(binding):
        return None
    value = unwrap(binding.value)
    inner = callee(value) if value.type == "call_expression" else None
    made = file.bindings.origin(inner) if inner is not None else None
    if made is None or (bare(made.module), made.name) not in _PROMISIFY or binding.path:
        return None
    given = arguments(value)
    return True if len(given) == 1 and _is_promised(file, unwrap(given[0])) is False else None


def _names_function(file: File, node: Node) -> bool:
    """Whether `node` is a name that a function stands behind, as far as the file tells."""
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None:
        return False
    if binding.kind == "param":
        return binding.name in ("cb", "callback", "done", "next", "resolve", "reject")
    return (binding.value is not None and unwrap(binding.value).type in FUNCTIONS) or (
        binding.kind == "function"
    )


def _are_options(file: File, node: Node) -> bool:
    if node.type == "object":
        return True
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    value = unwrap(binding.value) if binding is not None and binding.value is not None else None
    return value is not None and value.type == "object" and not (binding and binding.path)


def option(file: File, options: Node | None, name: str) -> Node | None:
    """The value of option `name` in an object literal; a shorthand is its own value."""
    if options is None or unwrap(options).type != "object":
        return None
    for entry in named(unwrap(options)):
        key = entry.child_by_field_name("key") if entry.type == "pair" else entry
        if key is not None and file.source.text(key).strip("'\"") == name:
            return entry.child_by_field_name("value") if entry.type == "pair" else entry
    return None


class Told(NamedTuple):
    """Who hears of a promise's rejection.

    `how` is "awaited" (a catch clause around it), "catch" (a function given to `.catch`, or to
    `.then` as the second), "returned", "escapes" (awaited or returned to nobody seen here) or
    "floating". `handler` is the catch clause or the function, `whole` the whole expression with
    its `await` and its `.catch(…)`, `error` what the handler names the error, None for nothing.
    """

    how: str
    whole: Node
    handler: Node | None = None
    error: Node | None = None

    @property
    def body(self) -> Node | None:
        return self.handler.child_by_field_name("body") if self.handler is not None else None


def told(file: File, call: Node) -> Told:
    """What becomes of the rejection of the promise that `call` gives."""
    whole = wrapped(call)
    while (link := _chained(whole)) is not None:
        name, outer = file.source.text(link[0]), link[1]
        given = arguments(outer)
        at = 0 if name == "catch" else 1
        if name in ("catch", "then") and len(given) > at:
            return _by_function(file, outer, unwrap(given[at]))
        if name not in ("then", "finally"):
            break
        whole = wrapped(outer)
    parent = whole.parent
    if parent is not None and parent.type == "await_expression":
        awaited = wrapped(parent)
        clause = catch_of(file, awaited)
        if clause is None:
            return Told("escapes", awaited)
        return Told("awaited", awaited, clause, clause.child_by_field_name("parameter"))
    if parent is not None and parent.type in ("return_statement", "arrow_function"):
        return Told("returned", whole)
    floating = parent is not None and parent.type == "expression_statement"
    return Told("floating" if floating else "returned", whole)


def _by_function(file: File, whole: Node, function: Node) -> Told:
    if function.type not in FUNCTIONS:
        return Told("catch", whole, function)
    parameters = file.functions.parameters(function)
    return Told("catch", whole, function, parameters[0] if parameters else None)


def _chained(node: Node) -> tuple[Node, Node] | None:
    """(method name, call) of `node.method(…)`."""
    outer = node.parent
    if outer is None or (found := member(outer)) is None or found[0] != unwrap(node):
        return None
    call = outer.parent
    return (found[1], call) if call is not None and call.type == "call_expression" else None


def catch_of(file: File, node: Node) -> Node | None:
    """The catch clause that gets what is thrown at `node` in its own function, None for none."""
    for statement in file.functions.enclosing_try(node):
        body = statement.child_by_field_name("body")
        clause = statement.child_by_field_name("handler")
        if body is not None and clause is not None and inside(node, body):
            return clause
    return None
