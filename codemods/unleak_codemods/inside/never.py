"""Hooks that do not call back on every path, and what is done about them."""

import re

from tree_sitter import Node

from unleak_codemods.inside.calling_back import (
    Callback,
    asker,
    callback_of,
    calls,
    ends_of_hook,
    is_named_at,
    is_stub,
)
from unleak_codemods.inside.guarding import would_go_on
from unleak_codemods.inside.hooks import CALLBACKS, Hook
from unleak_codemods.inside.reasons import ENDS, ENDS_ON, NEVER, NEVER_REASONS, SKIPS
from unleak_codemods.inside.stages import Stage
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    callee,
    inside,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import Answer, Declined, File, Grounds, Rewrite, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.paths import End, ends_of

_DEEPEST = 3
_HOOKS = frozenset({"transform", "write", "writev", "flush", "final"})
_REACHES = re.compile(rb"\barguments\b|\bsuper\b|\.call\(|\.apply\(")
_OVER = re.compile(
    r"(?i)(?:destroy|clos|ended|finish|stop|abort|dead|done|cancel|kill|[!=]==? *null)"
    r"|\.\w*(?:error|fail)|state *[!=]==? *"
)
_WAITS = re.compile(r"(?i)(?:ready|open|connect|idle|drain|init|start|load|complet)")
_EMPTY = frozenset({"0", "''", '""', "null", "undefined", "false", "'undefined'", '"undefined"'})
_LESS = frozenset({("<", "1"), ("<=", "0")})
_QUICK = re.compile(
    r"(?:this\.)?(?:console|log|logger|debug|winston)(?:\.\w+)*"
    r"|[\w$.]+\.(?:push|unshift|shift|pop|emit|set|add|delete|clear|inc|increment|log)"
)
_CONSTANTS = frozenset(
    {"true", "false", "null", "undefined", "number", "string", "array", "object"}
)
_FAILURE = re.compile(r"(?<![\w$])_?(?:e|ex|err|error|\w*Err(?:or)?|reason)(?![\w$])")


def answer(file: File, stage: Stage, hook: Hook) -> Answer | None:
    """The answer for `hook`; None when it calls back, or may do so in a way that is not seen."""
    if hook.name not in _HOOKS or is_stub(file, hook) or _runs_elsewhere(file, hook):
        return None
    callback = callback_of(file, hook)
    if callback is None and (hook.callback is not None or not _takes_none(file, hook)):
        return None
    ends = ends_of_hook(file, hook, callback.uses if callback is not None else ())
    lost = _lost(file, hook, ends)
    if not lost:
        return _in_a_callback(file, stage, hook, callback) if callback is not None else None
    if callback is None or hook.callback is None:
        return _declined(file, stage, hook, "no-callback", None)
    code = _obstacle(file, stage, hook, callback, lost)
    if code == "unsaid":
        return None
    if code is not None:
        return _declined(file, stage, hook, code, lost[0])
    return Rewrite(
        span=Span.of(hook.function),
        anchor=hook.at.start_byte,
        message=_message(hook),
        edits=tuple(_call(file, end.node, hook.callback) for end in lost),
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(ENDS if hook.name in ("flush", "final") else SKIPS,),
    )


def _lost(file: File, hook: Hook, ends: tuple[End, ...] | None) -> list[End]:
    """The paths that surely end without a call. A `return` that is also reached when the callback
    has been called, or handed on, may ask for just that in a way that is not seen."""
    told = {end.node.id for end in ends or () if end.kind == "return" and not end.is_unmatched}
    return [
        end
        for end in ends or ()
        if end.is_unmatched and end.kind != "throw" and not end.doubted
        if end.node.id not in told and _counts(file, hook, end)
    ]


def _in_a_callback(file: File, stage: Stage, hook: Hook, callback: Callback) -> Answer | None:
    """The answer for a hook whose own callback is only held by one that some work is given, and
    that returns without calling it: `(err, data) => { if (err) return; callback(null, data); }`."""
    functions = {
        function.id: function
        for use in callback.uses
        if (function := file.functions.enclosing(use)) is not None and function != hook.function
    }
    if len(functions) != 1:
        return None
    function = next(iter(functions.values()))
    holder = function.parent
    call = holder.parent if holder is not None and holder.type == "arguments" else None
    body = file.functions.body(function)
    if call is None or body is None or file.functions.enclosing(call) != hook.function:
        return None
    if not _runs_once(file, call, function) or not all(
        inside(use, call) or calls(use) for use in callback.uses
    ):
        return None
    held = tuple(use for use in callback.uses if inside(use, function))
    lost = _lost(file, hook, ends_of(body, asker(file, hook, held)))
    if not lost:
        return None
    failed = any(_follows_failure(file, end) for end in lost)
    code = "failure-unsaid" if failed else "path-without-call"
    return _declined(file, stage, hook, code, lost[0])


def _runs_once(file: File, call: Node, function: Node) -> bool:
    """Whether `call` runs the function it is given once, and alone: `(err, result) => …` as the
    last argument, a `.then` without a second function, a timer."""
    if function.child_by_field_name("name") is not None:
        # It may give itself to others.
        return False
    given = arguments(call)
    name = file.source.text(callee(call) or call)
    if name.endswith(".then") or name in ("setTimeout", "setImmediate", "process.nextTick"):
        return given[0] == function and sum(part.type in FUNCTIONS for part in given) == 1
    first = file.functions.parameter_name(function, 0) or ""
    listens = name.rpartition(".")[2] in ("on", "addListener", "subscribe")
    return not listens and given[-1] == function and _FAILURE.fullmatch(first) is not None


def _runs_elsewhere(file: File, hook: Hook) -> bool:
    """Whether a function is no plain one: a generator, which Node never runs."""
    return "generator" in file.functions.kind(hook.function)


def _takes_none(file: File, hook: Hook) -> bool:
    """Whether a hook takes no callback at all, and nothing else that could hold it."""
    body = file.functions.body(hook.function)
    parameters = file.functions.parameters(hook.function)
    plain = all(parameter.type == "identifier" for parameter in parameters)
    if body is None or hook.shared or not plain or len(parameters) > CALLBACKS[hook.name]:
        return False
    return _REACHES.search(file.source.bytes(body)) is None


def _counts(file: File, hook: Hook, end: End) -> bool:
    """Whether a path does not merely end because the stage is over."""
    condition = _asked_last(end)
    if end.kind == "end" and end.turns and end.turns[-1].node.type == "if_statement":
        last = end.turns[-1].node
        calls = re.compile(rf"(?<![\w$.]){re.escape(hook.callback or '')}\s*\(")
        if hook.callback is not None and calls.search(file.source.text(last)):
            condition = last.child_by_field_name("condition")
    return condition is None or _OVER.search(file.source.text(condition)) is None


def _asked_last(end: End) -> Node | None:
    """The condition of the `if` that the path ends in."""
    if not end.turns or end.kind != "return":
        return None
    last = end.turns[-1]
    return last.node.child_by_field_name("condition") if last.way in ("then", "else") else None


def _obstacle(
    file: File, stage: Stage, hook: Hook, callback: Callback, lost: list[End]
) -> str | None:
    """Why the paths that do not call back are not given a call; "unsaid" when it may well be right
    that they do not."""
    if callback.kept:
        told = all(end.kind == "return" and _looks_at_chunk(file, hook, end) for end in lost)
        return "callback-kept" if told else "unsaid"
    if file.target.node_floor is not None and file.target.node_floor < 18:
        return "node-too-old"
    if any(_follows_failure(file, end) for end in lost):
        return "failure-unsaid"
    if any(end.node.type != "return_statement" or named(end.node) for end in lost):
        return "path-without-call"
    if any(_begins_work(file, end.node) for end in lost):
        return "path-without-call"
    if any(file.functions.enclosing_loop(end.node) is not None for end in lost):
        # What the loop has not come to yet would be lost in silence, where the stage hung.
        return "path-without-call"
    if not all(_looks_at_chunk(file, hook, end) for end in lost):
        return "state-unclear"
    if any(_remembers(file, end.node) for end in lost) or _is_called_by_heir(file, stage, hook):
        return "state-unclear"
    if not all(is_named_at(file, callback, end.node) for end in lost):
        return "state-unclear"
    if any(_is_caught(callback, end.node) for end in lost):
        return "path-without-call"
    return None


def _is_caught(callback: Callback, node: Node) -> bool:
    """Whether what a call throws here, such as what the next chunk does, would call back again."""
    for outer in ancestors(node):
        if outer.type != "try_statement":
            continue
        body, handler = (outer.child_by_field_name(field) for field in ("body", "handler"))
        if handler is None or body is None or not inside(node, body):
            continue
        if any(inside(use, handler) for use in callback.uses):
            return True
    return False


def _is_called_by_heir(file: File, stage: Stage, hook: Hook) -> bool:
    """Whether a class that extends the stage calls the hook, and may call back by itself then."""
    return stage.extended and f"super._{hook.name}".encode() in file.source.data


def _remembers(file: File, statement: Node) -> bool:
    """Whether the block that returns keeps a value first, in place of another: what it looked for,
    or what went wrong. Who reads that may count on nothing coming behind it."""
    block = statement.parent
    if block is None or block.type != "statement_block":
        return False
    for node in walk(block):
        if node.type != "assignment_expression" or node.end_byte > statement.start_byte:
            continue
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        binding = file.bindings.resolve(target) if target is not None else None
        if binding is not None and inside(binding.node, file.functions.enclosing(node) or block):
            continue
        said = file.source.text(unwrap(value)) if value is not None else ""
        grows = target is not None and file.source.text(target) in said
        if not grows and value is not None and unwrap(value).type not in _CONSTANTS:
            return True
    return False


def _begins_work(file: File, statement: Node) -> bool:
    """Whether the block that returns calls something first that may take its time: all but logs,
    and what only counts or keeps."""
    block = statement.parent
    if block is None or block.type != "statement_block":
        return False
    return any(
        node.type == "new_expression"
        or _QUICK.fullmatch(file.source.text(callee(node) or node)) is None
        for node in walk(block)
        if node.type in ("call_expression", "new_expression")
        and node.end_byte <= statement.start_byte
    )


def _looks_at_chunk(file: File, hook: Hook, end: End) -> bool:
    """Whether a path ends because of what the chunk is: there is nothing to do for it. In `flush`
    and `final`, because of what is left."""
    condition = _asked_last(end)
    if condition is None:
        return False
    if hook.name in ("flush", "final"):
        empty = _is_empty(file, condition) and end.turns[-1].way == "then"
        return empty and _WAITS.search(file.source.text(condition)) is None
    return _is_of_chunk(file, hook, condition, _DEEPEST)


def _is_empty(file: File, condition: Node) -> bool:
    """Whether a condition says that there is nothing: `!rest`, `rest.length === 0`."""
    condition = unwrap(condition)
    operator = condition.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    if condition.type == "unary_expression":
        return sign == "!"
    if condition.type != "binary_expression":
        return False
    left, right = (condition.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None:
        return False
    if sign in ("&&", "||"):
        return _is_empty(file, left) and _is_empty(file, right)
    said = file.source.text(right)
    return (sign, said) in _LESS or (sign in ("==", "===") and said in _EMPTY)


def _is_of_chunk(file: File, hook: Hook, expression: Node, depth: int) -> bool:
    """Whether an expression is worked out from what the hook is given, by way of its variables
    too."""
    for node in walk(expression):
        binding = file.bindings.resolve(node) if node.type == "identifier" else None
        if binding is None or binding.name == hook.callback:
            continue
        if not inside(binding.node, hook.function):
            continue
        if any(inside(binding.node, given) for given in file.functions.parameters(hook.function)):
            return True
        values = [binding.value, *(use.parent for use in file.bindings.writes(binding))]
        if depth and any(
            value is not None and _is_of_chunk(file, hook, value, depth - 1) for value in values
        ):
            return True
    return False


def _follows_failure(file: File, end: End) -> bool:
    for turn in end.turns:
        if turn.way == "caught":
            return True
        condition = turn.node.child_by_field_name("condition")
        text = file.source.text(condition) if condition is not None else ""
        if turn.way == "then" and _FAILURE.search(text):
            return True
    return False


def _call(file: File, statement: Node, callback: str) -> Edit:
    """`return;` with a call of the callback."""
    word = statement.children[0]
    closed = file.source.bytes(statement).endswith(b";")
    stop = "" if closed or not would_go_on(file, statement.end_byte) else ";"
    return Edit.insert(word.end_byte, f" {callback}(){stop}")


def _message(hook: Hook) -> str:
    return NEVER.replace("HOOK", f"`{hook.name}` of the stage")


def grounds(file: File, stage: Stage) -> Grounds:
    """Why a stage is one."""
    text = " ".join(file.source.text(stage.node).split("{")[0].split())[:50]
    base = stage.base or "a stream of another file"
    said = {
        "class": f"extends {base}",
        "function": f"inherits from {base}",
        "through2": "is made by through2",
    }
    return Grounds(text, "proven", (said.get(stage.form, f"is a {base} with hooks of its own"),))


def _declined(file: File, stage: Stage, hook: Hook, code: str, end: End | None) -> Declined:
    reason = NEVER_REASONS[code]
    line = str(file.source.position(_last(end)).line) if end is not None else ""
    why = file.target.blamed(reason.why) if code == "node-too-old" else reason.why
    return Declined(
        span=Span.of(hook.function),
        anchor=hook.at.start_byte,
        message=_message(hook),
        code=code,
        why=why,
        recipe=reason.recipe.replace("CALLBACK", hook.callback or "callback"),
        evidence=(grounds(file, stage),),
        notes=(ENDS_ON.replace("LINE", line),) if line else (),
        shown=reason.shown,
    )


def _last(end: End) -> int:
    return end.node.end_byte - 1 if end.kind == "end" else end.node.start_byte
