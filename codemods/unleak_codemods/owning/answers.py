"""The answer to a request of `http` or `https`, and where it is handed over.

An answer that has a listener must be read: until its last byte is taken, its connection is neither
closed nor given to the next request, whatever the status and however short the body.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.owning.asking import of_either
from unleak_codemods.owning.heads import takes_head
from unleak_codemods.streams.evidence import Evidence, thing_of
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    member,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File


class Answered(NamedTuple):
    """One listener that is given an answer.

    `call` makes the request, `listening` puts the listener on it. `function` is given the answer
    as `answer`, None when it has no such name. `request` is the variable that holds the request,
    None when none does; `handed_on` tells that others may hold it too, `hears_close` that something
    waits for its 'close'.
    """

    call: Node
    listening: Node
    function: Node
    answer: Binding | None
    evidence: Evidence
    request: Binding | None
    handed_on: bool
    hears_close: bool


def answered_at(file: File, call: Node) -> Answered | None:
    """What `call` asks to be told of its answer: `http.get(…, listener)`, or the only
    `.on('response', listener)` of a request. None for anything else."""
    parts = arguments(call)
    if not parts:
        return None
    method = called_method(call)
    listens = method is not None and file.source.text(method[1]) in ("on", "once")
    if listens and method is not None:
        event = string_value(parts[0], file.source.text(parts[0]))
        if event != "response" or len(parts) < 2:
            return None
        found = thing_of(file, method[0])
        made = _maker(file, method[0])
        target = callee(made) if made is not None else None
        if target is not None and not _is_request(found):
            found = of_either(file, target) or found
        if made is None or not _is_request(found):
            return None
        return _answered(file, call, made, parts[1], found)
    target = callee(call)
    if target is None or (len(parts) < 2 and unwrap(parts[0]).type not in FUNCTIONS):
        return None
    found = thing_of(file, call)
    if not _is_request(found):
        found = of_either(file, target) or found
    return _answered(file, call, call, parts[-1], found) if _is_request(found) else None


def _is_request(found: Evidence) -> bool:
    """Whether this is what `request` of http or https gives. Those of http2 and of clients have a
    shape of their own."""
    return found.proven and found.role == "upload" and not found.kind.shape


def _maker(file: File, receiver: Node) -> Node | None:
    """The call that makes the request a listener is put on, None when it is not seen."""
    binding = file.bindings.resolve(receiver) if receiver.type == "identifier" else None
    if binding is not None and binding.value is not None and not binding.path:
        receiver = unwrap(binding.value)
    while receiver.type == "call_expression":
        method = called_method(receiver)
        if method is None or file.source.text(method[1]) not in ("on", "once", "setTimeout"):
            return receiver
        receiver = method[0]
    return None


def _answered(
    file: File, call: Node, made: Node, listener: Node, found: Evidence
) -> Answered | None:
    function = _function(file, unwrap(listener))
    if function is None or "generator" in function.type:
        return None
    parameters = file.functions.parameters(function)
    answer = file.bindings.resolve(parameters[0]) if parameters else None
    if parameters and answer is None and not takes_head(file, parameters[0]):
        return None
    request, handed_on = _holder(file, made)
    if _heard_twice(file, call, made, request):
        return None
    close = _hears_close(file, made, request)
    return Answered(made, call, function, answer, found, request, handed_on, close)


def _function(file: File, listener: Node) -> Node | None:
    """The function that a listener is, or names in this file and nowhere else."""
    if listener.type in FUNCTIONS:
        return listener
    binding = file.bindings.resolve(listener) if listener.type == "identifier" else None
    if binding is None or not file.bindings.is_constant(binding):
        return None
    uses = [n for n in file.bindings.references(binding) if n.id != binding.node.id]
    if len(uses) != 1:
        return None
    if binding.kind == "function":
        return binding.declaration
    value = unwrap(binding.value) if binding.value is not None and not binding.path else None
    return value if value is not None and value.type in FUNCTIONS else None


def _heard_twice(file: File, call: Node, made: Node, request: Binding | None) -> bool:
    """Whether the request has another listener for its answer, which may read it."""
    heard = {call.id} if made.id == call.id or _last_is_function(made) else set[int]()
    heard |= {outer.id for outer, event in _listening(file, made, request) if event == "response"}
    # An event that is not spelt out may be this one.
    unknown = any(event is None for _, event in _listening(file, made, request))
    return len(heard) > 1 or unknown


def _hears_close(file: File, made: Node, request: Binding | None) -> bool:
    """Whether something waits for the request to close, which it does once its answer is read."""
    if any(event == "close" for _, event in _listening(file, made, request)):
        return True
    for use in file.bindings.references(request) if request is not None else ():
        holder = wrapped(use).parent
        call = holder.parent if holder is not None and holder.type == "arguments" else None
        target = callee(call) if call is not None else None
        if target is not None and file.source.text(target).rpartition(".")[2] == "finished":
            return True
    return False


_LISTENS = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})


def _listening(
    file: File, made: Node, request: Binding | None
) -> Iterator[tuple[Node, str | None]]:
    """The calls that put a listener on the request, in a chain or by its variable, each with its
    event; None for one that is not spelt out."""
    starts = [made, *(file.bindings.references(request) if request is not None else ())]
    for start in starts:
        node = wrapped(start)
        while node.parent is not None and (found := member(node.parent)) is not None:
            outer = node.parent.parent
            if found[0] != unwrap(node) or outer is None or outer.type != "call_expression":
                break
            parts = arguments(outer)
            if file.source.text(found[1]) in _LISTENS and parts:
                yield outer, string_value(parts[0], file.source.text(parts[0]))
            node = wrapped(outer)


def _last_is_function(made: Node) -> bool:
    parts = arguments(made)
    return bool(parts) and unwrap(parts[-1]).type in FUNCTIONS


_PASSED_ON = frozenset({"pipe", "pipeline", "finished"})


def _holder(file: File, made: Node) -> tuple[Binding | None, bool]:
    """The variable that holds the request, and whether somebody else holds it too."""
    node = wrapped(made)
    while node.parent is not None and (found := member(node.parent)) is not None:
        outer = node.parent.parent
        if found[0] != unwrap(node) or outer is None or outer.type != "call_expression":
            return None, True
        node = wrapped(outer)
    parent = node.parent
    if parent is None or parent.type in ("expression_statement", "await_expression"):
        return None, False
    if parent.type in ("return_statement", "arrow_function"):
        function = file.functions.enclosing(node)
        return None, function is None or not _value_ignored(file, function)
    name = None
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
    elif parent.type == "assignment_expression":
        name = parent.child_by_field_name("left")
    if name is None or name.type != "identifier":
        return None, True
    binding = file.bindings.resolve(name)
    if binding is None:
        return None, True
    return binding, any(gives_away(file, use) for use in file.bindings.references(binding))


def _value_ignored(file: File, function: Node) -> bool:
    """Whether nobody takes what `function` returns: it is the executor of a promise."""
    holder = wrapped(function).parent
    outer = holder.parent if holder is not None and holder.type == "arguments" else None
    return outer is not None and outer.type == "new_expression"


def gives_away(file: File, use: Node) -> bool:
    """Whether a use of the request hands it, or its `res`, to somebody who may listen to it."""
    node = wrapped(use)
    parent = node.parent
    found = member(parent) if parent is not None else None
    if found is not None and found[0] == use and file.source.text(found[1]) == "res":
        return True
    if parent is None or parent.type == "arguments":
        call = parent.parent if parent is not None else None
        target = callee(call) if call is not None else None
        name = file.source.text(target).rpartition(".")[2] if target is not None else ""
        return name not in _PASSED_ON
    if parent.type == "return_statement":
        function = file.functions.enclosing(node)
        return function is None or not _value_ignored(file, function)
    if parent.type in ("assignment_expression", "variable_declarator"):
        right = parent.child_by_field_name("right") or parent.child_by_field_name("value")
        return right is not None and unwrap(right) == use
    return parent.type in (
        "pair",
        "array",
        "yield_expression",
        "spread_element",
        "shorthand_property_identifier",
    )
