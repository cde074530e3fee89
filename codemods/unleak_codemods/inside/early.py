"""Stages that push what they wait for after they have called back, and what is done about them."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.inside.calling_back import (
    Callback,
    callback_of,
    ends_of_hook,
    is_named_at,
)
from unleak_codemods.inside.guarding import may_stop, would_go_on
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import EARLY, EARLY_REASONS, NOTHING, SERIAL
from unleak_codemods.inside.stages import Stage, hook_around
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    member,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_LETS_GO = r"(?:close|end|destroy|disconnect|release|quit|terminate)\b"
_TIMERS = frozenset({"setTimeout", "setImmediate", "process.nextTick", "queueMicrotask"})


class _Late(NamedTuple):
    """`push` stands in `function`, which `work` runs later: a `.then(…)`, a timer, or a call that
    takes `(err, result) => …` last. `whole` is all of the statement's expression."""

    push: Node
    function: Node
    work: Node
    whole: Node
    is_promise: bool


def answer(file: File, push: Node) -> Answer | None:
    """The answer for a call of `push` that comes when the stage has called back already; None for
    any other."""
    found = hook_around(file, push)
    if found is None or found[1].name not in ("transform", "flush") or found[1].callback is None:
        return None
    stage, hook = found
    late = _late(file, hook, push)
    callback = callback_of(file, hook) if late is not None else None
    if late is None or callback is None:
        return None
    if any(inside(use, late.function) for use in callback.uses) or not _is_first(late):
        return None
    call = _called_beside(file, hook, callback, late)
    if call is None:
        return None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return _declined(file, stage, hook, late, "node-too-old")
    edits = _edits(file, hook, callback, late, call)
    if _is_worked_off(file, stage, late):
        edits = "work-unclear"
    if isinstance(edits, str) and _flush_waits(file, stage):
        return None
    if isinstance(edits, str):
        return _declined(file, stage, hook, late, edits)
    return Rewrite(
        span=Span(
            min(late.whole.start_byte, call.start_byte), max(late.whole.end_byte, call.end_byte)
        ),
        anchor=late.work.start_byte,
        message=_message(late),
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(SERIAL, NOTHING),
    )


def _flush_waits(file: File, stage: Stage) -> bool:
    """Whether the stage waits at its end for what it has begun: it means to work in parallel."""
    flush = stage.hook("flush")
    callback = callback_of(file, flush) if flush is not None else None
    return callback is not None and callback.kept


def _is_worked_off(file: File, stage: Stage, late: _Late) -> bool:
    """Whether the end of the stage sets going what the work waits for: `this.batch.flush()`. With
    one chunk at a time that end would never come."""
    flush = stage.hook("flush")
    if flush is None:
        return False
    owner: Node | None = callee(late.work)
    while owner is not None:
        found = member(owner)
        if found is not None and found[0].type in ("this", "identifier"):
            use = rf"\.{re.escape(file.source.text(found[1]))}\s*\.\s*(?!{_LETS_GO})\w+\s*\("
            return re.search(use, file.source.text(flush.function)) is not None
        owner = owner.child_by_field_name("object") or owner.child_by_field_name("function")
    return False


def _late(file: File, hook: Hook, push: Node) -> _Late | None:
    """How a `push` of the stage comes to be run later, in a function that stands right in the
    hook, and whose result nobody takes."""
    method = called_method(push)
    function = file.functions.enclosing(push)
    if method is None or function is None or function == hook.function:
        return None
    holder = function.parent
    work = holder.parent if holder is not None and holder.type == "arguments" else None
    if work is None or file.functions.enclosing(work) != hook.function:
        return None
    if not _is_stage(file, hook, method[0], function):
        return None
    target = callee(work) if work.type == "call_expression" else None
    if target is None:
        return None
    name = file.source.text(target)
    is_promise = name.endswith(".then") and target.type == "member_expression"
    if not (is_promise or name in _TIMERS or _takes_error(file, work, function)):
        return None
    whole = work
    while (outer := whole.parent) is not None and outer.type == "member_expression":
        if outer.parent is None or outer.parent.type != "call_expression":
            break
        whole = outer.parent
    if not file.functions.is_statement(whole) or whole.parent is None:
        return None
    if whole.parent.type != "expression_statement" or not in_block(whole.parent):
        return None
    return _Late(push, function, work, whole, is_promise)


def _is_first(late: _Late) -> bool:
    """Whether no other push of the function stands before this one, and tells of it already."""
    return not any(
        node.end_byte <= late.push.start_byte
        and (method := called_method(node)) is not None
        and method[1].text == b"push"
        for node in walk(late.function)
        if node.type == "call_expression"
    )


def _takes_error(file: File, work: Node, function: Node) -> bool:
    """Whether `function` is a callback in Node's style: `(err, result) => …`, the last argument."""
    names = [file.source.text(node) for node in file.functions.parameters(function)]
    given = arguments(work)
    return len(names) > 1 and names[0] in ("err", "error", "e", "er") and given[-1] == function


def _is_stage(file: File, hook: Hook, receiver: Node, function: Node) -> bool:
    """Whether `receiver` is the stage: `this` of the hook, or a name for it."""
    if receiver.type == "this":
        return function.type == "arrow_function" and hook.owns_this
    binding = file.bindings.resolve(receiver) if receiver.type == "identifier" else None
    if binding is None or binding.value is None or not file.bindings.is_constant(binding):
        return False
    return unwrap(binding.value).type == "this" and inside(binding.node, hook.function)


def _called_beside(file: File, hook: Hook, callback: Callback, late: _Late) -> Node | None:
    """The statement that calls back in the block where the work is begun, when the stage does so
    once on every path through it."""
    statement = late.whole.parent
    assert statement is not None
    found = [
        use
        for use in callback.uses
        if (call := use.parent) is not None
        and call.type == "call_expression"
        and call.parent is not None
        and call.parent.type in ("expression_statement", "return_statement")
        and call.parent.parent == statement.parent
    ]
    if len(found) != 1 or found[0].parent is None or found[0].parent.parent is None:
        return None
    ends = ends_of_hook(file, hook, callback.uses)
    if ends is None or any(end.calls > 1 for end in ends):
        return None
    return found[0].parent.parent


def _edits(
    file: File, hook: Hook, callback: Callback, late: _Late, call: Node
) -> tuple[Edit, ...] | str:
    statement = late.whole.parent
    assert statement is not None
    inner = unwrap(named(call)[0])
    if not late.is_promise or arguments(inner) or call.type != "expression_statement":
        return "work-unclear"
    if call.id not in (_id(statement.next_named_sibling), _id(statement.prev_named_sibling)):
        return "work-unclear"
    if may_stop(callee(late.work)) or not is_named_at(file, callback, late.push):
        # Where there is no promise, nothing else would call back.
        return "work-unclear"
    if len(arguments(late.work)) != 1 or any(
        inside(use, late.whole) and not _is_catch(file, hook, late) for use in callback.uses
    ):
        return "failure-handled"
    if late.whole != late.work and not _is_catch(file, hook, late):
        return "failure-handled"
    value = arguments(late.push)
    if (
        len(value) != 1
        or value[0].type == "spread_element"
        or not _only_pushes(file, late)
        or hook.callback is None
    ):
        return "work-unclear"
    edits = _removed(file, call)
    if edits is None:
        return "work-unclear"
    if value[0].type in ("identifier", "string"):
        text = f"{hook.callback}(null, {file.source.text(value[0])})"
        pushed = Edit.replace(late.push.start_byte, late.push.end_byte, text)
        edits = (*edits, pushed, Edit.insert(late.function.end_byte, f", {hook.callback}"))
        if late.whole != late.work:
            edits = (*edits, Edit.delete(late.work.end_byte, late.whole.end_byte))
        return edits
    if file.functions.body(late.function) != late.push or value[0].type == "object":
        return "work-unclear"
    result = file.bindings.fresh_name("result", late.function)
    tail = f".then(({result}) => {hook.callback}(null, {result}), {hook.callback})"
    start, end = value[0].start_byte, value[0].end_byte
    return (
        *edits,
        Edit.delete(late.push.start_byte, start),
        Edit.delete(end, late.push.end_byte),
        Edit.replace(late.work.end_byte, late.whole.end_byte, tail),
    )


def _id(node: Node | None) -> int | None:
    return node.id if node is not None else None


def _is_catch(file: File, hook: Hook, late: _Late) -> bool:
    """Whether all that follows the work is a `.catch` that fails the stage."""
    method = called_method(late.whole)
    given = arguments(late.whole)
    if method is None or method[0] != late.work or method[1].text != b"catch" or len(given) != 1:
        return False
    text = "".join(file.source.text(given[0]).split())
    if text == hook.callback:
        return True
    function = given[0]
    if function.type != "arrow_function":
        return False
    name = file.functions.parameter_name(function, 0)
    body = file.functions.body(function)
    said = file.source.text(body) if body is not None else ""
    return name is not None and said in (f"{hook.callback}({name})", f"this.destroy({name})")


def _only_pushes(file: File, late: _Late) -> bool:
    """Whether the function does nothing but push."""
    body = file.functions.body(late.function)
    if body is None or len(file.functions.parameters(late.function)) > 1:
        return False
    if file.functions.is_async(late.function) or body == late.push:
        return body == late.push and not file.functions.is_async(late.function)
    statements = named(body) if body.type == "statement_block" else []
    if len(statements) != 1 or statements[0].type != "expression_statement":
        return False
    return bool(named(statements[0])) and named(statements[0])[0] == late.push


def _removed(file: File, statement: Node) -> tuple[Edit, ...] | None:
    """The edit that takes a statement out with its line, None when it shares that with others."""
    data = file.source.data
    start = file.source.line_start(statement.start_byte)
    end = data.find(b"\n", statement.end_byte)
    if end == -1 or data[start : statement.start_byte].strip():
        return None
    if data[statement.end_byte : end].strip():
        return None
    before = statement.prev_named_sibling
    while before is not None and before.type == "comment":
        before = before.prev_named_sibling
    if before is None or file.source.bytes(before).endswith(b";"):
        return (Edit.delete(start, end + 1),)
    if would_go_on(file, statement.end_byte):
        # The statement is what keeps those on both sides of it apart.
        return None
    return (Edit.delete(start, end + 1),)


def _message(late: _Late) -> str:
    return EARLY.replace("WHAT", "a promise" if late.is_promise else "its work")


def _declined(file: File, stage: Stage, hook: Hook, late: _Late, code: str) -> Declined:
    reason = EARLY_REASONS[code]
    why = file.target.blamed(reason.why) if code == "node-too-old" else reason.why
    return Declined(
        span=Span.of(late.whole),
        anchor=late.work.start_byte,
        message=_message(late),
        code=code,
        why=why,
        recipe=reason.recipe.replace("CALLBACK", hook.callback or "callback"),
        evidence=(grounds(file, stage),),
        shown=reason.shown,
    )
