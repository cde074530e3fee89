"""The promise wrapper around a chain: `new Promise((resolve, reject) => { … a.pipe(b) … })`.

The commonest way to wait for a copy, and the one that waits for ever: a destination that closes
without an error settles nothing.
"""

from dataclasses import dataclass, field

from tree_sitter import Node

from unleak_codemods.streams.chains import LISTENING, Chain, Listener, chain_at, strip_listeners
from unleak_codemods.streams.evidence import Evidence, Owner
from unleak_codemods.streams.settling import Settling, settling
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    inside,
    named,
    same,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File

DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})


@dataclass(slots=True)
class Wrapper:
    """A wrapper taken apart. `form` tells how its value is used: awaited, returned, arrow (the
    whole body of an arrow function) or expression. `outer` is the statement, or the `new`
    expression where it is only part of one.

    `obstacle` is the code of what makes it more than a copy, None when it is just that.
    """

    new: Node
    executor: Node
    parameter: Node
    resolve: str
    reject: str | None
    form: str
    outer: Node
    kept: list[Node] = field(default_factory=list)
    dropped: list[Node] = field(default_factory=list)
    resolves: list[tuple[Listener, int, Settling]] = field(default_factory=list)
    rejects: list[tuple[Listener, int, Settling]] = field(default_factory=list)
    obstacle: str | None = None

    @property
    def block(self) -> Node | None:
        """The executor's body, None when it is a bare expression."""
        body = self.executor.child_by_field_name("body")
        return body if body is not None and body.type == "statement_block" else None

    @property
    def value(self) -> Node | None:
        return next((s.value for _, _, s in self.resolves if s.value is not None), None)

    def settles_on_the_source(self, chain: Chain) -> bool:
        """Whether the end of an earlier stage than the last resolves the promise."""
        return any(index < len(chain.stages) - 1 for _, index, _ in self.resolves)


def wrapper_around(file: File, node: Node) -> Wrapper | None:
    """The promise whose executor is the nearest function around `node`."""
    executor = file.functions.enclosing(node)
    if executor is None or executor.type not in ("arrow_function", "function_expression"):
        return None
    holder = wrapped(executor).parent
    new = holder.parent if holder is not None else None
    if new is None or new.type != "new_expression" or len(arguments(new)) != 1:
        return None
    constructor = new.child_by_field_name("constructor")
    if constructor is None or file.source.text(constructor) != "Promise":
        return None
    parameters = file.functions.parameters(executor)
    if not parameters or any(p.type != "identifier" for p in parameters):
        return None
    names = [file.source.text(p) for p in parameters]
    form, outer = _form(new)
    reject = names[1] if len(names) > 1 else None
    wrapper = Wrapper(new, executor, parameters[0], names[0], reject, form, outer)
    if file.bindings.resolve(constructor) is not None:
        wrapper.obstacle = "promise-not-native"
    return wrapper


def wrapper_above(file: File, node: Node) -> Wrapper | None:
    """The promise whose executor holds `node`, through at most four callbacks in between."""
    function = file.functions.enclosing(node)
    for _ in range(4):
        body = function.child_by_field_name("body") if function is not None else None
        if function is None or function.parent is None or body is None:
            return None
        wrapper = wrapper_around(file, body)
        if wrapper is not None or file.functions.is_async(function):
            return wrapper
        function = file.functions.enclosing(function.parent)
    return None


def made_around(file: File, wrapper: Wrapper, found: Evidence) -> bool:
    """Whether a stage is made in the executor, or in the function around the promise."""
    if found.owner is not Owner.OUTER:
        return found.owner is Owner.HERE
    if found.binding is None or found.binding.kind == "param":
        return False
    home = file.functions.enclosing(found.binding.node)
    around = file.functions.enclosing(wrapper.new)
    if home is None or around is None:
        return False
    return home.id in (around.id, wrapper.executor.id)


def _form(new: Node) -> tuple[str, Node]:
    use = wrapped(new)
    parent = use.parent
    if parent is None:
        return "expression", new
    if parent.type == "await_expression":
        outer = wrapped(parent).parent
        if outer is not None and outer.type == "expression_statement":
            return "awaited", outer
        if outer is not None and outer.type == "return_statement":
            return "returned", outer
        return "expression", new
    if parent.type == "return_statement":
        return "returned", parent
    if parent.type == "arrow_function":
        return "arrow", new
    return "expression", new


def read_body(file: File, wrapper: Wrapper, chain: Chain) -> None:
    """Sort the executor's statements into kept, dropped and the chain; find the obstacles."""
    block = wrapper.block
    for index, stage in enumerate(chain.stages):
        for listener in stage.listeners:
            _read_listener(file, wrapper, chain, listener, index)
    if any(link.name not in LISTENING | {"pipe"} for link in chain.links):
        wrapper.obstacle = wrapper.obstacle or "executor-does-more"
    if block is None:
        body = wrapper.executor.child_by_field_name("body")
        if body is None or not same(unwrap(body), unwrap(chain.node)):
            wrapper.obstacle = wrapper.obstacle or "executor-does-more"
        return
    reached = False
    for statement in named(block):
        if inside(chain.node, statement):
            reached = True
            if chain.place != "statement" or not same(
                unwrap(named(statement)[0]), unwrap(chain.node)
            ):
                wrapper.obstacle = wrapper.obstacle or "executor-does-more"
        elif statement.type in DECLARATIONS and not reached:
            if _calls_out(file, wrapper, statement):
                wrapper.obstacle = wrapper.obstacle or "executor-does-more"
            wrapper.kept.append(statement)
        elif _read_statement(file, wrapper, chain, statement):
            wrapper.dropped.append(statement)
        else:
            wrapper.obstacle = wrapper.obstacle or "executor-does-more"
    if not reached:
        wrapper.obstacle = wrapper.obstacle or "executor-does-more"


def _calls_out(file: File, wrapper: Wrapper, node: Node) -> bool:
    """Whether a declaration holds on to the executor's two functions, or to its `this`."""
    names = {wrapper.resolve, wrapper.reject}
    for part in walk(node):
        if part.type in ("this", "super", "yield_expression"):
            return True
        if part.type == "identifier" and file.source.text(part) in names:
            return True
    return False


def _read_statement(file: File, wrapper: Wrapper, chain: Chain, statement: Node) -> bool:
    """Whether `statement` only listens to stages of the chain."""
    if statement.type != "expression_statement":
        return False
    inner = named(statement)
    if len(inner) != 1:
        return False
    root, listeners = strip_listeners(file.source, inner[0])
    if not listeners or root.type != "identifier":
        return False
    index = _stage_of(file, chain, root)
    if index is None:
        return False
    for listener in listeners:
        _read_listener(file, wrapper, chain, listener, index)
    return True


def _stage_of(file: File, chain: Chain, name: Node) -> int | None:
    binding = file.bindings.resolve(name)
    for index, stage in enumerate(chain.stages):
        named_so = stage.node.type == "identifier" and binding is not None
        if named_so and file.bindings.resolve(stage.node) == binding:
            return index
    return None


def _read_listener(
    file: File, wrapper: Wrapper, chain: Chain, listener: Listener, index: int
) -> None:
    found = settling(file, listener.handler, wrapper.resolve, wrapper.reject)
    last = index == len(chain.stages) - 1
    if found.how == "more" or listener.event is None:
        wrapper.obstacle = wrapper.obstacle or "handler-does-more"
    elif found.how == "resolve":
        if listener.event not in (("finish", "close") if last else ("end", "close")):
            wrapper.obstacle = wrapper.obstacle or "settles-early"
        wrapper.resolves.append((listener, index, found))
    elif listener.event != "error":
        wrapper.obstacle = wrapper.obstacle or "handler-does-more"
    else:
        if found.how == "mapped":
            wrapper.obstacle = wrapper.obstacle or "error-is-mapped"
        wrapper.rejects.append((listener, index, found))


def same_value(file: File, wrapper: Wrapper) -> bool:
    """Whether every resolve passes on the same thing."""
    texts = {
        file.source.text(s.value) if s.value is not None else "" for _, _, s in wrapper.resolves
    }
    return len(texts) <= 1


def other_chains(file: File, wrapper: Wrapper, chain: Chain) -> bool:
    """Whether the executor pipes anything besides `chain`."""
    for node in walk(wrapper.executor):
        if node.type != "call_expression" or inside(node, chain.node):
            continue
        method = called_method(node)
        if method is not None and file.source.text(method[1]) == "pipe":
            found = chain_at(file.source, node)
            if found is None or not same(found.node, chain.node):
                return True
    return False
