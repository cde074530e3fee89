"""What hangs on a promise of `finished`: a release that runs when all went well, and who hears of
a failure."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.owning.finishing import is_promised_finished
from unleak_codemods.owning.releases import released_by
from unleak_codemods.streams.evidence import Evidence, evidence_of
from unleak_codemods.streams.pipeline_calls import pipeline_call, told
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    inside,
    member,
    named,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File


class Release(NamedTuple):
    """`finished(stream).then(given)`, where `given` gives back something and no more.

    `call` is the call of `finished`, `then` the name in `.then`, `chained` the call of it, `name`
    what is called to give back. `next_link` is the call chained to that one, if any.
    """

    call: Node
    then: Node
    chained: Node
    given: Node
    name: str
    stream: Node
    evidence: Evidence
    next_link: Node | None


def release_at(file: File, call: Node) -> Release | None:
    """The release that waits for `call`, None when there is none, or it also hears of failures."""
    if not is_promised_finished(file, call):
        return None
    link = link_of(call)
    if link is None or file.source.text(link[0]) != "then":
        return None
    then, chained = link
    given = arguments(chained)
    if not given or any(node.type == "spread_element" for node in given):
        return None
    if len(given) > 1 and file.source.text(given[1]) not in ("null", "undefined"):
        return None
    name = released_by(file, given[0])
    if name is None:
        return None
    stream = unwrap(arguments(call)[0])
    after = link_of(chained)
    return Release(
        call,
        then,
        chained,
        given[0],
        name,
        stream,
        evidence_of(file, stream),
        after[1] if after is not None else None,
    )


def released_on_failure(file: File, release: Release) -> bool:
    """Whether the code right behind the release gives back in the other case: a `catch` chained to
    it, or the `catch` or `finally` around the `await`."""
    places: list[Node | None] = [release.next_link]
    for statement in file.functions.enclosing_try(release.call):
        places += [statement.child_by_field_name(name) for name in ("handler", "finalizer")]
    word = re.compile(rb"(?<![\w$])" + re.escape(release.name.encode()) + rb"(?![\w$])")
    return any(
        word.search(file.source.data, max(node.start_byte, release.chained.end_byte), node.end_byte)
        for node in places
        if node is not None
    )


def link_of(node: Node) -> tuple[Node, Node] | None:
    """(method name, call) of `node.method(…)`, None when nothing is chained to `node`."""
    outer = wrapped(node).parent
    found = member(outer)
    if outer is None or found is None or found[0] != node:
        return None
    call = outer.parent
    if call is None or call.type != "call_expression":
        return None
    return (found[1], call) if callee(call) == outer else None


def place_of(chain: Node) -> str:
    """Where a promise goes: "awaited", "floating" (`void` included), "returned", or "used"."""
    parent = wrapped(chain).parent
    if parent is not None and parent.type == "unary_expression":
        operator = parent.child_by_field_name("operator")
        if operator is not None and operator.type == "void":
            parent = wrapped(parent).parent
    if parent is None or parent.type == "expression_statement":
        return "floating"
    if parent.type == "await_expression":
        return "awaited"
    if parent.type in ("return_statement", "arrow_function"):
        return "returned"
    return "used"


def value_matters(file: File, release: Release, place: str) -> bool:
    """Whether somebody may look at what giving back gives: `finally` does not pass it on."""
    function = unwrap(release.given)
    body = file.functions.body(function) if function.type in FUNCTIONS else None
    if body is not None and body.type == "statement_block":
        returns = [n for n in walk(body, into_functions=False) if n.type == "return_statement"]
        if not any(named(node) for node in returns):
            return False
    if place == "awaited":
        awaited = wrapped(release.chained).parent
        outer = wrapped(awaited).parent if awaited is not None else None
        return outer is None or outer.type != "expression_statement"
    return place != "floating"


def heard_by_pipeline(file: File, release: Release) -> bool:
    """Whether a pipeline in the same function tells somebody of each failure of the stream."""
    binding = release.evidence.binding
    around = file.functions.enclosing(release.call) or file.source.root
    if binding is None:
        return False
    for use in file.bindings.references(binding):
        call = wrapped(use).parent
        call = call.parent if call is not None and call.type == "arguments" else None
        if call is None or call.type != "call_expression" or not inside(call, around):
            continue
        found = pipeline_call(file, call)
        if found is None or not any(unwrap(stage) == use for stage in found.stages):
            continue
        if found.promised and told(file, call).how != "floating":
            return True
        if not found.promised and found.callback is not None:
            return True
    return False


def listened_to(file: File, release: Release) -> bool:
    """Whether the stream has a listener of its own for 'error' in this file."""
    binding = release.evidence.binding
    for use in file.bindings.references(binding) if binding is not None else ():
        outer = wrapped(use).parent
        call = outer.parent if outer is not None else None
        method = called_method(call) if call is not None else None
        if call is None or method is None or method[0] != use:
            continue
        parts = arguments(call)
        event = string_value(parts[0], file.source.text(parts[0])) if parts else None
        if file.source.text(method[1]) in ("on", "once") and event == "error":
            return True
    return False
