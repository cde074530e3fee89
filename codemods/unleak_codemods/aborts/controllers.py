"""AbortControllers: what their signals are given to."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts.places import root_of
from unleak_codemods.streams.pipeline_calls import PipelineCall, pipeline_call
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    called_method,
    callee,
    inside,
    member,
    same,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.flow import LOOPS

_SETTLED = frozenset({"then", "catch", "finally"})
_READ = frozenset({"aborted", "reason", "throwIfAborted"})


class Controller(NamedTuple):
    """A controller in a variable that is never written again. `pipelines` take its signal as an
    option; `others` are all other uses of it and of its signal, but for calls of `abort` and
    looks at whether it was aborted."""

    binding: Binding
    pipelines: tuple[PipelineCall, ...]
    others: tuple[Node, ...]


def controller_of(file: File, node: Node) -> Controller | None:
    """The controller that `node` names, None when it is none or may be another one."""
    node = unwrap(node)
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    value = unwrap(binding.value) if binding is not None and binding.value is not None else None
    if binding is None or binding.path or value is None or value.type != "new_expression":
        return None
    made = callee(value)
    if made is None or file.source.text(made) != "AbortController":
        return None
    if not file.bindings.is_constant(binding):
        return None
    pipelines: list[PipelineCall] = []
    others: list[Node] = []
    for use in _uses(file, binding):
        call = _pipeline(file, use)
        if call is not None:
            pipelines.append(call)
        else:
            others.append(use)
    return Controller(binding, tuple(pipelines), tuple(others))


def _uses(file: File, binding: Binding) -> list[Node]:
    """What is done with the signal, or with the controller as a whole."""
    found: list[Node] = []
    for use in file.bindings.references(binding):
        if use == binding.node:
            continue
        outer = wrapped(use).parent
        link = member(outer)
        if outer is None or link is None or link[0] != use:
            found += _taken(file, use)
        elif (name := file.source.text(link[1])) == "signal":
            found += _of_signal(file, outer)
        elif name != "abort" or outer.parent is None or outer.parent.type != "call_expression":
            found.append(use)
    return found


def _taken(file: File, use: Node) -> list[Node]:
    """`const { signal } = controller`, anything else is a use of the controller."""
    holder = wrapped(use).parent
    pattern = holder.child_by_field_name("name") if holder is not None else None
    if holder is None or holder.type != "variable_declarator" or pattern is None:
        return [use]
    if file.source.text(pattern).strip("{} ,") != "signal":
        return [use]
    name = next((n for n in pattern.named_children if n.type != "comment"), None)
    binding = file.bindings.resolve(name) if name is not None else None
    return _of_name(file, binding) if binding is not None else [use]


def _of_signal(file: File, signal: Node) -> list[Node]:
    """The uses of the expression `signal`: of the variable it is kept in, or itself."""
    holder = wrapped(signal).parent
    if holder is not None and holder.type == "variable_declarator":
        name = holder.child_by_field_name("name")
        binding = file.bindings.resolve(name) if name is not None else None
        if binding is not None and not binding.path:
            return _of_name(file, binding)
    return [] if _is_read(file, signal) else [signal]


def _of_name(file: File, binding: Binding) -> list[Node]:
    if not file.bindings.is_constant(binding):
        return [binding.node]
    return [
        use
        for use in file.bindings.references(binding)
        if use != binding.node and not _is_read(file, use)
    ]


def _is_read(file: File, signal: Node) -> bool:
    """Whether all that is done with a signal is to ask whether it was aborted. A loop that asks,
    or a timer, may run until it is, and is work of its own."""
    link = member(wrapped(signal).parent)
    if link is None or link[0] != signal or file.source.text(link[1]) not in _READ:
        return False
    return not _runs_on(file, signal)


def _runs_on(file: File, node: Node) -> bool:
    """Whether `node` stands in a loop beside the pipelines, or in a function that is neither the
    one that has the signal, nor a stage, nor what settles a promise."""
    binding = file.bindings.resolve(root_of(node))
    home = file.functions.enclosing(binding.node) if binding is not None else None
    looped = False
    for outer in ancestors(node):
        looped = looped or outer.type in LOOPS
        if outer.type not in FUNCTIONS:
            continue
        if home is not None and same(outer, home):
            return looped
        holder = wrapped(outer).parent
        given = holder.parent if holder is not None and holder.type == "arguments" else None
        if given is None or given.type != "call_expression":
            return True
        if pipeline_call(file, given) is not None:
            return False
        method = called_method(given)
        if method is None or file.source.text(method[1]) not in _SETTLED:
            return True
    return looped


def _pipeline(file: File, use: Node) -> PipelineCall | None:
    """The pipeline whose option `signal` this use is."""
    entry: Node | None = wrapped(use)
    if use.type != "shorthand_property_identifier":
        entry = entry.parent if entry is not None else None
        key = entry.child_by_field_name("key") if entry is not None else None
        if entry is None or entry.type != "pair" or key is None:
            return None
        if file.source.text(key) != "signal":
            return None
    options = entry.parent if entry is not None else None
    given = wrapped(options).parent if options is not None else None
    if options is None or given is None or given.type != "arguments" or given.parent is None:
        return None
    call = pipeline_call(file, given.parent) if given.parent.type == "call_expression" else None
    if call is None or call.options is None or not inside(use, call.options):
        return None
    return call
