"""Stages that wait for their own 'drain', which only comes when they have called back."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.inside.calling_back import callback_of, calls, ends_of_hook
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import WAITS, WAITS_REASONS
from unleak_codemods.inside.stages import Stage, hook_around
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
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
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_FIXED = frozenset({"true", "false"})
# No `map` and no `filter`: an iterator has them too, and it may be one that never ends.
_LISTS = frozenset((b"split", b"match", b"slice", b"splice", b"concat"))
_BOUND = re.compile(rb"[\w$.]*\.(?:length|byteLength)|\d+")
_STEPS = {"<": ("++", "+="), "<=": ("++", "+="), ">": ("--", "-="), ">=": ("--", "-=")}
_OWN = re.compile(
    rb"emit\(\s*['\"`]drain|(?<![\w$.])(?:push|once|on|emit|_?read)\s*\([^()]*\)\s*(?::[^{;]*)?\{"
    rb"|(?:\.|^|[\s{,])(?:push|once|emit|_read|read)\s*[=:](?!=)"
)
_HOOKS = frozenset({"transform", "flush", "write", "final"})


class _Branch(NamedTuple):
    """The `if` that asks whether `push` has said false: `then` is what is done when it has, `other`
    when not. `push` is the call; `held` the declaration of the variable it was kept in."""

    node: Node
    push: Node
    held: Node | None
    then: Node
    other: Node | None


def answer(file: File, event: Node) -> Answer | None:
    """The answer for the string 'drain' at `event`, None when it is no wait of a stage for its
    own."""
    call = event.parent.parent if event.parent is not None else None
    method = called_method(call) if call is not None else None
    given = arguments(call) if call is not None else []
    if call is None or method is None or len(given) != 2 or given[0].id != event.id:
        return None
    if method[1].text not in (b"once", b"on"):
        return None
    found = hook_around(file, call)
    if found is None or found[1].name not in _HOOKS or found[1].callback is None:
        return None
    stage, hook = found
    if stage.base == "Readable" or not _is_stage(file, stage, hook, method[0], call):
        return None
    code = _obstacle(file, stage, hook, call, unwrap(given[1]))
    edits = _edits(file, hook, call) if code is None else None
    if edits is None:
        return _declined(file, stage, hook, call, code or "shape-unclear")
    return Rewrite(
        span=Span.of(file.functions.statement_of(call)),
        anchor=method[1].start_byte,
        message=WAITS,
        edits=edits,
        safety=Safety.SAFE,
        evidence=(grounds(file, stage),),
    )


def _is_stage(file: File, stage: Stage, hook: Hook, receiver: Node, at: Node) -> bool:
    """Whether `receiver` is the stage: its `this`, or a name for it."""
    if receiver.type == "this":
        function = file.functions.enclosing(at)
        while function is not None and function != hook.function:
            if function.type != "arrow_function" or function.parent is None:
                return False
            function = file.functions.enclosing(function.parent)
        return hook.owns_this
    binding = file.bindings.resolve(receiver) if receiver.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return False
    value = unwrap(binding.value)
    return value == stage.node or (value.type == "this" and inside(binding.node, hook.function))


def _obstacle(file: File, stage: Stage, hook: Hook, call: Node, handler: Node) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if hook.name != "transform" or file.functions.enclosing(call) != hook.function:
        return "shape-unclear"
    if file.functions.is_async(hook.function):
        return "shape-unclear"
    if not _only_calls_back(file, stage, hook, handler):
        return "goes-on"
    if stage.base not in ("Transform", "PassThrough") or stage.extended or _says_more(file):
        return "shape-unclear"
    if not _loops_end(file, hook, call) or not _calls_back_else(file, hook):
        return "shape-unclear"
    return None


def _says_more(file: File) -> bool:
    """Whether the file tells a 'drain' or answers a `push` by itself: then the wait may end."""
    return _OWN.search(file.source.data) is not None


def _loops_end(file: File, hook: Hook, call: Node) -> bool:
    """Whether every loop around a wait ends without it: what it walks is a list that is there, or
    it counts."""
    body = file.functions.body(hook.function)
    for outer in ancestors(call):
        if body is None or not inside(outer, body):
            return True
        if outer.type in ("while_statement", "do_statement"):
            return False
        if outer.type == "for_statement" and not _counts(outer):
            return False
        if outer.type == "for_in_statement":
            walked = outer.child_by_field_name("right")
            if walked is None or not _is_list(file, unwrap(walked)):
                return False
    return True


def _counts(loop: Node) -> bool:
    """Whether `loop` counts up or down to a number or to the length of something."""
    condition, step = (loop.child_by_field_name(name) for name in ("condition", "increment"))
    if condition is None or step is None:
        return False
    plain = unwrap(named(condition)[0] if condition.type == "expression_statement" else condition)
    compared, bound, stepped = (
        node.child_by_field_name(name)
        for node, name in ((plain, "operator"), (plain, "right"), (step, "operator"))
    )
    if compared is None or bound is None or bound.text is None or stepped is None:
        return False
    return stepped.type in _STEPS.get(compared.type, ()) and bool(_BOUND.fullmatch(bound.text))


def _is_list(file: File, walked: Node) -> bool:
    """Whether what a loop walks is the list that a method of text or of a list gives."""
    if walked.type == "identifier":
        binding = file.bindings.resolve(walked)
        if binding is None or binding.value is None or binding.path:
            return False
        walked = unwrap(binding.value)
    if walked.type == "array":
        return True
    method = called_method(walked)
    return method is not None and method[1].text in _LISTS


def _calls_back_else(file: File, hook: Hook) -> bool:
    """Whether the hook calls back once on every way that has no wait, and gives its callback to
    nobody but the waits."""
    callback = callback_of(file, hook)
    if callback is None:
        return False
    for use in callback.uses:
        plain = file.functions.enclosing(use) == hook.function and calls(use)
        if not plain and not _is_in_wait(use):
            return False
    ends = ends_of_hook(file, hook, callback.uses)
    return ends is not None and all(
        end.handed or end.calls == 1 or (end.kind == "throw" and end.calls == 0) for end in ends
    )


def _is_in_wait(use: Node) -> bool:
    for outer in ancestors(use):
        method = called_method(outer) if outer.type == "call_expression" else None
        if method is not None and method[1].text in (b"once", b"on"):
            return (arguments(outer)[0].text or b"").strip(b"'\"`") == b"drain"
    return False


def _only_calls_back(file: File, stage: Stage, hook: Hook, handler: Node) -> bool:
    """Whether a listener sets flags and calls back, and does nothing else."""
    if handler.type == "identifier":
        return file.source.text(handler) == hook.callback
    if handler.type not in FUNCTIONS:
        return False
    body = handler.child_by_field_name("body")
    if body is None or file.functions.parameters(handler):
        return False
    if body.type != "statement_block":
        return _calls_back(file, stage, hook, body)
    statements = named(body)
    if not statements:
        return False
    *flags, last = statements
    inner = named(last)
    return (
        last.type in ("expression_statement", "return_statement")
        and len(inner) == 1
        and _calls_back(file, stage, hook, inner[0])
        and all(_flag(file, stage, hook, statement) for statement in flags)
    )


def _calls_back(file: File, stage: Stage, hook: Hook, node: Node) -> bool:
    """`callback()`, or `this.go(callback)` of a method that does just that."""
    call = unwrap(node)
    function = callee(call) if call.type == "call_expression" else None
    if function is None:
        return False
    given = arguments(call)
    if file.source.text(function) == hook.callback:
        return not given
    found = member(function)
    if found is None or found[0].type != "this" or len(given) != 1:
        return False
    if file.source.text(given[0]) != hook.callback:
        return False
    for part in walk(stage.node):
        if part.type != "method_definition" or part.child_by_field_name("name") is None:
            continue
        name = part.child_by_field_name("name")
        body = file.functions.body(part)
        taken = file.functions.parameter_name(part, 0)
        if name is None or name.text != found[1].text or body is None or taken is None:
            continue
        text = file.source.text(body)
        return re.fullmatch(rf"\{{\s*{re.escape(taken)}\(\);?\s*\}}", text) is not None
    return False


def _flag(file: File, stage: Stage, hook: Hook, statement: Node) -> bool:
    """Whether a statement sets a flag that nobody reads."""
    inner = named(statement)
    node = unwrap(inner[0]) if statement.type == "expression_statement" and inner else None
    if node is None or node.type != "assignment_expression":
        return False
    left, right = (node.child_by_field_name(field) for field in ("left", "right"))
    found = member(left)
    if left is None or right is None or right.type not in _FIXED:
        return False
    if found is None or found[0].type != "this":
        return False
    if (found[1].text or b"")[:1] not in (b"_", b"#"):
        return False  # another file may read it
    pattern = re.compile(rb"(?<![\w$])%b(?![\w$])(?!\s*=[^=])" % re.escape(found[1].text or b""))
    return pattern.search(file.source.data) is None


def _edits(file: File, hook: Hook, call: Node) -> tuple[Edit, ...] | None:
    """The edits that push and go on, as the code does where push says true."""
    branch = _branch(file, call)
    if branch is None or not in_block(branch.node):
        return None
    stage, hook_function = hook_around(file, call) or (None, None)
    assert stage is not None
    assert hook_function is not None
    pushing = called_method(branch.push)
    if pushing is None or not _is_stage(file, stage, hook, pushing[0], call):
        return None
    statements = named(branch.then) if branch.then.type == "statement_block" else [branch.then]
    others = [s for s in statements if not inside(call, s) and s.type != "return_statement"]
    waiting = [s for s in statements if inside(call, s)]
    leaves = statements[-1].type == "return_statement" and not _gives(statements[-1], call)
    if len(waiting) != 1 or not all(_flag(file, stage, hook, other) for other in others):
        return None
    if not _is_plain(waiting[0], call) or (branch.other is None and not leaves):
        return None
    source = file.source
    stop = ";" if source.uses_semicolons else ""
    edits: list[Edit] = []
    kept = ""
    if branch.held is not None:
        edits.append(
            Edit.replace(
                branch.held.start_byte,
                branch.held.end_byte,
                f"{source.text(branch.push)}{stop}",
            )
        )
    else:
        kept = f"{source.text(branch.push)}{stop}"
    if branch.other is not None:
        inner = branch.other
        parts = named(inner) if inner.type == "statement_block" else [inner]
        if len(parts) != 1 or parts[0].type not in ("expression_statement", "return_statement"):
            return None
        line = source.newline + source.indent(branch.node.start_byte)
        kept += f"{line if kept else ''}{source.text(parts[0])}"
    if kept:
        edits.append(Edit.replace(branch.node.start_byte, branch.node.end_byte, kept))
        return tuple(edits)
    start = source.line_start(branch.node.start_byte)
    end = source.data.find(b"\n", branch.node.end_byte)
    alone = not source.data[start : branch.node.start_byte].strip()
    alone = alone and end != -1 and not source.data[branch.node.end_byte : end].strip()
    if not alone:
        return None
    edits.append(Edit.delete(start, end + 1))
    return tuple(edits)


def _gives(statement: Node, call: Node) -> bool:
    """Whether a `return` gives something else than the wait."""
    inner = named(statement)
    return bool(inner) and not inside(call, statement)


def _is_plain(statement: Node, call: Node) -> bool:
    inner = named(statement)
    kind = statement.type in ("expression_statement", "return_statement")
    return kind and len(inner) == 1 and unwrap(inner[0]) == call


def _branch(file: File, call: Node) -> _Branch | None:
    """The `if` around a wait, when it asks what a `push` of the stage has said."""
    node: Node | None = call
    while node is not None and node.type not in FUNCTIONS:
        if node.type == "if_statement":
            break
        node = node.parent
    if node is None or node.type != "if_statement":
        return None
    test, then, other = (
        node.child_by_field_name(field) for field in ("condition", "consequence", "alternative")
    )
    if test is None or then is None:
        return None
    if other is not None:
        other = named(other)[0] if named(other) else None
    asked = unwrap(test)
    denied = False
    if asked.type == "unary_expression" and asked.text is not None and asked.text[:1] == b"!":
        asked, denied = unwrap(named(asked)[0]), True
    elif asked.type == "binary_expression":
        right, operator = (asked.child_by_field_name(name) for name in ("right", "operator"))
        left = asked.child_by_field_name("left")
        if right is None or right.type != "false" or operator is None or left is None:
            return None
        if operator.type not in ("===", "=="):
            return None
        asked, denied = unwrap(left), True
    push, held = asked, None
    if asked.type == "identifier":
        binding = file.bindings.resolve(asked)
        held = _declared_before(file, binding, node)
        if held is None or binding is None or binding.value is None:
            return None
        push = unwrap(binding.value)
    method = called_method(push) if push.type == "call_expression" else None
    if method is None or method[1].text != b"push" or method[0].type == "super":
        return None
    text = push.text or b"("
    if text[:1] in b"([`":
        return None  # it may go on the line before
    if not denied:
        if other is None:
            return None
        then, other = other, then
    return _Branch(node, push, held, then, other) if inside(call, then) else None


def _declared_before(file: File, binding: Binding | None, branch: Node) -> Node | None:
    """The declaration right before `branch` of a variable that only the branch reads."""
    if binding is None or binding.path or len(file.bindings.references(binding)) != 2:
        return None
    before = branch.prev_named_sibling
    if before is None or before.type not in ("lexical_declaration", "variable_declaration"):
        return None
    only = len(named(before)) == 1 and inside(binding.node, before)
    return before if only else None


def _declined(file: File, stage: Stage, hook: Hook, call: Node, code: str) -> Declined:
    reason = WAITS_REASONS[code]
    method = called_method(call)
    return Declined(
        span=Span.of(file.functions.statement_of(call)),
        anchor=method[1].start_byte if method is not None else call.start_byte,
        message=WAITS,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("CALLBACK", hook.callback or "callback"),
        evidence=(grounds(file, stage),),
        shown=reason.shown,
    )
