"""Stages that write to a second stream, and do not ask whether it keeps up."""

import re

from tree_sitter import Node

from unleak_codemods.inside.calling_back import callback_of, ends_of_hook
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.reasons import FAILS_TOO, SIDE, SIDE_REASONS, WAITS_FOR_SIDE
from unleak_codemods.inside.stages import hook_around
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    calls_saying,
    inside,
    named,
    string_value,
    unwrap,
    walk,
)
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_ROLES = frozenset({"writable", "socket", "upload", "response", "child-writable", "duplex"})
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_PLAIN = frozenset({"identifier", "string", "number", "null", "undefined", "true", "false"})

_ELSEWHERE = re.compile(rb"\bcork\b|\berror\b")
_HOLDS = {"variable_declarator": "name", "assignment_expression": "left"}


def answer(file: File, call: Node) -> Answer | None:
    """The answer for `side.write(…)`; None when it stands in no hook that takes chunks, somebody
    looks at its result or takes a callback, or nothing says that `side` is a stream."""
    method = called_method(call)
    found = hook_around(file, call)
    if method is None or found is None or found[1].name not in ("transform", "write"):
        return None
    hook = found[1]
    if hook.callback is None or file.functions.enclosing(call) != hook.function:
        return None
    given = arguments(call)
    if not given or not file.functions.is_statement(call) or _takes_callback(file, given):
        return None
    receiver = unwrap(method[0])
    if receiver.type == "this":
        return None
    side = evidence_of(file, receiver)
    if side.level < Level.LIKELY or side.role not in _ROLES or side.owner is Owner.PROCESS:
        return None
    if side.kind.shape.startswith("crypto#") or side.kind.collects or _is_asked(file, call, hook):
        return None
    edits = _edits(file, hook, call, side)
    if isinstance(edits, str):
        return _declined(file, hook, call, receiver, side, edits)
    return Rewrite(
        span=Span.of(file.functions.statement_of(call)),
        anchor=call.start_byte,
        message=SIDE,
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, receiver, side),),
        notes=(WAITS_FOR_SIDE, FAILS_TOO),
    )


def _takes_callback(file: File, given: list[Node]) -> bool:
    """Whether a write is given more than a chunk and its encoding."""
    last = unwrap(given[-1])
    if len(given) > 2 or last.type in FUNCTIONS or last.type == "spread_element":
        return True
    if len(given) == 1:
        return False
    text = file.source.text(last)
    return last.type != "string" and "enc" not in text.lower()


def _is_asked(file: File, call: Node, hook: Hook) -> bool:
    """Whether the hook looks at how full the second stream is in another way."""
    body = file.functions.body(hook.function)
    method = called_method(call)
    assert method is not None
    name = file.source.text(method[0])
    text = file.source.text(body) if body is not None else ""
    asks = (f"{name}.once(", f"{name}.writableNeedDrain", f"{name}.writableLength", f"{name}.cork(")
    return any(part in text for part in asks)


def _edits(file: File, hook: Hook, call: Node, side: Evidence) -> tuple[Edit, ...] | str:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if not side.proven or not side.kind.core:
        return "side-unproven"
    if side.role == "duplex":
        return "side-is-read"
    body = file.functions.body(hook.function)
    statement = file.functions.statement_of(call)
    if body is None or file.functions.is_async(hook.function):
        return "order-unclear"
    if any(outer.type in _LOOPS and inside(outer, body) for outer in ancestors(call)):
        return "several-writes"
    method = called_method(call)
    assert method is not None
    again = [
        node
        for node in walk(body)
        if node.type == "call_expression"
        and (other := called_method(node)) is not None
        and other[1].text == b"write"
        and node.id != call.id
    ]
    if again:
        return "several-writes"
    following = statement.next_named_sibling
    if statement.parent != body or following is None or b"?." in file.source.bytes(call):
        return "order-unclear"
    callback = callback_of(file, hook)
    value = _called_with(file, hook, following)
    if callback is None or callback.kept or isinstance(value, str):
        return "order-unclear"
    if following != named(body)[-1]:
        return "order-unclear"
    ends = ends_of_hook(file, hook, callback.uses)
    if ends is None or any(end.calls > 1 for end in ends):
        return "order-unclear"
    name = hook.callback
    err = "error" if name == "err" else "err"
    if value is not None and value.text == err.encode():
        return "order-unclear"
    elsewhere = _used_elsewhere(file, unwrap(method[0]))
    if elsewhere:
        return elsewhere
    told = name if value is None else f"({err}) => {name}({err}, {file.source.text(value)})"
    between = file.source.data[statement.end_byte : following.start_byte]
    if between.strip():
        return "order-unclear"
    return (
        Edit.insert(arguments(call)[-1].end_byte, f", {told}"),
        Edit.delete(statement.end_byte, following.end_byte),
    )


def _used_elsewhere(file: File, receiver: Node) -> str:
    """Why a use of the second stream anywhere in the file stands in the way; empty when none
    does."""
    for call in calls_saying(file.source.root, file.source.data, _ELSEWHERE):
        method = called_method(call)
        if method is None or not _is_of(file, method[0], receiver):
            continue
        if method[1].text == b"cork":
            return "side-corked"
        given = arguments(call)
        if given and string_value(given[0], file.source.text(given[0])) == "error":
            return "failure-decided"
    return ""


def _is_of(file: File, receiver: Node, other: Node) -> bool:
    """Whether `receiver` is what `other` is, or a chain that ends up in it."""
    while not _are_one(file, unwrap(receiver), other):
        method = called_method(unwrap(receiver))
        if method is None:
            break
        receiver = method[0]
    else:
        return True
    held = next((one for one in ancestors(receiver) if one.type in _HOLDS), None)
    left = None if held is None else held.child_by_field_name(_HOLDS[held.type])
    return left is not None and _are_one(file, left, other)


def _are_one(file: File, node: Node, other: Node) -> bool:
    if file.source.text(node) != file.source.text(other):
        return False
    if node.type != "identifier":
        return True  # by its text: another `this.side` counts, too
    return file.bindings.resolve(node) == file.bindings.resolve(other)


def _called_with(file: File, hook: Hook, statement: Node) -> Node | str | None:
    """The value that a statement calls back with, None for none; "other" when it does not."""
    inner = named(statement)
    if statement.type not in ("expression_statement", "return_statement") or not inner:
        return "other"
    call = unwrap(inner[0])
    function = callee(call) if call.type == "call_expression" else None
    if function is None or file.source.text(function) != hook.callback:
        return "other"
    given = arguments(call)
    if not given:
        return None
    if len(given) != 2 or given[0].type not in ("null", "undefined"):
        return "other" if len(given) > 1 or given[0].type not in ("null", "undefined") else None
    return given[1] if given[1].type in _PLAIN else "other"


def _declined(
    file: File, hook: Hook, call: Node, receiver: Node, side: Evidence, code: str
) -> Declined:
    reason = SIDE_REASONS[code]
    recipe = reason.recipe.replace("CALLBACK", hook.callback or "callback")
    return Declined(
        span=Span.of(file.functions.statement_of(call)),
        anchor=call.start_byte,
        message=SIDE,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=recipe.replace("SIDE", file.source.text(receiver)),
        evidence=(grounds(file, receiver, side),),
        shown=reason.shown,
    )
