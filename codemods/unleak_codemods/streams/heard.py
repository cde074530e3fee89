"""Who listens for the failures of a chain's stages, and what each listener does about them."""

import enum
import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.pipes import Site, exclusive, logs_only
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    in_block,
    named,
    unwrap,
    walk,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_PLAIN_PARTS = frozenset({"message", "stack", "toString"})
_COMPARING = ("===", "!==", "==", "!=", "instanceof", "in")
_LEAVES = frozenset(
    {"await_expression", "yield_expression", "return_statement", "throw_statement"}
    | {"break_statement", "continue_statement"}
)
_TEARDOWN = frozenset({"destroy", "unpipe"})


class Does(enum.StrEnum):
    """What a listener does: log at most; tear down or tell another stage, as a pipeline does;
    throw the error; or anything else."""

    LOGS = "logs"
    FORWARDS = "forwards"
    THROWS = "throws"
    ANSWERS = "answers"


class Heard(NamedTuple):
    """A listener on stage number `stage`. `call` is what attaches it, inside the chain when
    `chained`, else in a statement of its own or in a variable's initialiser."""

    stage: int
    event: str
    handler: Node | None
    call: Node
    chained: bool
    does: Does


def heard(site: Site, event: str) -> list[Heard]:
    """The listeners for `event` on the stages of the chain, those of unknown events included."""
    return [item for item in every(site) if item.event in (event, "")]


def every(site: Site) -> list[Heard]:
    """The listeners on the stages of the chain, but for those of branches that exclude it."""
    found: list[Heard] = []
    for index, stage in enumerate(site.chain.stages):
        items = [(item, True) for item in stage.listeners]
        items += [
            (use.listener, False)
            for use in site.uses[index]
            if use.what == "listener" and not exclusive(site.file, use.node, site.chain.node)
        ]
        found += [
            Heard(
                index, item.event or "", item.handler, item.node, chained, _does(site, item.handler)
            )
            for item, chained in items
        ]
    return found


def _does(site: Site, handler: Node | None) -> Does:
    if logs_only(site.file, handler):
        return Does.LOGS
    if handler is None or handler.type not in FUNCTIONS:
        return Does.ANSWERS
    names = [site.file.source.text(stage.node) for stage in site.chain.stages]
    parameters = _parameters(site.file, handler)
    statements = _statements(handler)
    if all(_tears_down(site.file, node, names, parameters) for node in statements):
        return Does.FORWARDS
    if len(statements) == 1 and statements[0].type == "throw_statement":
        thrown = [site.file.source.text(node) for node in named(statements[0])]
        return Does.THROWS if thrown and thrown == parameters[:1] else Does.ANSWERS
    return Does.ANSWERS


def _statements(handler: Node) -> list[Node]:
    body = handler.child_by_field_name("body")
    if body is None:
        return []
    return named(body) if body.type == "statement_block" else [body]


def _parameters(file: File, handler: Node) -> list[str]:
    return [file.source.text(node) for node in file.functions.parameters(handler)]


def _tears_down(file: File, node: Node, stages: list[str], parameters: list[str]) -> bool:
    """`stage.destroy(…)`, `stage.unpipe(…)`, `stage.emit('error', err)`: no more than a pipeline
    does by itself."""
    if node.type == "expression_statement":
        node = named(node)[0] if named(node) else node
    if node.type == "return_statement" and len(named(node)) == 1:
        node = named(node)[0]
    method = called_method(unwrap(node))
    if method is None or file.source.text(method[0]) not in stages:
        return False
    given = [file.source.text(part) for part in arguments(unwrap(node))]
    name = file.source.text(method[1])
    if name == "emit":
        return given[:1] in (["'error'"], ['"error"']) and given[1:] == parameters[:1]
    return name in _TEARDOWN and all(part in (*parameters, *stages) for part in given)


def is_quiet(file: File, handler: Node | None) -> bool:
    """Whether a handler is a function without a statement."""
    return handler is not None and handler.type in FUNCTIONS and not _statements(handler)


def meaning(site: Site, item: Heard) -> str:
    """What two listeners share when they do the same: the function they pass the error to, and
    nothing else, or their text."""
    handler = item.handler
    if handler is None:
        return f"?{item.call.start_byte}"
    source = site.file.source
    if handler.type in FUNCTIONS:
        names = [source.text(stage.node) for stage in site.chain.stages]
        parameters = _parameters(site.file, handler)
        rest = [
            node
            for node in _statements(handler)
            if not _tears_down(site.file, node, names, parameters)
        ]
        call = _only_call(rest)
        function = call.child_by_field_name("function") if call is not None else None
        given = [source.text(part) for part in arguments(call)] if call is not None else []
        if function is not None and len(parameters) == 1 and given == parameters:
            return source.text(function)
    return " ".join(source.text(handler).split())


def _only_call(statements: list[Node]) -> Node | None:
    if len(statements) != 1:
        return None
    node = statements[0]
    if node.type in ("expression_statement", "return_statement"):
        parts = named(node)
        node = unwrap(parts[0]) if parts else node
    return node if node.type == "call_expression" else None


# Whether a listener may be moved behind the chain.


def movable(site: Site, item: Heard) -> bool:
    """Whether taking the listener off and hearing the failure behind the chain leaves no time in
    which nobody hears it, and no other stream without it."""
    if item.handler is None or not _takes_no_this(site.file, item.handler):
        return False
    if item.chained:
        return True
    statement = site.file.functions.statement_of(item.call)
    if statement.type != "expression_statement" or not in_block(statement):
        return False
    if not _in_a_row_of_calls(item.call, statement):
        return False
    own = site.file.functions.statement_of(site.chain.node)
    if statement.parent is None or own.parent is None or statement.parent.id != own.parent.id:
        return False
    return not leaves_between(statement, own)


def _in_a_row_of_calls(call: Node, statement: Node) -> bool:
    """Whether a statement is `call` and the calls chained to it, and nothing else."""
    node = call
    while node.parent is not None and node.parent.id != statement.id:
        outer = node.parent
        if outer.type not in ("member_expression", "call_expression"):
            return False
        node = outer
    return True


def leaves_between(one: Node, other: Node) -> bool:
    """Whether the code between two statements of a block may wait or leave."""
    first, second = (one, other) if one.start_byte < other.start_byte else (other, one)
    if first.parent is None:
        return True
    for node in first.parent.children:
        if first.start_byte < node.start_byte < second.start_byte and any(
            part.type in _LEAVES for part in walk(node, into_functions=False)
        ):
            return True
    return False


def _takes_no_this(file: File, handler: Node) -> bool:
    """Whether a handler means the same when it is called as a plain function with the error."""
    function = function_of(file, handler)
    if function is None:
        return handler.type == "identifier" or _is_bound(file, handler)
    if len(file.functions.parameters(function)) > 1:
        return False
    if function.type == "arrow_function":
        return True
    return not any(
        node.type == "this" or (node.type == "identifier" and node.text == b"arguments")
        for node in walk(function)
    )


def _is_bound(file: File, handler: Node) -> bool:
    """`this.fail.bind(this)`"""
    method = called_method(handler) if handler.type == "call_expression" else None
    return method is not None and file.source.text(method[1]) == "bind"


def function_of(file: File, handler: Node) -> Node | None:
    """The function a handler is, or names when it is declared in the file and never changed."""
    if handler.type in FUNCTIONS:
        return handler
    if handler.type != "identifier":
        return None
    binding = file.bindings.resolve(handler)
    if binding is None or not file.bindings.is_constant(binding):
        return None
    if binding.declaration.type in FUNCTIONS:
        return binding.declaration
    value = unwrap(binding.value) if binding.value is not None and not binding.path else None
    return value if value is not None and value.type in FUNCTIONS else None


def known_at(site: Site, handler: Node) -> bool:
    """Whether a handler that is read when the chain is started has its value by then."""
    if handler.type in FUNCTIONS:
        return True
    root = _root(handler)
    if root.type == "this":
        return True
    binding = site.file.bindings.resolve(root) if root.type == "identifier" else None
    if binding is None or not site.file.bindings.is_constant(binding):
        return False
    early = binding.kind in ("param", "function", "import") or binding.declaration.type in FUNCTIONS
    return early or binding.node.start_byte < site.chain.node.start_byte


def _root(node: Node) -> Node:
    """What a run of members and calls begins with."""
    while node.type in ("member_expression", "call_expression"):
        inner = node.child_by_field_name("object") or node.child_by_field_name("function")
        if inner is None:
            break
        node = unwrap(inner)
    return node


def fits_every_stage(file: File, handler: Node) -> bool:
    """Whether a handler passes the error on, whatever it is: not one that takes every error for
    that of its own stage, nor one that looks at which error it is."""
    function = function_of(file, handler)
    if function is None:
        return True
    parameters = file.functions.parameters(function)
    if len(parameters) != 1 or parameters[0].type not in ("identifier", "required_parameter"):
        return False
    name = re.match(r"[\w$]+", file.source.text(parameters[0]))
    body = function.child_by_field_name("body")
    if name is None or body is None:
        return False
    uses = [
        node
        for node in walk(body)
        if node.type in ("identifier", "shorthand_property_identifier")
        and file.source.text(node) == name.group()
    ]
    return bool(uses) and not any(_singles_out(file, node) for node in uses)


def _singles_out(file: File, use: Node) -> bool:
    for node in ancestors(use):
        if node.type == "member_expression":
            part = node.child_by_field_name("property")
            owner = node.child_by_field_name("object")
            read = owner is not None and owner.id == use.id and part is not None
            if read and part is not None and file.source.text(part) not in _PLAIN_PARTS:
                return True
        if node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and file.source.text(operator) in _COMPARING:
                return True
        if node.type in ("switch_statement", "statement_block", "expression_statement"):
            return node.type == "switch_statement"
    return False


def only_keeps_time(file: File, handler: Node | None) -> bool:
    """Whether a listener calls nothing but what stops timers, so that nothing goes on with it."""
    function = function_of(file, handler) if handler is not None else None
    if function is None:
        return False
    calls = ("call_expression", "new_expression")
    called = [callee(node) for node in walk(function) if node.type in calls]
    return all(target is not None and file.source.text(target) in _TIMERS for target in called)


_TIMERS = frozenset({"clearTimeout", "clearInterval", "clearImmediate"})

# What two listeners have in common.


def continues_into(site: Site, handler: Node | None) -> set[str]:
    """The functions a listener goes on with: the names it calls that are no modules and no
    stages, as `done` and `res` are. A listener that cannot be read goes on with "?"."""
    if handler is None:
        return {"?"}
    if handler.type == "member_expression":
        return set() if logs_only(site.file, handler) else {"?"}
    function = function_of(site.file, handler)
    names = {site.file.source.text(handler)} if handler.type == "identifier" else set()
    if function is None:
        return names or {"?"}
    stages = {site.file.source.text(stage.node) for stage in site.chain.stages}
    for node in walk(function):
        target = callee(node) if node.type in ("call_expression", "new_expression") else None
        if target is None:
            continue
        root = _root(target)
        text = site.file.source.text(root)
        if root.type == "identifier" and text not in stages and not _is_module(site.file, root):
            names.add(text)
        elif root.type == "this":
            names.add(site.file.source.text(target))
    return names - _LOGGERS


_LOGGERS = frozenset({"console", "log", "logger", "debug", "winston", "Logger"})


def _is_module(file: File, root: Node) -> bool:
    binding: Binding | None = file.bindings.resolve(root)
    return file.bindings.origin(root) is not None or (
        binding is None and file.source.text(root)[:1].isupper()
    )
