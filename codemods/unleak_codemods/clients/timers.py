"""Timers that write to a response again and again."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.evidence import Evidence, Level, evidence_of
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    member,
    named,
    same,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_TIMERS = {"timers", "node:timers"}
_STOP = re.compile(rb"[ \t]*;")
_MORE = re.compile(rb"[ \t]*[^\s}]")
_COMMENT = re.compile(rb"[ \t]*//[^\r\n]*")


class Timer(NamedTuple):
    """A call of `setInterval` that nobody ever clears. `response` is a place where its callback
    writes; `evidence` says what that is, `statement` is the statement of the call, `name` its
    variable if it has one, `works` whether the callback does something else than write."""

    call: Node
    statement: Node
    response: Node
    evidence: Evidence
    function: Node
    name: str | None = None
    works: bool = False


def timer_at(file: File, call: Node) -> Timer | None:
    """`call` as such a timer; None when it is none, or when somebody may stop it."""
    if not is_set_interval(file, call):
        return None
    given = arguments(call)
    callback = function_of(file, given[0]) if given else None
    if callback is None or stops_itself(file, callback):
        return None
    place = place_of(file, call)
    if place is None:
        return None
    statement, binding = place
    if binding is not None and is_used(file, binding):
        return None
    written = _written(file, callback)
    if written is None:
        return None
    response, evidence = written
    home = _home(file, response, call)
    if home is None:
        return None
    works = _works(file, callback, response)
    if works and _looks(file, callback, response):
        return None  # what it does then may be what a client that left is done with
    name = binding.name if binding is not None else None
    return Timer(call, statement, response, evidence, home, name, works)


def is_in_block(timer: Timer) -> bool:
    return in_block(timer.statement)


def starts_late(file: File, timer: Timer) -> bool:
    """Whether the response may have closed before the timer starts: the function waits for
    something first, or the timer is set in a callback."""
    if file.functions.enclosing(timer.call) != timer.function:
        return True
    body = timer.function.child_by_field_name("body")
    start = body.start_byte if body is not None else timer.function.start_byte
    return _WAITS.search(file.source.data, start, timer.call.start_byte) is not None


_WAITS = re.compile(rb"(?<![\w$.])(?:await|yield)(?![\w$])")


def after(file: File, statement: Node) -> tuple[int, bool]:
    """Where what follows `statement` goes: behind a comment that stands on its last line. And
    whether it must end with a semicolon, since something else stands on that line."""
    data = file.source.data
    # A semicolon on the line below belongs to what follows it there: `;[1, 2].map(…)`.
    end = named(statement)[-1].end_byte
    for tail in (_STOP, _COMMENT):
        found = tail.match(data, end)
        end = found.end() if found is not None else end
    return end, _MORE.match(data, end) is not None


def is_set_interval(file: File, call: Node) -> bool:
    """Whether this is the global `setInterval`, or that of node:timers, and `clearInterval` means
    what it should there."""
    function = callee(call)
    if function is None or function.type != "identifier":
        return False
    clears = file.bindings.lookup("clearInterval", call)
    if clears is not None and clears.kind != "import":
        return False
    if file.bindings.resolve(function) is None:
        return file.source.text(function) == "setInterval"
    found = file.bindings.origin(function)
    return found is not None and found.module in _TIMERS and found.name == "setInterval"


def function_of(file: File, node: Node) -> Node | None:
    """The function that `node` is, or is the constant name of."""
    node = unwrap(node)
    if node.type in FUNCTIONS:
        return node
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None or not file.bindings.is_constant(binding) or binding.path:
        return None
    if binding.kind == "function":
        found = binding.declaration
        return found if found.type in FUNCTIONS else None
    value = unwrap(binding.value) if binding.value is not None else None
    return value if value is not None and value.type in FUNCTIONS else None


def stops_itself(file: File, callback: Node) -> bool:
    text = file.source.bytes(callback)
    if any(word in text for word in (b"clearInterval", b"clearTimeout", b"process.exit")):
        return True
    # `this` of a timer's function is its handle.
    return callback.type != "arrow_function" and re.search(rb"(?<![\w$.])this\b", text) is not None


def place_of(file: File, call: Node) -> tuple[Node, Binding | None] | None:
    """The statement that sets the timer, and the variable it is kept in; None where its handle
    goes elsewhere."""
    whole = wrapped(call)
    found = whole.parent
    # setInterval(…).unref() is the same handle again.
    if found is not None and (link := member(found)) is not None and link[0] == call:
        outer = found.parent
        if outer is None or outer.type != "call_expression" or arguments(outer):
            return None
        if file.source.text(link[1]) not in ("unref", "ref"):
            return None
        whole = wrapped(outer)
    parent = whole.parent
    if parent is None:
        return None
    if parent.type == "expression_statement":
        return parent, None
    if parent.type != "variable_declarator" or parent.parent is None:
        return None
    name = parent.child_by_field_name("name")
    declaration = parent.parent
    if name is None or name.type != "identifier" or len(named(declaration)) != 1:
        return None
    binding = file.bindings.resolve(name)
    if binding is None or not file.bindings.is_constant(binding):
        return None
    if declaration.parent is not None and declaration.parent.type == "export_statement":
        return None
    return declaration, binding


def is_used(file: File, binding: Binding) -> bool:
    """Whether anything but `unref()` is done with the handle: that may stop the timer."""
    for node in file.bindings.references(binding):
        if file.bindings.declares(node):
            continue
        link = member(node.parent)
        if link is None or not same(link[0], node):
            return True
        if file.source.text(link[1]) not in ("unref", "ref", "hasRef"):
            return True
    return False


def _written(file: File, callback: Node) -> tuple[Node, Evidence] | None:
    """The response that the callback writes to, the only stream it writes to."""
    found: list[tuple[Node, Evidence]] = []
    for node in walk(callback):
        method = called_method(node) if node.type == "call_expression" else None
        if method is None or file.source.text(method[1]) != "write":
            continue
        evidence = evidence_of(file, method[0])
        if evidence.level < Level.LIKELY or evidence.role != "response":
            return None
        found.append((method[0], evidence))
    texts = {file.source.text(node) for node, _ in found}
    return found[0] if len(texts) == 1 else None


def _home(file: File, response: Node, call: Node) -> Node | None:
    """The function whose parameter the response is, or is read from, if it stands around `call`,
    so that each of its calls sets a timer of its own."""
    root = response
    while (link := member(root)) is not None:
        root = link[0]
    binding = file.bindings.resolve(root) if root.type == "identifier" else None
    if binding is None or binding.kind != "param" or not file.bindings.is_constant(binding):
        return None
    if file.bindings.lookup(binding.name, call) != binding:
        return None
    function = file.functions.enclosing(binding.node)
    return function if function is not None and inside(call, function) else None


_LOOKS = r"""
    RES\s*[?!]?\.\s*(?:destroyed|closed|errored|finished|writable\w*|socket|connection|on(?:ce)?)\b
    |\b(?:REQ|req|request)\s*[?!]?\.\s*(?:destroyed|closed|aborted|errored|socket|connection)\b"""


def _looks(file: File, callback: Node, response: Node) -> bool:
    """Whether the callback itself notices that its client has left: by the state of the response,
    by what `write` gives back, or by the callback that it calls with an error."""
    written = re.escape(file.source.text(response))
    if re.search(_LOOKS.replace("RES", written), file.source.text(callback), re.VERBOSE):
        return True
    for node in walk(callback):
        method = called_method(node) if node.type == "call_expression" else None
        if method is None or file.source.text(method[1]) != "write":
            continue
        if any(part.type not in _TEXTS for part in arguments(node)[1:]):
            return True
        parent = wrapped(node).parent
        alone = parent is None or parent.type in ("expression_statement", *FUNCTIONS)
        if not alone and not _is_short_circuited(parent):
            return True
    return False


_TEXTS = frozenset(["string", "template_string", "null", "undefined"])


def _is_short_circuited(parent: Node | None) -> bool:
    """Whether a call is the end of `condition && call`, a statement."""
    outer = wrapped(parent).parent if parent is not None else None
    return (
        parent is not None
        and parent.type in ("binary_expression", "return_statement")
        and (
            parent.type == "return_statement"
            or outer is None
            or outer.type == "expression_statement"
        )
    )


_HARMLESS = re.compile(r"(?:console|JSON|Math|Date|Number|String|Object)\b")


def _works(file: File, callback: Node, response: Node) -> bool:
    """Whether the callback does something besides, that others may need when the client has
    left: it waits, takes from a queue, or has a statement that is neither about the response nor
    about a local value."""
    written = file.source.text(response)
    for node in walk(callback):
        if node.type == "await_expression" or _takes(file, node):
            return True
        if node.type in ("assignment_expression", "augmented_assignment_expression"):
            left = node.child_by_field_name("left")
            if left is None or not _is_local(file, left, callback):
                return True
        if node.type == "update_expression" and not _counts_for_us(file, node, callback):
            return True
        if node.type == "call_expression" and not _is_value(node):
            function = callee(node)
            text = file.source.text(function) if function is not None else ""
            if not (text.startswith(f"{written}.") or _HARMLESS.match(text)):
                return True
    return False


_VALUES = frozenset(
    [
        "arguments",
        "template_substitution",
        "variable_declarator",
        "member_expression",
        "spread_element",
    ]
)


def _is_value(call: Node) -> bool:
    """Whether a call is made for what it gives back, which is written or kept in a variable: not
    for what it does, as `gone && leave()` and `return leave()` are."""
    node = wrapped(call)
    while (parent := node.parent) is not None and parent.type in _JOINING:
        operator = parent.child_by_field_name("operator")
        if operator is not None and operator.type in ("&&", "||", "??"):
            return False
        node = parent
    return parent is not None and parent.type in _VALUES


_JOINING = frozenset(["binary_expression", "parenthesized_expression", "object", "array", "pair"])


_TAKING = re.compile(
    r"(?:shift|pop|splice|next|read|take|dequeue|poll|drain|flush|advance|consume|pull|receive|claim"
    r"|reset|clear|remove|delete|add|push|set|send|save|increment|inc|step|tick|emit|publish)"
    r"(?![a-z])"
)


def _takes(file: File, node: Node) -> bool:
    """Whether `node` takes something that others then miss, `queue.shift()`, or is named for
    something else that it does besides."""
    function = callee(node) if node.type == "call_expression" else None
    name = file.source.text(function).rpartition(".")[2] if function is not None else ""
    return _TAKING.match(name) is not None


def _is_local(file: File, node: Node, callback: Node) -> bool:
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    return binding is not None and inside(binding.node, callback)


def _counts_for_us(file: File, node: Node, callback: Node) -> bool:
    """Whether `n++` counts in a variable that only this callback reads."""
    name = node.child_by_field_name("argument")
    binding = file.bindings.resolve(name) if name is not None else None
    if binding is None:
        return False
    return all(
        inside(one, callback) or file.bindings.declares(one)
        for one in file.bindings.references(binding)
    )
