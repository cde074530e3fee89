"""Bytes of a new buffer that leave, as far as one function shows it, before anybody wrote them.

What is seen of a variable is: bytes written at known places, text of unknown length, a read from a
file, and where the whole buffer goes. Anything else that is done with it may have written the rest,
and then nothing is said.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.memory.buffers import Allocation, number_of
from unleak_codemods.streams.evidence import Level, evidence_of
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    member,
    same,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.flow import LOOPS

_FILES = {"fs", "node:fs", "fs-extra", "graceful-fs"}
_WRITE_NUMBER = re.compile(
    r"write(?:Big)?U?[iI]nt(8|16|32|64)(?:LE|BE)?|write(Float|Double)(?:LE|BE)"
)
_LOOKS = re.compile(r"length|byteLength|byteOffset|read\w+|equals|compare|indexOf|includes")
_SETTLES = frozenset(["cb", "callback", "done", "next", "resolve"])
_SENDS = frozenset(["res", "response", "reply", "ws", "socket", "connection", "conn"])
_PATTERNS = frozenset(
    [
        "array_pattern",
        "assignment_pattern",
        "object_assignment_pattern",
        "object_pattern",
        "pair_pattern",
        "rest_pattern",
        "update_expression",
    ]
)
"""What writes to the place it stands around."""
_EXACT = frozenset(["digest", "padEnd", "padStart", "randomUUID", "repeat"])
"""Methods whose text is as long as its author wanted it."""
_SHORTEST = 16
"""Text in a smaller buffer is a code of a fixed width more often than not."""


class Gap(NamedTuple):
    """Bytes that may leave as they were found. `kind` is the code of what is said of it, `leaves`
    the place where the whole buffer goes."""

    kind: str
    leaves: Node


class _Use(NamedTuple):
    """What one mention of the buffer does: "looks", "writes" `start:end`, "text" of unknown
    length, "reads" from a file without asking how much came, "leaves"."""

    kind: str
    node: Node
    start: int = 0
    end: int = 0


def gap_of(file: File, allocation: Allocation) -> Gap | None:
    """What leaves unwritten of the buffer that `allocation` makes; None when every byte of it may
    be written by then, or when nobody gets it."""
    if number_of(file, allocation.size) == 0:
        return None
    value = wrapped(allocation.call)
    parent = value.parent
    if parent is None:
        return None
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        binding = file.bindings.resolve(name) if name is not None else None
        if binding is None or binding.path or not file.bindings.is_constant(binding):
            return None
        return _gap_of_variable(file, allocation, binding)
    function = file.functions.enclosing(value)
    if function is not None and _is_returned(value):
        return Gap("handed-out", value) if _is_handed_out(file, function) else None
    return Gap("never-written", value) if _leaves(file, value) else None


def _gap_of_variable(file: File, allocation: Allocation, binding: Binding) -> Gap | None:
    uses: list[_Use] = []
    for node in file.bindings.references(binding):
        if file.bindings.declares(node):
            continue
        use = _use(file, node)
        if use is None or not _is_near(file, allocation.call, node, uses):
            return None
        uses.append(use)
    leaving = next((use.node for use in uses if use.kind == "leaves"), None)
    if leaving is None:
        return None
    kinds = {use.kind for use in uses}
    if "reads" not in kinds and all(
        _is_for_callers(file, use.node) for use in uses if use.kind == "leaves"
    ):
        return None
    if kinds <= {"looks", "leaves"}:
        return Gap("never-written", leaving)
    if "reads" in kinds:
        alone = not kinds & {"writes", "text"} and sum(u.kind == "reads" for u in uses) == 1
        if not alone or _is_repeated(allocation.call, uses):
            return None
        known = number_of(file, allocation.size) is not None
        return Gap("short-read" if known else "read-unchecked", leaving)
    whole = number_of(file, allocation.size)
    if "text" in kinds:
        text = next(use.node for use in uses if use.kind == "text")
        roomy = whole is not None and whole >= _SHORTEST
        return (
            Gap("shorter-text", leaving) if roomy or _is_multiple(file, allocation, text) else None
        )
    if whole is None or not _lacks(whole, uses):
        return None
    return Gap("partly-written", leaving)


def _use(file: File, node: Node) -> _Use | None:
    """What `node`, a mention of the buffer, does; None when that is not known."""
    place = wrapped(node)
    link = member(place.parent)
    if link is not None and same(link[0], node) and place.parent is not None:
        return _use_of_member(file, place.parent, file.source.text(link[1]))
    parent = place.parent
    if parent is not None and parent.type == "subscript_expression":
        return _use_of_index(file, parent, place)
    if _reads_file(file, node):
        return _Use("reads", node)
    return _Use("leaves", node) if _leaves(file, place) or _is_returned(place) else None


def _use_of_member(file: File, whole: Node, name: str) -> _Use | None:
    outer = wrapped(whole).parent
    if outer is None or outer.type != "call_expression" or callee(outer) != whole:
        return _Use("looks", whole) if name in ("length", "byteLength", "byteOffset") else None
    given = arguments(outer)
    if name == "toString":
        # With a range it is whoever wrote the range that knows what was written.
        if len(given) > 1:
            return None
        text = wrapped(outer)
        return _Use("leaves", text) if _leaves(file, text) or _is_returned(text) else None
    if _LOOKS.fullmatch(name):
        return _Use("looks", whole)
    if (found := _WRITE_NUMBER.fullmatch(name)) is not None:
        size = int(found[1]) // 8 if found[1] else {"Float": 4, "Double": 8}[found[2]]
        start = number_of(file, given[1]) if len(given) > 1 else 0
        return None if start is None else _Use("writes", outer, start, start + size)
    if name == "write" and given:
        return _text(file, outer, given)
    return None


def _text(file: File, call: Node, given: list[Node]) -> _Use | None:
    """`buffer.write(text, offset)`, whose result nobody looks at."""
    if wrapped(call).parent is None or wrapped(call).parent.type != "expression_statement":  # type: ignore[union-attr]
        return None
    start = 0
    for part in given[1:]:
        encoding = string_value(part, file.source.text(part))
        if encoding is not None and encoding.lower() in ("utf8", "utf-8"):
            continue
        at = number_of(file, part) if part == given[1] else None
        if at is None:
            return None
        start = at
    literal = string_value(unwrap(given[0]), file.source.text(unwrap(given[0])))
    if literal is not None:
        return _Use("writes", call, start, start + len(literal.encode()))
    held = unwrap(given[0])
    if held.type == "identifier" and file.source.text(held).isupper():
        return None
    binding = file.bindings.resolve(held) if held.type == "identifier" else None
    made = unwrap(binding.value) if binding is not None and binding.value is not None else held
    method = called_method(made) if made.type == "call_expression" else None
    if method is not None and file.source.text(method[1]) in _EXACT:
        return None
    return _Use("text", call, start)


def _use_of_index(file: File, whole: Node, place: Node) -> _Use | None:
    if whole.child_by_field_name("object") != place:
        return None
    index = whole.child_by_field_name("index")
    outer = wrapped(whole).parent
    if outer is None or outer.type in _PATTERNS or callee(outer) == whole:
        return None
    if outer.type == "for_in_statement" and outer.child_by_field_name("left") == whole:
        return None
    if outer.type not in ("assignment_expression", "augmented_assignment_expression"):
        return _Use("looks", whole)
    if outer.child_by_field_name("left") != wrapped(whole):
        return _Use("looks", whole)
    at = number_of(file, index) if index is not None else None
    return None if at is None else _Use("writes", whole, at, at + 1)


def _reads_file(file: File, node: Node) -> bool:
    """Whether `node` is given to `fs.read`, and how much was read is of interest to nobody."""
    call = _call_of(node)
    function = callee(call) if call is not None else None
    if call is None or function is None or len(arguments(call)) < 2:
        return False
    if not same(unwrap(arguments(call)[1]), node):
        return False
    origin = file.bindings.origin(function)
    if origin is None or origin.module not in _FILES:
        return False
    name = origin.name.removeprefix("default.")
    place = wrapped(call).parent
    awaited = place is not None and place.type == "await_expression"
    outer = wrapped(place).parent if awaited and place is not None else place
    alone = outer is not None and outer.type == "expression_statement"
    if name == "readSync" or (name == "read" and awaited):
        return alone
    if name != "read" or not alone:
        return False
    callback = unwrap(arguments(call)[-1])
    parameters = callback.child_by_field_name("parameters")
    if callback.type not in FUNCTIONS or parameters is None:
        return False
    return b"arguments" not in file.source.bytes(callback) and parameters.named_child_count < 2


def _call_of(node: Node) -> Node | None:
    """The call that `node` is an argument of."""
    holder = wrapped(node).parent
    if holder is None or holder.type != "arguments" or holder.parent is None:
        return None
    return holder.parent if holder.parent.type in ("call_expression", "new_expression") else None


def _is_returned(place: Node) -> bool:
    outer = _outer(place)
    parent = outer.parent
    if parent is None:
        return False
    if parent.type in ("return_statement", "yield_expression"):
        return True
    return parent.type == "arrow_function" and parent.child_by_field_name("body") == outer


def _outer(place: Node) -> Node:
    """`place` with the conditionals around it that may come to it."""
    while True:
        parent = place.parent
        if parent is None or parent.type != "ternary_expression":
            return place
        if parent.child_by_field_name("condition") == place:
            return place
        place = wrapped(parent)


def _leaves(file: File, place: Node) -> bool:
    """Whether the value at `place` goes, whole, to a stream, a file, or whoever waits for it."""
    call = _call_of(_outer(place))
    holder = place.parent
    if holder is not None and holder.type == "array":
        call = _call_of(holder)
        method = called_method(call) if call is not None else None
        if method is None or file.source.text(method[1]) != "concat":
            return False
        return file.source.text(method[0]) == "Buffer" and not _is_written(file, call)
    function = callee(call) if call is not None else None
    if call is None or function is None or call.type != "call_expression":
        return False
    given = arguments(call)
    if function.type == "identifier" and file.source.text(function) in _SETTLES:
        binding = file.bindings.resolve(function)
        return binding is not None and binding.kind == "param"
    if (origin := file.bindings.origin(function)) is not None and origin.module in _FILES:
        name = origin.name.removeprefix("default.").removeprefix("promises.")
        return name in ("writeFile", "writeFileSync") or (name == "writeSync" and len(given) == 2)
    method = called_method(call)
    if method is None or not given or given[0] != _outer(place):
        return False
    name = file.source.text(method[1])
    if name == "send":
        return file.source.text(method[0]) in _SENDS and len(given) == 1
    return name in ("write", "end", "push") and evidence_of(file, method[0]).level >= Level.LIKELY


def _is_written(file: File, call: Node | None) -> bool:
    """Whether what `call` gives is kept in a variable and may be written to."""
    holder = wrapped(call).parent if call is not None else None
    if holder is None or holder.type != "variable_declarator":
        return False
    name = holder.child_by_field_name("name")
    binding = file.bindings.resolve(name) if name is not None else None
    if binding is None:
        return True
    uses = [use for use in file.bindings.references(binding) if not file.bindings.declares(use)]
    found = [_use(file, use) for use in uses]
    return any(use is None or use.kind not in ("looks", "leaves") for use in found)


def _is_near(file: File, call: Node, node: Node, uses: Iterable[_Use]) -> bool:
    """Whether `node` is used by the function that makes the buffer, or by the callback of the one
    call that reads into it."""
    function = file.functions.enclosing(node)
    if function == file.functions.enclosing(call):
        return True
    reads = [_call_of(use.node) for use in uses if use.kind == "reads"]
    return function is not None and any(
        read is not None and unwrap(arguments(read)[-1]) == function for read in reads
    )


def _is_repeated(call: Node, uses: Iterable[_Use]) -> bool:
    """Whether a loop that does not make the buffer anew reads into it again and again."""
    reads = next(use.node for use in uses if use.kind == "reads")
    around = {node.id for node in ancestors(call)}
    return any(node.type in LOOPS and node.id not in around for node in ancestors(reads))


def _is_multiple(file: File, allocation: Allocation, write: Node) -> bool:
    """Whether the buffer is made several times as long as the text, to be sure of its room."""
    text = file.source.text(unwrap(arguments(write)[0]))
    size = "".join(file.source.text(allocation.size).split())
    found = re.fullmatch(
        rf"{re.escape(text)}\.length\*(\d+)|(\d+)\*{re.escape(text)}\.length", size
    )
    return found is not None and int(found[1] or found[2]) > 1


def _lacks(whole: int, uses: Iterable[_Use]) -> bool:
    """Whether some of the first `whole` bytes are written by none of `uses`."""
    reached = 0
    for use in sorted(uses, key=lambda use: use.start):
        if use.kind == "writes":
            if use.start > reached:
                return True
            reached = max(reached, use.end)
    return reached < whole


def _is_for_callers(file: File, place: Node) -> bool:
    """Whether `place` is what a function of this file returns to callers that keep it: they may
    write to it yet."""
    if not _is_returned(place):
        return False
    function = file.functions.enclosing(place)
    if function is None:
        return False
    name = function.child_by_field_name("name")
    held = wrapped(function).parent
    if name is None and held is not None and held.type == "variable_declarator":
        name = held.child_by_field_name("name")
    binding = file.bindings.resolve(name) if name is not None else None
    if binding is None:
        return False
    for use in file.bindings.references(binding):
        call = wrapped(use).parent
        if call is None or call.type != "call_expression" or callee(call) != use:
            continue
        holder = wrapped(call).parent
        if holder is not None and holder.type in ("variable_declarator", "assignment_expression"):
            return True
    return False


def _is_handed_out(file: File, function: Node) -> bool:
    """Whether `function` is what others call to get a buffer, and does not say that its bytes
    are as they come."""
    held = wrapped(function).parent
    name = function.child_by_field_name("name")
    if held is not None and held.type == "assignment_expression":
        left = held.child_by_field_name("left")
        if left is None or left.type != "member_expression":
            return False
        return re.search("unsafe|slow", file.source.text(left), re.IGNORECASE) is None
    if held is None or held.type != "export_statement" or name is None:
        return False
    return re.search("unsafe|slow", file.source.text(name), re.IGNORECASE) is None
