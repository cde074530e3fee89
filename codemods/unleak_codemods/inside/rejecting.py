"""Async hooks that may reject, and what is done about them."""

import re

from tree_sitter import Node

from unleak_codemods.inside.calling_back import Callback, callback_of, ends_of_hook
from unleak_codemods.inside.guarding import Guard
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import CAUGHT, REJECTS, REJECTS_REASONS
from unleak_codemods.inside.stages import Stage
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.paths import End, ends_of

_HARMLESS = re.compile(
    r"new Promise\s*\(\s*\(?\s*\w*\s*\)?\s*=>|Promise\.resolve\(\s*\)|Promise\.allSettled\("
    r"|(?:\w+\.)*(?:sleep|delay|wait)\("
)
_DEEPEST = 4


def answer(file: File, stage: Stage, hook: Hook) -> Answer | None:
    """The answer for an async hook; None when every rejection is heard, or cannot come. `destroy`
    is left alone: its callback is owed the error it was given."""
    if not file.functions.is_async(hook.function) or hook.name == "destroy":
        return None
    if file.functions.kind(hook.function) == "async-generator":
        return None
    callback = callback_of(file, hook)
    if callback is None or hook.callback is None:
        return None
    risky = _rejecting(file, ends_of_hook(file, hook, callback.uses), 0)
    if not risky:
        return None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return _declined(file, stage, hook, "node-too-old")
    found = _edits(file, hook, callback, risky)
    if isinstance(found, str):
        return _declined(file, stage, hook, found)
    return Rewrite(
        span=Span.of(hook.function),
        anchor=hook.at.start_byte,
        message=_message(hook),
        edits=found,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(CAUGHT,),
    )


# What may reject.


def _rejecting(file: File, ends: tuple[End, ...] | None, depth: int) -> list[Node]:
    """Where a function throws before the callback is called or handed on: what it awaits, and
    what it throws itself. A plain call is not taken to throw."""
    found: dict[int, Node] = {}
    for end in ends or ():
        if end.kind == "throw" and end.is_unmatched and _may_reject(file, end.node, depth):
            found[end.node.start_byte] = end.node
    return [found[at] for at in sorted(found)]


def _may_reject(file: File, node: Node, depth: int) -> bool:
    if node.type in ("throw_statement", "for_in_statement"):
        return True
    if node.type != "await_expression":
        return False
    return may_reject(file, named(node)[0], depth)


def may_reject(file: File, value: Node, depth: int = 0) -> bool:
    """Whether a promise may reject, as far as the file says how it is made."""
    value = unwrap(value)
    method = called_method(value)
    if method is not None and method[1].text in (b"then", b"finally"):
        return True
    if _HARMLESS.match(file.source.text(value)) is not None or _is_caught(file, value):
        return False
    function = _own_function(file, value)
    if function is None or depth >= _DEEPEST:
        return True
    body = file.functions.body(function)
    if body is None or not file.functions.is_async(function):
        return True
    ends = ends_of(body, lambda _: None)
    return ends is None or bool(_rejecting(file, ends, depth + 1))


def _is_caught(file: File, value: Node) -> bool:
    """Whether a promise comes with its own `.catch(…)`, which does not throw again."""
    method = called_method(value)
    if method is None or method[1].text != b"catch":
        return False
    return not any(b"throw" in file.source.bytes(given) for given in arguments(value))


def _own_function(file: File, value: Node) -> Node | None:
    """The function of this file that a plain call calls."""
    function = callee(value) if value.type == "call_expression" else None
    if function is None or function.type != "identifier":
        return None
    binding = file.bindings.resolve(function)
    if binding is None or binding.path or not file.bindings.is_constant(binding):
        return None
    if binding.kind == "function":
        return binding.declaration
    held = unwrap(binding.value) if binding.value is not None else None
    return held if held is not None and held.type in FUNCTIONS else None


# The cure of an async hook.


def _edits(file: File, hook: Hook, callback: Callback, risky: list[Node]) -> tuple[Edit, ...] | str:
    """The edits, or the code of what is in their way."""
    body = file.functions.body(hook.function)
    assert hook.callback is not None
    if body is None or body.type != "statement_block" or callback.kept:
        return "last-call-unclear"
    statements = named(body)
    last = statements[-1]
    call = _plain_call(callback, last)
    if call is None or not _begins_line(file, last):
        return "last-call-unclear"
    first = _first(file, hook, callback, statements, risky)
    wrapped = [s for s in statements[:-1] if s.start_byte >= first.start_byte]
    if any(inside(use, s) for s in wrapped for use in callback.uses):
        return "calls-between"
    if any(_returns(file, hook, s) for s in wrapped):
        return "returns-between"
    guard = Guard(file, first, hook.callback)
    in_last = any(inside(node, last) for node in risky)
    value = _value(call)
    if in_last:
        if value is None or any(inside(use, value) for use in callback.uses):
            return "last-call-unclear"
        held_as = file.bindings.fresh_name("value", last)
        if not wrapped:
            return guard.hoisted(last, held_as, value)
        if not _stays_inside(file, wrapped, [*wrapped, last]):
            return "last-call-unclear"
        text = f"{held_as} = {file.source.text(value)}"
        edits = guard.around(wrapped[0], wrapped[-1], guard.declared(held_as), added=text)
        return (*edits, Edit.replace(value.start_byte, value.end_byte, held_as))
    return _around(file, guard, wrapped, last) if wrapped else "last-call-unclear"


def _around(file: File, guard: Guard, wrapped: list[Node], last: Node) -> tuple[Edit, ...] | str:
    """The edits that put `wrapped` into the `try`; what they declare for the last call is declared
    before it."""
    before, cuts = "", []
    for statement in wrapped:
        if _stays_inside(file, [statement], wrapped):
            continue
        declarators = [node for node in named(statement) if node.type == "variable_declarator"]
        name = declarators[0].child_by_field_name("name") if declarators else None
        single = statement.type == "lexical_declaration" and len(declarators) == 1
        if not single or name is None or name.type != "identifier":
            return "last-call-unclear"
        if declarators[0].child_by_field_name("value") is None:
            return "last-call-unclear"
        if not _stays_inside(file, [statement], [*wrapped, last]):
            return "last-call-unclear"
        typed = declarators[0].child_by_field_name("type")
        if not guard.may_declare(file, name, typed):
            return "last-call-unclear"
        text = file.source.text(name)
        before += guard.declared(text, file.source.text(typed) if typed is not None else "")
        cuts.append(Edit.replace(statement.start_byte, (typed or name).end_byte, text))
    return guard.around(wrapped[0], wrapped[-1], before, cuts)


def _stays_inside(file: File, declaring: list[Node], within: list[Node]) -> bool:
    """Whether all that statements declare for their block is only used in `within`."""
    for statement in declaring:
        if statement.type == "variable_declaration":
            continue
        for node in walk(statement, into_functions=False):
            if not file.bindings.declares(node):
                continue
            binding = file.bindings.resolve(node)
            uses = file.bindings.references(binding) if binding is not None else []
            if not all(any(inside(use, part) for part in within) for use in uses):
                return False
    return True


def _first(
    file: File, hook: Hook, callback: Callback, statements: list[Node], risky: list[Node]
) -> Node:
    """The statement the `try` begins with: the first before what rejects that calls anything at
    all, behind those that return or call back."""
    at = next(n for n, s in enumerate(statements) if any(inside(node, s) for node in risky))
    first = at
    while at > 0:
        at -= 1
        before = statements[at]
        leaves = _returns(file, hook, before) or any(inside(use, before) for use in callback.uses)
        if leaves or (before.type.endswith("declaration") and before.type.startswith("function")):
            break
        if any(node.type in ("call_expression", "new_expression") for node in walk(before)):
            first = at
    return statements[first]


def _plain_call(callback: Callback, last: Node) -> Node | None:
    """The call of the callback that is all that the last statement does."""
    if last.type not in ("expression_statement", "return_statement"):
        return None
    inner = named(last)
    call = unwrap(inner[0]) if inner else None
    function = callee(call) if call is not None and call.type == "call_expression" else None
    return call if function is not None and any(use == function for use in callback.uses) else None


def _value(call: Node) -> Node | None:
    """What `callback(null, value)` gives."""
    given = arguments(call)
    plain = len(given) == 2 and given[0].type in ("null", "undefined")
    return given[1] if plain and given[1].type != "spread_element" else None


def _returns(file: File, hook: Hook, statement: Node) -> bool:
    return any(
        node.type == "return_statement" and file.functions.enclosing(node) == hook.function
        for node in walk(statement)
    )


def _begins_line(file: File, statement: Node) -> bool:
    start = file.source.line_start(statement.start_byte)
    return in_block(statement) and not file.source.data[start : statement.start_byte].strip()


def _message(hook: Hook) -> str:
    return REJECTS.replace("HOOK", f"`{hook.name}`")


def _declined(file: File, stage: Stage, hook: Hook, code: str) -> Declined:
    return declined(file, stage, hook, code, hook.function, hook.at, _message(hook))


def declined(
    file: File, stage: Stage, hook: Hook, code: str, site: Node, at: Node, message: str
) -> Declined:
    """`site` as one that is left to a hand, told at `at`."""
    reason = REJECTS_REASONS[code]
    why = file.target.blamed(reason.why) if code == "node-too-old" else reason.why
    return Declined(
        span=Span.of(site),
        anchor=at.start_byte,
        message=message,
        code=code,
        why=why,
        recipe=reason.recipe.replace("CALLBACK", hook.callback or "callback"),
        evidence=(grounds(file, stage),),
        shown=reason.shown,
    )
