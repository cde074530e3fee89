"""Streams whose chunks are read as text one by one, by a listener or a loop, and what is done."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.decoding.chunks import Decoded, is_harmed, uses_of_chunk
from unleak_codemods.decoding.reasons import BASE64, MESSAGE, REASONS, SHORT, STRINGS
from unleak_codemods.reading.files import OPENING, maker
from unleak_codemods.streams.chains import LISTENING, SELF_RETURNING, strip_listeners
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    inside,
    named,
    unwrap,
    walk,
    wrapped,
)
from unleak_codemods.streams.uses import Use, every_member_use, every_use
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_BYTES = frozenset({"message", "request", "socket", "child-readable", "stdio"})
_EDITED = frozenset({Owner.HERE, Owner.HANDLER})
_HARMLESS = frozenset(
    {
        *("abort", "address", "close", "cork", "destroy", "end", "get", "header", "isPaused"),
        *("off", "pause", "ref", "removeAllListeners", "removeListener", "resume", "setHeader"),
        *("setKeepAlive", "setNoDelay", "setTimeout", "uncork", "unref", "write"),
    }
)
_LOOKED_AT = frozenset({"listener", "property", "tested"})
_OUTPUT = frozenset({"stdout", "stderr"})
_BUFFERS = frozenset({"Buffer", "Uint8Array"})


class Reading(NamedTuple):
    """Chunks of `stream` read under the name `chunk`, in `function`: a listener, or a loop.
    `anchor` is the token that says so, `whole` what is reported."""

    stream: Node
    chunk: Node
    function: Node
    whole: Node
    anchor: Node
    top: Node


def listener_at(file: File, event: Node) -> Answer | None:
    """The answer for a listener of the event 'data', whose name stands at `event`."""
    call = event.parent.parent if event.parent is not None else None
    method = called_method(call) if call is not None else None
    given = arguments(call) if call is not None else []
    if call is None or method is None or len(given) != 2 or given[0].id != event.id:
        return None
    name = file.source.text(method[1])
    # One that hears a single chunk waits for a message, not for a text.
    if name not in LISTENING or "once" in name.lower():
        return None
    handler = unwrap(given[1])
    function = _function(file, handler)
    parameters = file.functions.parameters(function) if function is not None else []
    if function is None or not parameters:
        return None
    top = call
    while (outer := wrapped(top).parent) is not None and outer.type == "member_expression":
        whole = outer.parent
        if whole is None or whole.type != "call_expression":
            break
        following = called_method(whole)
        if following is None or file.source.text(following[1]) not in SELF_RETURNING:
            break
        top = whole
    stream, _ = strip_listeners(file.source, method[0])
    reading = Reading(stream, _name_of(parameters[0]), function, call, method[1], top)
    code = "listener-elsewhere" if function.id != handler.id else None
    return _answer(file, reading, code)


def loop_at(file: File, loop: Node) -> Answer | None:
    """The answer for a `for await` loop."""
    head, chunk = (loop.child_by_field_name(field) for field in ("right", "left"))
    if head is None or chunk is None:
        return None
    stream, _ = strip_listeners(file.source, unwrap(head))
    return _answer(file, Reading(stream, chunk, loop, loop, loop.children[0], unwrap(head)), None)


def _function(file: File, handler: Node) -> Node | None:
    if handler.type in FUNCTIONS:
        return handler
    binding = file.bindings.resolve(handler) if handler.type == "identifier" else None
    if binding is None or binding.kind == "param" or binding.path:
        return None
    held = unwrap(binding.value) if binding.value is not None else binding.declaration
    return held if held.type in FUNCTIONS else None


def _name_of(parameter: Node) -> Node:
    """The name in a typed parameter."""
    inner = parameter.child_by_field_name("pattern")
    return inner if inner is not None else parameter


def _type_of(reading: Reading) -> Node | None:
    """The declared type of the chunk."""
    parameter = reading.chunk.parent
    if parameter is None or parameter.type not in ("required_parameter", "optional_parameter"):
        return None
    typed = parameter.child_by_field_name("type")
    return named(typed)[0] if typed is not None and named(typed) else None


def _answer(file: File, reading: Reading, code: str | None) -> Answer | None:
    uses = uses_of_chunk(file, reading.chunk)
    harmed = [one for one in uses.decoded if is_harmed(file, one)] if uses is not None else []
    if uses is None or not harmed:
        return None
    found = evidence_of(file, reading.stream)
    made = _maker(file, reading, found)
    typed = _type_of(reading)
    if not _gives_bytes(file, reading, found, made, typed, harmed):
        return None
    if _has_encoding(file, reading, made):
        return None
    code = code or _obstacle(file, reading, found, made, uses.decoded, uses.more)
    if code is not None:
        return _declined(file, reading, found, harmed, code)
    return Rewrite(
        span=Span.of(reading.whole if reading.whole.type != "for_in_statement" else reading.top),
        anchor=reading.anchor.start_byte,
        message=MESSAGE,
        edits=_edits(file, reading, typed, uses.decoded),
        safety=Safety.UNSAFE,
        evidence=(grounds(file, reading.stream, found),),
        notes=(STRINGS, SHORT),
    )


def _maker(file: File, reading: Reading, found: Evidence) -> Node:
    variable = found.binding
    if variable is None and reading.stream.type == "identifier":
        variable = file.bindings.resolve(reading.stream)
    return maker(file, reading.stream, variable)


def _opens(file: File, made: Node) -> bool:
    function = callee(made) if made.type in ("call_expression", "new_expression") else None
    origin = file.bindings.origin(function) if function is not None else None
    return origin is not None and origin.name.rpartition(".")[2] in OPENING


def _is_zlib(file: File, made: Node) -> bool:
    """Whether zlib has made a stream, or that which `source.pipe(…)` gives."""
    method = called_method(made) if made.type == "call_expression" else None
    if method is not None and method[1].text == b"pipe" and arguments(made):
        given = unwrap(arguments(made)[0])
        binding = file.bindings.resolve(given) if given.type == "identifier" else None
        made = maker(file, given, binding)
    function = callee(made) if made.type == "call_expression" else None
    origin = file.bindings.origin(function) if function is not None else None
    return origin is not None and origin.module.removeprefix("node:") == "zlib"


def _gives_bytes(
    file: File,
    reading: Reading,
    found: Evidence,
    made: Node,
    typed: Node | None,
    harmed: list[Decoded],
) -> bool:
    """Whether the chunks are bytes: by what the stream is, or by what the code says of them."""
    if found.level is Level.NOT_OURS:
        return False
    if found.level >= Level.LIKELY and found.role in _BYTES:
        return True
    if _opens(file, made) or _is_zlib(file, made):
        return True
    says = any(one.said for one in harmed)
    if typed is not None and file.source.text(typed) in _BUFFERS:
        return says
    last = file.source.text(reading.stream).replace("!", "").rpartition(".")[2]
    return says and last in _OUTPUT and reading.function.type in FUNCTIONS


def _has_encoding(file: File, reading: Reading, made: Node) -> bool:
    """Whether the stream is told an encoding, or may be by options that are not seen."""
    source = file.source
    if b"setEncoding" in source.data:
        if b".setEncoding(" in source.data[reading.stream.start_byte : reading.top.end_byte]:
            return True
        if any(use.name == "setEncoding" for use in _uses(file, reading)):
            return True
    if made.type not in ("call_expression", "new_expression") or not _opens(file, made):
        return False
    options = arguments(made)[1:2]
    if not options or unwrap(options[0]).type in ("null", "undefined"):
        return False
    literal = unwrap(options[0])
    if literal.type == "string":
        return True
    if literal.type != "object":
        return True
    for part in named(literal):
        key = part.child_by_field_name("key")
        if part.type == "spread_element" or source.text(part) == "encoding":
            return True
        if key is not None and source.text(key).strip("'\"") == "encoding":
            value = part.child_by_field_name("value")
            return value is None or value.type not in ("null", "undefined")
    return False


def _uses(file: File, reading: Reading) -> list[Use]:
    binding = _binding(file, reading)
    if binding is not None:
        return every_use(file, binding)
    if reading.stream.type == "member_expression":
        return every_member_use(file, reading.stream)
    return []


def _binding(file: File, reading: Reading) -> Binding | None:
    """The variable that holds the stream: read there, or set to what the listeners are put on."""
    if reading.stream.type == "identifier":
        return file.bindings.resolve(reading.stream)
    holder = wrapped(reading.top).parent
    name = holder.child_by_field_name("name") if holder is not None else None
    if holder is None or holder.type != "variable_declarator" or name is None:
        return None
    return file.bindings.resolve(name) if name.type == "identifier" else None


def _obstacle(
    file: File,
    reading: Reading,
    found: Evidence,
    made: Node,
    decoded: tuple[Decoded, ...],
    more: bool,
) -> str | None:
    encodings = {one.encoding for one in decoded}
    if "base64" in encodings or "base64url" in encodings:
        return "base64"
    if "" in encodings:
        return "encoding-computed"
    if encodings != {"utf8"}:
        return "other-encoding"
    last = file.source.text(reading.stream).replace("!", "").rpartition(".")[2]
    if found.owner is Owner.PROCESS or found.role == "stdio":
        return "process-stdin"
    if found.role == "child-readable" or (not found.proven and last in _OUTPUT):
        return "child-output"
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if not found.proven or not found.kind.core:
        return "source-unproven"
    if more or any(_writes(file, one) for one in decoded):
        return "chunk-counts"
    if found.owner not in _EDITED and found.role != "message":
        return "read-elsewhere"
    if _is_read_elsewhere(file, reading):
        return "read-elsewhere"
    if reading.stream.type not in ("identifier", "call_expression", "new_expression"):
        return "place-unclear"
    text = file.source.data[reading.stream.start_byte : reading.whole.end_byte]
    if b"?." in text[: reading.anchor.end_byte - reading.stream.start_byte]:
        return "place-unclear"
    return None


def _writes(file: File, decoded: Decoded) -> bool:
    """Whether the text takes the place of the chunk."""
    parent = decoded.node.parent
    return parent is not None and parent.type == "assignment_expression"


def _is_read_elsewhere(file: File, reading: Reading) -> bool:
    """Whether somebody else may get the stream's chunks."""
    this = reading.function.type != "arrow_function" and reading.function.type in FUNCTIONS
    if this and any(node.type == "this" for node in walk(reading.function)):
        return True
    binding = _binding(file, reading)
    if binding is None:
        holder = wrapped(reading.top).parent
        if reading.function.type not in FUNCTIONS:
            return False
        return holder is None or holder.type not in ("expression_statement", "arrow_function")
    if not file.bindings.is_constant(binding) or binding.path:
        return True
    for use in every_use(file, binding):
        if inside(use.node, reading.whole) and use.node.id == reading.stream.id:
            if use.what == "listener" and use.name != "data":
                continue
            if use.call is not None and use.call.id != reading.whole.id:
                return True
            continue
        if use.what == "listener":
            if use.name in ("data", "readable", "") and not _also_decodes(file, use):
                return True
        elif use.what == "method":
            if use.name not in _HARMLESS:
                return True
        elif use.what not in _LOOKED_AT:
            return True
    return False


def _also_decodes(file: File, use: Use) -> bool:
    """Whether another listener of 'data' does nothing but read its chunks as text."""
    if use.name != "data" or use.handler is None or use.handler.type not in FUNCTIONS:
        return False
    parameters = file.functions.parameters(use.handler)
    uses = uses_of_chunk(file, _name_of(parameters[0])) if parameters else None
    if uses is None:
        return not parameters
    return not uses.more and all(one.encoding == "utf8" for one in uses.decoded)


def _edits(
    file: File, reading: Reading, typed: Node | None, decoded: tuple[Decoded, ...]
) -> tuple[Edit, ...]:
    quote = file.source.quote
    edits = [Edit.insert(reading.stream.end_byte, f".setEncoding({quote}utf8{quote})")]
    if typed is not None and file.source.text(typed) in _BUFFERS:
        edits.append(Edit.replace(typed.start_byte, typed.end_byte, "string"))
        for one in decoded:
            given = one.node.child_by_field_name("arguments") if one.said else None
            method = called_method(one.node) if given is not None else None
            if given is not None and method is not None and named(given):
                edits.append(Edit.replace(given.start_byte, given.end_byte, "()"))
    return tuple(edits)


def _declined(
    file: File, reading: Reading, found: Evidence, harmed: list[Decoded], code: str
) -> Declined:
    reason = REASONS[code]
    whole = reading.whole if reading.whole.type != "for_in_statement" else reading.top
    encodings = {one.encoding for one in harmed}
    return Declined(
        span=Span.of(whole),
        anchor=reading.anchor.start_byte,
        message=BASE64 if encodings <= {"base64", "base64url"} else MESSAGE,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("STREAM", file.source.text(reading.stream)),
        evidence=(grounds(file, reading.stream, found),),
        shown=reason.shown,
    )
