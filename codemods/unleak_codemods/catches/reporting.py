"""The 'error' listener of a Koa application, which hears of every response that failed."""

from tree_sitter import Node

from unleak_codemods.catches import reasons
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    member,
    named,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.codemod import Declined, File, Span

_CODE = "every-response"


def listener_of_app(file: File, code: Node) -> Declined | None:
    """What is said of a string `code` that such a listener compares the error's code with, to
    return without a word; None for any other."""
    comparison = wrapped(code).parent
    if comparison is None or comparison.type != "binary_expression":
        return None
    operator = comparison.child_by_field_name("operator")
    if operator is None or operator.type not in ("===", "==") or not _returns(file, comparison):
        return None
    function = file.functions.enclosing(comparison)
    if function is None or not any(_is_koas(file, use) for use in _uses(file, function)):
        return None
    reason = reasons.REASONS[_CODE]
    return Declined(
        span=Span.of(comparison),
        anchor=comparison.start_byte,
        message=reasons.MISREAD,
        code=_CODE,
        why=reason.why,
        recipe=reason.recipe,
        shown=reason.shown,
    )


def _returns(file: File, comparison: Node) -> bool:
    """Whether all that happens when the test holds is a bare `return`."""
    statement = file.functions.statement_of(comparison)
    then = statement.child_by_field_name("consequence")
    if statement.type != "if_statement" or then is None:
        return False
    inner = named(then) if then.type == "statement_block" else [then]
    return len(inner) == 1 and inner[0].type == "return_statement" and not named(inner[0])


def _uses(file: File, function: Node) -> list[Node]:
    """The function itself, or the places that name it."""
    binding = file.functions.binding_of(function)
    return [function] if binding is None else file.bindings.references(binding)


def _is_koas(file: File, use: Node) -> bool:
    """Whether `use` is the listener in `app.use(…).on('error', use)` of a Koa application."""
    holder = wrapped(use).parent
    call = holder.parent if holder is not None and holder.type == "arguments" else None
    method = called_method(call) if call is not None else None
    if call is None or method is None or file.source.text(method[1]) not in ("on", "once"):
        return False
    event = arguments(call)[0]
    if string_value(event, file.source.text(event)) != "error":
        return False
    app = method[0]
    while app.type == "call_expression" and (inner := member(callee(app))) is not None:
        app = inner[0]
    binding = file.bindings.resolve(app) if app.type == "identifier" else None
    value = unwrap(binding.value) if binding is not None and binding.value is not None else app
    while value.type == "call_expression" and (inner := member(callee(value))) is not None:
        value = inner[0]
    made = value if value.type == "new_expression" else None
    origin = file.bindings.origin(callee(made) or made) if made is not None else None
    return origin is not None and origin.module == "koa"
