"""What goes on at 'drain' by a callback: a source that is paused until then, or the next step of
some work. When the stream closes while it is full, nobody goes on."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.drains.recognising import wait_at
from unleak_codemods.drains.waits import is_stable, same_stream
from unleak_codemods.helpers.drained import is_helper
from unleak_codemods.streams.chains import LISTENING, strip_listeners
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.knowledge import knowledge_of
from unleak_codemods.streams.pipes import imported_modules
from unleak_codemods.streams.reasons import Reason
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    calls_saying,
    member,
    named,
    string_value,
    unwrap,
    walk,
)
from unleak_engine.codemod import Declined, File, Span

MESSAGE = "a stream that closes while it is full never drains, and what waits for that is forgotten"

REASONS: dict[str, Reason] = {
    "source-paused": Reason(
        "the source is paused until 'drain', and stays so, open, when the stream closes first",
        "Beside the listeners, once: STREAM.once('close', () => SOURCE.destroy()). The source's\n"
        "'end' does not come then, so what goes on there must go on at 'close'.",
        shown=True,
    ),
    "callback-waits": Reason(
        "the callback runs at 'drain' only, and never when the stream closes first",
        "Let 'close' end the work too, with an error:\n"
        "  const onDrain = () => { STREAM.removeListener('close', onClose); … };\n"
        "  const onClose = () => { STREAM.removeListener('drain', onDrain); … };\n"
        "  STREAM.once('drain', onDrain).once('close', onClose);",
    ),
}

_ONCE = frozenset({"once", "prependOnceListener"})
_TEARDOWN = frozenset({"pipeline", "finished", "pump", "eos", "endOfStream"})
_WRITE = re.compile(rb"\bwrite\b")
_ENDS = re.compile(rb"\b(?:close|%b)\b" % "|".join(sorted(_TEARDOWN)).encode())
_NOT_OURS = frozenset({"legacy", "own-pipe", "stdio"})


class Waiting(NamedTuple):
    """A listener of 'drain' on `stream`. `source` is what it resumes, None when it goes on with
    something else. `name` is the token that attaches it."""

    call: Node
    name: Node
    stream: Node
    source: Node | None


def waiting_at(file: File, event: Node) -> Waiting | None:
    """The listener that the string 'drain' belongs to; None when it is a wait of an async
    function, when something is told of the stream's end too, and for mere notifications."""
    call = event.parent.parent if event.parent is not None else None
    method = called_method(call) if call is not None else None
    given = arguments(call) if call is not None else []
    if call is None or method is None or len(given) != 2 or given[0].id != event.id:
        return None
    name = file.source.text(method[1])
    stream, _ = strip_listeners(file.source, method[0])
    if name not in LISTENING or not is_stable(stream) or stream.type == "this":
        return None
    if _in_a_helper(file, call) or wait_at(file, event) is not None:
        return None
    source = _resumed(file, unwrap(given[1]))
    if source is not None:
        text = re.escape(file.source.text(source)).encode()
        paused = re.search(text + rb"\s*[?!]?\.\s*pause\(", file.source.data)
        if paused is None or not _is_written(file, stream, file.source.root, tested=False):
            return None
    elif name not in _ONCE or not _goes_on(unwrap(given[1])):
        return None
    else:
        function = file.functions.enclosing(call) or file.source.root
        if not _is_written(file, stream, function, tested=True) or _asks(file, stream, function):
            return None
    return None if _hears_of_the_end(file, stream) else Waiting(call, method[1], stream, source)


def _in_a_helper(file: File, node: Node) -> bool:
    function = file.functions.enclosing(node)
    while function is not None:
        if is_helper(file.source.text(function)):
            return True
        function = file.functions.enclosing(function.parent) if function.parent else None
    return False


def _resumed(file: File, handler: Node) -> Node | None:
    """The stream that a listener resumes: `() => source.resume()`, `source.resume.bind(source)`,
    or a function of the file that does."""
    if handler.type == "identifier":
        binding = file.bindings.resolve(handler)
        found = binding.value or binding.declaration if binding is not None else None
        if binding is None or binding.kind == "param" or found is None:
            return None
        handler = unwrap(found)
    if handler.type == "call_expression":
        bound = called_method(handler)
        inner = member(bound[0]) if bound is not None and bound[1].text == b"bind" else None
        return inner[0] if inner is not None and inner[1].text == b"resume" else None
    if handler.type not in FUNCTIONS:
        return None
    for node in walk(handler):
        method = called_method(node)
        if method is not None and method[1].text == b"resume" and not arguments(node):
            return method[0] if is_stable(method[0]) else None
    return None


def _goes_on(handler: Node) -> bool:
    """Whether a listener does anything at all."""
    body = handler.child_by_field_name("body") if handler.type in FUNCTIONS else handler
    return body is not None and (body.type != "statement_block" or bool(named(body)))


def _is_written(file: File, stream: Node, within: Node, *, tested: bool) -> bool:
    """Whether code in `within` writes to the stream; with `tested`, and reads what that says."""
    for node in calls_saying(within, file.source.data, _WRITE):
        method = called_method(node)
        if method is None or method[1].text != b"write" or not _same(file, method[0], stream):
            continue
        if not tested or _is_asked(node):
            return True
    return False


def _asks(file: File, stream: Node, function: Node) -> bool:
    """Whether a function asks if the stream is gone before it goes on."""
    for node in walk(function):
        found = member(node)
        asks = found is not None and found[1].text in (b"destroyed", b"closed", b"writableEnded")
        if found is not None and asks and same_stream(file, found[0], stream):
            return True
    return False


_ASKING = frozenset({"unary_expression", "binary_expression", "parenthesized_expression"})
_KEEPING = frozenset({"assignment_expression", "variable_declarator"})


def _is_asked(write: Node) -> bool:
    """Whether what `write()` says is a condition, or kept to become one."""
    node = write
    while (outer := node.parent) is not None and outer.type in _ASKING:
        node = outer
    kind = outer.type if outer is not None else ""
    if kind in ("if_statement", "while_statement", "do_statement", *_KEEPING):
        return True
    return (
        kind == "ternary_expression"
        and outer is not None
        and (outer.child_by_field_name("condition") == node)
    )


def _same(file: File, one: Node, other: Node) -> bool:
    """Whether two expressions name one stream; `!this.out!.write(…)` is read as `(!this.out)!`."""
    one = unwrap(one)
    if one.type == "unary_expression":
        one = unwrap(named(one)[0])
    return same_stream(file, one, other)


def _hears_of_the_end(file: File, stream: Node) -> bool:
    """Whether something else is told when the stream closes."""
    for node in calls_saying(file.source.root, file.source.data, _ENDS):
        parts = arguments(node)
        method = called_method(node)
        if method is not None and file.source.text(method[1]) in LISTENING and parts:
            root, _ = strip_listeners(file.source, method[0])
            told = string_value(parts[0], file.source.text(parts[0])) == "close"
            if told and same_stream(file, root, stream):
                return True
        function = callee(node)
        found = member(function) if function is not None else None
        last = found[1] if found is not None else function
        if last is None or file.source.text(last) not in _TEARDOWN:
            continue
        if any(same_stream(file, unwrap(part), stream) for part in parts):
            return True
    return False


def answer(file: File, waiting: Waiting) -> Declined | None:
    """The answer for `waiting`, None when nothing says that its stream is one."""
    evidence = _judged(file, waiting)
    if evidence is None:
        return None
    code = "callback-waits" if waiting.source is None else "source-paused"
    reason = REASONS[code]
    source = file.source.text(waiting.source) if waiting.source is not None else ""
    recipe = reason.recipe.replace("STREAM", file.source.text(waiting.stream))
    return Declined(
        span=Span.of(waiting.call),
        anchor=waiting.name.start_byte,
        message=MESSAGE,
        code=code,
        why=reason.why,
        recipe=recipe.replace("SOURCE", source),
        evidence=(grounds(file, waiting.stream, evidence),),
        shown=reason.shown,
    )


def _judged(file: File, waiting: Waiting) -> Evidence | None:
    """What the stream is: known, or likely one by the way it is used in a file that loads
    streams."""
    found = evidence_of(file, waiting.stream)
    if found.level is Level.NOT_OURS or found.role in _NOT_OURS or found.owner is Owner.PROCESS:
        return None
    if found.level > Level.UNKNOWN:
        return None if found.kind.model == "other" else found
    binding = file.bindings.resolve(waiting.stream)
    if binding is not None and binding.value is not None:
        made = unwrap(binding.value)
        if made.type == "new_expression" and not binding.path:
            return None  # of a class that is not known, and may have a 'drain' of its own
    if not any(module in knowledge_of(file).hints for module in imported_modules(file)):
        return None
    said = file.source.text(waiting.stream)
    reason = f"`{said}` is written to and its 'drain' waited for, as a Node stream's is"
    return found._replace(level=Level.LIKELY, reasons=(reason,))
