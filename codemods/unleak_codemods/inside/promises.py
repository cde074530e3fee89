"""Promises of a hook that call back when they are fulfilled, and when they fail do not."""

from tree_sitter import Node

from unleak_codemods.inside.calling_back import Callback, asker, callback_of, ends_of_hook
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import CAUGHT, THROWN, UNCAUGHT
from unleak_codemods.inside.rejecting import declined, may_reject
from unleak_codemods.inside.stages import Stage, hook_around
from unleak_codemods.streams.pipes import logs_only
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    inside,
    unwrap,
    wrapped,
)
from unleak_engine.codemod import Answer, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.paths import Effect, ends_of


def answer_then(file: File, call: Node) -> Answer | None:
    """The answer for `work(chunk).then((value) => callback(null, value))` whose failure nobody
    hears, or only a log; None for any other."""
    given = arguments(call)
    if not given or given[0].type not in FUNCTIONS:
        return None
    found = _calling(file, call, given[0])
    if found is None:
        return None
    stage, hook, callback = found
    if any(inside(use, part) for part in given[1:] for use in callback.uses):
        return None
    method = called_method(call)
    if method is None or not may_reject(file, method[0]):
        return None
    if not _is_alone(file, hook, callback, call):
        return None
    floor = file.target.node_floor
    old = floor is not None and floor < 18
    if not _is_dropped(file, hook, call):
        return _logged(file, stage, hook, call)
    if len(given) > 1:
        logged = logs_only(file, given[1])
        return _left(file, stage, hook, "failure-logged", call) if logged else None
    if old:
        return _left(file, stage, hook, "node-too-old", call)
    return Rewrite(
        span=Span.of(call),
        anchor=call.start_byte,
        message=UNCAUGHT,
        edits=(Edit.insert(given[0].end_byte, f", {hook.callback}"),),
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(CAUGHT, THROWN),
    )


def answer_at_once(file: File, function: Node) -> Answer | None:
    """The answer for `(async () => { …; callback(); })()`, None when it catches what it awaits."""
    outer = wrapped(function)
    call = outer.parent
    body = file.functions.body(function)
    if call is None or body is None or call.child_by_field_name("function") != outer:
        return None
    found = _calling(file, call, function) if file.functions.is_async(function) else None
    if found is None or not _is_dropped(file, found[1], call):
        return None
    stage, hook, callback = found
    uses = {use.start_byte for use in callback.uses}
    waits = [
        end
        for end in ends_of(body, lambda _: None) or ()
        if end.kind == "throw" and end.node.type in ("await_expression", "throw_statement")
    ]
    first = min(uses & set(range(body.start_byte, body.end_byte)))
    if not any(end.node.start_byte < first for end in waits):
        return None
    return _left(file, stage, hook, "promise-of-its-own", call)


def _calling(file: File, call: Node, function: Node) -> tuple[Stage, Hook, Callback] | None:
    """The stage, the hook, and the callback that only `function`, run by `call`, calls on this
    path."""
    found = hook_around(file, call)
    if found is None or found[1].callback is None or found[1].name == "destroy":
        return None
    stage, hook = found
    callback = callback_of(file, hook)
    if callback is None or file.functions.enclosing(call) != hook.function:
        return None
    if not any(inside(use, function) for use in callback.uses):
        return None
    if any(inside(use, call) and not inside(use, function) for use in callback.uses):
        return None
    ends = ends_of_hook(file, hook, callback.uses) or ()
    at = [end for end in ends if end.kind == "throw" and end.node == call]
    return (stage, hook, callback) if at and not any(end.calls for end in at) else None


def _is_alone(file: File, hook: Hook, callback: Callback, call: Node) -> bool:
    """Whether nobody else may call back where `call` is made: a timer, a listener, a second
    promise, or the `.catch` of one that has a name."""
    body = file.functions.body(hook.function)
    others = tuple(use for use in callback.uses if not inside(use, call))
    ask = asker(file, hook, others)
    ends = ends_of(body, lambda n: Effect.CALLS if n == call else ask(n)) if body else None
    return ends is not None and not any(e.calls > 1 or (e.calls and e.handed) for e in ends)


def _is_dropped(file: File, hook: Hook, call: Node) -> bool:
    """Whether nobody gets the promise that `call` gives."""
    body = file.functions.body(hook.function)
    return file.functions.is_statement(call) or (body is not None and unwrap(body) == call)


def _logged(file: File, stage: Stage, hook: Hook, call: Node) -> Answer | None:
    """The answer for a promise that is followed by a `.catch` that does nothing but log."""
    holder = call.parent
    outer = holder.parent if holder is not None and holder.type == "member_expression" else None
    method = called_method(outer) if outer is not None else None
    if outer is None or method is None or method[1].text != b"catch":
        return None
    given = arguments(outer)
    if len(given) != 1 or not logs_only(file, given[0]) or not _is_dropped(file, hook, outer):
        return None
    return _left(file, stage, hook, "failure-logged", call)


def _left(file: File, stage: Stage, hook: Hook, code: str, call: Node) -> Answer:
    return declined(file, stage, hook, code, call, call, UNCAUGHT)
