"""Listeners for 'close' on a request or a response that stop the work for it."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.aborts.places import is_response, root_of, spelled
from unleak_codemods.streams.evidence import Level, evidence_of
from unleak_codemods.streams.pipeline_calls import pipeline_call
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    in_block,
    inside,
    member,
    named,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

LISTENING = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})
_STOPPING = frozenset({"abort", "destroy", "kill", "cancel"})
_FINISHED = ("writableFinished", "writableEnded", ".finished")


class Stop(NamedTuple):
    """`whole` is the expression that stops `what`: `ac.abort()`. It is all that the listener does
    when `alone`; `asked` when it stands behind a test whether the response was finished."""

    whole: Node
    what: Node
    method: str
    alone: bool
    asked: bool


class Closing(NamedTuple):
    """A listener for 'close' on `receiver`, "request" or "response" by `side`."""

    call: Node
    receiver: Node
    on: Node
    listener: Node
    side: str
    stop: Stop


def closing_at(file: File, call: Node) -> Closing | None:
    """The listener that `call` attaches, None when it is another one, or stops nothing, or asks
    for itself when to."""
    method = called_method(call)
    given = arguments(call)
    if method is None or len(given) != 2 or file.source.text(method[1]) not in LISTENING:
        return None
    if string_value(given[0], file.source.text(given[0])) != "close":
        return None
    listener = unwrap(given[1])
    if listener.type not in ("arrow_function", "function_expression"):
        return None
    stop = _stop(file, listener)
    side = _side(file, method[0]) if stop is not None else ""
    if stop is None or not side or (stop.asked and side == "response"):
        return None
    return Closing(call, method[0], method[1], listener, side, stop)


def _side(file: File, receiver: Node) -> str:
    if receiver.type not in ("identifier", "member_expression"):
        return ""
    if is_response(file, receiver):
        return "response"
    found = evidence_of(file, receiver)
    return "request" if found.level >= Level.LIKELY and found.role == "request" else ""


def _stop(file: File, listener: Node) -> Stop | None:
    body = listener.child_by_field_name("body")
    if body is None:
        return None
    if body.type != "statement_block":
        return _stopping(file, body, alone=True, asked=False)
    statements = named(body)
    if any(one.type not in ("expression_statement", "if_statement") for one in statements):
        return None
    for statement in statements:
        alone = len(statements) == 1
        if statement.type == "if_statement":
            found = _behind_a_test(file, statement, alone=alone)
            return found if alone else None
        found = _stopping(file, named(statement)[0], alone=alone, asked=False)
        if found is not None:
            return found
    return None


def _behind_a_test(file: File, statement: Node, *, alone: bool) -> Stop | None:
    condition = statement.child_by_field_name("condition")
    then = statement.child_by_field_name("consequence")
    if condition is None or then is None or statement.child_by_field_name("alternative"):
        return None
    text = "".join(file.source.text(condition).split())
    if not text.startswith("(!") or "&&" in text or "||" in text:
        return None
    if not any(text.removesuffix(")").endswith(word) for word in _FINISHED):
        return None
    inner = named(then) if then.type == "statement_block" else [then]
    if len(inner) != 1 or inner[0].type != "expression_statement":
        return None
    return _stopping(file, named(inner[0])[0], alone=alone, asked=True)


def _stopping(file: File, expression: Node, *, alone: bool, asked: bool) -> Stop | None:
    inner = unwrap(expression)
    if inner.type == "unary_expression" and file.source.text(inner).startswith("void"):
        inner = unwrap(inner.child_by_field_name("argument") or inner)
    method = called_method(inner) if inner.type == "call_expression" else None
    if method is None or file.source.text(method[1]) not in _STOPPING:
        return None
    return Stop(expression, method[0], file.source.text(method[1]), alone, asked)


# What feeds a response.


def feeds(file: File, what: Node, function: Node, response: str) -> bool:
    """Whether what `what` names is made for this request, and goes into its response: piped, given
    to a pipeline, or handed to the framework as the body. `function` is the handler, `response`
    how it writes the response."""
    node = unwrap(what)
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None or binding.kind not in ("const", "let", "var"):
        return False
    if not inside(binding.node, function):
        return False
    value = unwrap(binding.value) if binding.value is not None else None
    aliased = value is not None and value.type == "identifier" and not binding.path
    original = file.bindings.resolve(value) if aliased and value is not None else None
    every = [binding, *([original] if original is not None else [])]
    return any(_goes_into(file, one, response) for one in every) and not any(
        _is_written_to(file, one) for one in every
    )


def _goes_into(file: File, binding: Binding, response: str) -> bool:
    return any(_use_feeds(file, use, response) for use in file.bindings.references(binding))


def _use_feeds(file: File, use: Node, response: str) -> bool:
    outer = wrapped(use)
    holder = outer.parent
    link = member(holder)
    if link is not None and holder is not None and file.source.text(link[1]) == "stdout":
        outer = wrapped(holder)
        holder = outer.parent
        link = member(holder)
    if holder is None:
        return False
    if link is not None and link[0] == unwrap(outer) and file.source.text(link[1]) == "pipe":
        return _piped_into(file, holder, response)
    if holder.type == "arguments" and holder.parent is not None:
        return _given_to(file, holder.parent, response)
    if holder.type == "assignment_expression" and holder.child_by_field_name("right") == outer:
        left = holder.child_by_field_name("left")
        root = response.partition(".")[0]
        return left is not None and spelled(file, left) in (f"{root}.body", f"{root}.response.body")
    return False


def _piped_into(file: File, pipe: Node, response: str) -> bool:
    """Whether a chain that goes on with the member `pipe` reaches the response."""
    call = pipe.parent
    while call is not None and call.type == "call_expression":
        given = arguments(call)
        if given and _is_the_response(file, unwrap(given[0]), response):
            return True
        link = wrapped(call).parent
        name = member(link)
        if link is None or name is None or file.source.text(name[1]) != "pipe":
            return False
        call = link.parent
    return False


def _is_the_response(file: File, node: Node, response: str) -> bool:
    """Whether `node` is the response, or made of it by a call."""
    if node.type in ("call_expression", "new_expression"):
        root = response.partition(".")[0]
        return any(file.source.text(part) in (root, response) for part in arguments(node))
    return spelled(file, node) == response or is_response(file, node)


def _given_to(file: File, call: Node, response: str) -> bool:
    if call.type != "call_expression":
        return False
    piped = pipeline_call(file, call)
    if piped is not None:
        end = piped.destination
        return end is not None and _is_the_response(file, unwrap(end), response)
    method = called_method(call)
    root = response.partition(".")[0]
    return (
        method is not None
        and file.source.text(method[1]) == "send"
        and file.source.text(root_of(method[0])) == root
    )


def _is_written_to(file: File, binding: Binding) -> bool:
    """Whether something is piped into the variable, or it is written to: an upload is stopped by
    the end of its request."""
    for use in file.bindings.references(binding):
        holder = wrapped(use).parent
        if holder is None:
            continue
        if holder.type == "arguments" and holder.parent is not None:
            method = called_method(holder.parent)
            if method is not None and file.source.text(method[1]) == "pipe":
                return True
            piped = pipeline_call(file, holder.parent)
            if piped is not None and piped.stages and unwrap(piped.stages[0]) != use:
                return True
        link = member(holder)
        if link is not None and link[0] == use and file.source.text(link[1]) in ("write", "stdin"):
            return True
    return False


def is_bare(node: Node) -> bool:
    """Whether a listener's `stop` is the body of an arrow function without braces."""
    holder = wrapped(node).parent
    return holder is not None and holder.type in FUNCTIONS and not in_block(node)
