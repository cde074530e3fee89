"""Stages that read a chunk in a way that may throw, and what is done about them."""

from tree_sitter import Node

from unleak_codemods.inside.calling_back import (
    Callback,
    callback_of,
    ends_of_hook,
    is_named_at,
)
from unleak_codemods.inside.guarding import Guard, may_stop
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import FAILS, THROWS, THROWS_REASONS
from unleak_codemods.inside.stages import Stage, hook_around
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    named,
    unwrap,
    walk,
)
from unleak_codemods.streams.testing import is_a_test
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_HOOKS = frozenset({"transform", "write", "writev"})
_LOOPED = frozenset({b"forEach", b"map", b"filter", b"reduce", b"flatMap", b"some", b"every"})
_ACTS = frozenset(
    {
        "call_expression",
        "new_expression",
        "assignment_expression",
        "augmented_assignment_expression",
        "update_expression",
    }
)
_CAUGHT_FROM = 24


def answer(file: File, call: Node) -> Answer | None:
    """The answer for `call`, which throws for what it cannot read; None when it is not in a hook
    that Node lets fall, somebody catches it, or the file is a test."""
    if is_a_test(file):
        return None
    found = hook_around(file, call)
    if found is None or found[1].name not in _HOOKS or found[1].callback is None:
        return None
    stage, hook = found
    floor = file.target.node_floor
    if (floor is not None and floor >= _CAUGHT_FROM) or file.functions.is_async(hook.function):
        return None
    callback = callback_of(file, hook)
    if callback is None or not _reads_chunk(file, call) or _is_caught(file, hook, call):
        return None
    nearest = file.functions.enclosing(call)
    if nearest != hook.function:
        looped = nearest is not None and _is_looped(file, hook, nearest)
        return _declined(file, stage, hook, call, "in-a-callback") if looped else None
    if not _is_first(file, hook, call):
        return None
    if floor is not None and floor < 18:
        return _declined(file, stage, hook, call, "node-too-old")
    if not _is_before_the_call(file, hook, callback, call):
        return _declined(file, stage, hook, call, "called-before")
    edits = _edits(file, hook, callback, call)
    if edits is None:
        return _declined(file, stage, hook, call, "place-unclear")
    return Rewrite(
        span=Span.of(file.functions.statement_of(call)),
        anchor=call.start_byte,
        message=_message(file, call),
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(FAILS,),
    )


def _reads_chunk(file: File, call: Node) -> bool:
    """Whether it is given more than a constant, or a copy of what was just written out."""
    given = arguments(call)
    if not given or unwrap(given[0]).type in ("string", "number"):
        return False
    inner = unwrap(given[0])
    function = callee(inner) if inner.type == "call_expression" else None
    return function is None or file.source.text(function) != "JSON.stringify"


def _is_caught(file: File, hook: Hook, call: Node) -> bool:
    """Whether a `catch` of the hook, or of a function in it, gets to know."""
    child = call
    for outer in ancestors(call):
        if outer == hook.function:
            return False
        if outer.type == "try_statement" and outer.child_by_field_name("body") == child:
            return True
        child = outer
    return False


def _is_looped(file: File, hook: Hook, function: Node) -> bool:
    """Whether a function in the hook is run at once, for each element of a list."""
    holder = function.parent
    call = holder.parent if holder is not None and holder.type == "arguments" else None
    method = called_method(call) if call is not None else None
    if call is None or method is None or method[1].text not in _LOOPED:
        return False
    return file.functions.enclosing(call) == hook.function


def _is_first(file: File, hook: Hook, call: Node) -> bool:
    """Whether no other of the kind stands before it in its statement, which is told already."""
    statement = file.functions.statement_of(call)
    function = file.source.text(callee(call) or call)
    return not any(
        node.type == call.type
        and node.end_byte <= call.start_byte
        and file.source.text(callee(node) or node) == function
        for node in walk(statement)
    )


def _is_before_the_call(file: File, hook: Hook, callback: Callback, call: Node) -> bool:
    ends = ends_of_hook(file, hook, callback.uses)
    here = [end for end in ends or () if end.kind == "throw" and end.node == call]
    return bool(here) and all(end.calls == 0 and not end.handed for end in here)


def _edits(file: File, hook: Hook, callback: Callback, call: Node) -> tuple[Edit, ...] | None:
    body = file.functions.body(hook.function)
    assert body is not None
    assert hook.callback is not None
    if not is_named_at(file, callback, call):
        return None
    if body.type != "statement_block":
        return _of_arrow(file, hook.callback, callback, body, call)
    statement = file.functions.statement_of(call)
    if not in_block(statement) or not _begins_its_line(file, statement):
        return None
    guard = Guard(file, statement, hook.callback)
    if statement.type in ("lexical_declaration", "variable_declaration"):
        return _of_declaration(file, guard, callback, statement)
    if statement.type not in ("expression_statement", "return_statement"):
        return None
    inner = named(statement)
    expression = unwrap(inner[0]) if inner else statement
    value = _given(file, callback, expression, call)
    if value is not None:
        name = file.bindings.fresh_name("value", statement)
        return guard.hoisted(statement, name, value)
    alone = statement.type == "expression_statement" and not _does_more(callback, expression)
    return guard.around(statement, statement) if alone else None


def _begins_its_line(file: File, statement: Node) -> bool:
    start = file.source.line_start(statement.start_byte)
    return not file.source.data[start : statement.start_byte].strip()


def _given(file: File, callback: Callback, expression: Node, call: Node) -> Node | None:
    """The argument that `call` is part of, when `expression` gives it to the callback or pushes
    it; the others must be plain."""
    if expression.type != "call_expression":
        return None
    method = called_method(expression)
    function = callee(expression)
    pushes = method is not None and method[1].text == b"push"
    calls = function is not None and any(use == function for use in callback.uses)
    if not (pushes or calls) or may_stop(function):
        # What is missing is not called, and its arguments are not worked out.
        return None
    if method is not None and any(node.type in _ACTS for node in walk(method[0])):
        # It would come behind what throws, where it came before.
        return None
    given = arguments(expression)
    value = next((part for part in given if inside(call, part)), None)
    plain = ("null", "undefined", "identifier", "string", "number", "true", "false")
    others = all(part.type in plain for part in given if part != value)
    if value is None or value.type == "spread_element" or not others:
        return None
    return None if _uses(callback, value) else value


def _uses(callback: Callback, node: Node) -> bool:
    return any(inside(use, node) for use in callback.uses)


def _does_more(callback: Callback, expression: Node) -> bool:
    """Whether an expression holds functions, pushes, or calls back."""
    return _uses(callback, expression) or any(
        node.type in FUNCTIONS
        or ((method := called_method(node)) is not None and method[1].text in (b"push", b"emit"))
        for node in walk(expression)
        if node.type in FUNCTIONS or node.type == "call_expression"
    )


def _of_declaration(
    file: File, guard: Guard, callback: Callback, statement: Node
) -> tuple[Edit, ...] | None:
    declarators = [node for node in named(statement) if node.type == "variable_declarator"]
    if len(declarators) != 1 or statement.type == "variable_declaration":
        return None
    name, value = (declarators[0].child_by_field_name(field) for field in ("name", "value"))
    if name is None or value is None or _does_more(callback, value):
        return None
    if name.type != "identifier":
        return guard.hoisted(statement, file.bindings.fresh_name("value", statement), value)
    typed = declarators[0].child_by_field_name("type")
    if not guard.may_declare(file, name, typed):
        return None
    type_text = file.source.text(typed) if typed is not None else ""
    text = file.source.text(name)
    cut = Edit.replace(statement.start_byte, (typed or name).end_byte, text)
    return guard.around(statement, statement, guard.declared(text, type_text), [cut])


def _of_arrow(
    file: File, name: str, callback: Callback, body: Node, call: Node
) -> tuple[Edit, ...] | None:
    """An arrow that is an expression, as one with a block."""
    value = _given(file, callback, unwrap(body), call)
    source = file.source
    if value is None or body.type == "parenthesized_expression" or b"\n" in source.bytes(body):
        return None
    guard = Guard(file, body, name)
    held = file.bindings.fresh_name("value", body)
    step, line, stop = guard.inner, guard.line, guard.stop
    deeper = step + guard.inner.removeprefix(guard.outer)
    caught = guard.closes.strip().replace(line + guard.inner, line + deeper)
    caught = caught.replace(line + guard.outer + "}", line + step + "}")
    text = (
        f"{{{line}{step}let {held}{stop}{line}{step}try {{{line}{deeper}"
        f"{held} = {source.text(value)}{stop}{line}{step}{caught}{line}{step}"
    )
    before = source.data[body.start_byte : value.start_byte].decode()
    after = source.data[value.end_byte : body.end_byte].decode()
    text += f"{before}{held}{after}{stop}{line}{guard.outer}}}"
    return (Edit.replace(body.start_byte, body.end_byte, text),)


def _message(file: File, call: Node) -> str:
    word = "new " if call.type == "new_expression" else ""
    return THROWS.replace("WHAT", f"{word}{file.source.text(callee(call) or call)}()")


def _declined(file: File, stage: Stage, hook: Hook, call: Node, code: str) -> Declined:
    reason = THROWS_REASONS[code]
    why = file.target.blamed(reason.why) if code == "node-too-old" else reason.why
    return Declined(
        span=Span.of(file.functions.statement_of(call)),
        anchor=call.start_byte,
        message=_message(file, call),
        code=code,
        why=why,
        recipe=reason.recipe.replace("CALLBACK", hook.callback or "callback"),
        evidence=(grounds(file, stage),),
        shown=reason.shown,
    )
