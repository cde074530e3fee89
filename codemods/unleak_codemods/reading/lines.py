"""Loops over the lines of a readline interface, and listeners to them that stop early: what stays
open, and how it is closed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.reading import reasons
from unleak_codemods.reading.exits import (
    awaits_between,
    calls_on,
    early_exits,
    is_walked,
    released_at,
    released_finally,
)
from unleak_codemods.reading.readers import (
    CLOSING,
    DESTROYING,
    Reader,
    anchor,
    input_obstacle,
    input_uses,
    is_alone,
    reader_of,
    reader_uses,
)
from unleak_codemods.reading.wrapping import before, beside, constant, in_try
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    in_block,
    unwrap,
    wrapped,
)
from unleak_codemods.streams.uses import Use
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.source import Source


class _Closing(NamedTuple):
    """The calls that close a reader, and the edits that name what they are called on: `ahead` in
    front of `statement` or elsewhere, `cuts` inside the loop."""

    calls: tuple[str, ...]
    ahead: tuple[Edit, ...] = ()
    cuts: tuple[Edit, ...] = ()


def left_loop(file: File, loop: Node) -> Answer | None:
    """The answer for a `for await` loop, None when it is none over lines, or leaves nothing."""
    head = loop.child_by_field_name("right")
    reader = reader_of(file, head) if head is not None else None
    if reader is None or not _same_function(file, reader.call, loop) or reader.kind == "kept":
        return None
    if _walked_before(file, reader, loop):
        return None  # told at the first loop
    if _loses_lines(file, reader, loop):
        return declined(file, reader, "lines-lost", reasons.LINES_LOST)
    exits = early_exits(file, loop)
    if not exits or _is_released(file, reader, loop, exits):
        return None
    code = _obstacle(file, reader, loop)
    return declined(file, reader, code) if code is not None else _wrapped(file, reader, loop)


def _same_function(file: File, one: Node, other: Node) -> bool:
    return file.functions.enclosing(one) == file.functions.enclosing(other)


def _walked_before(file: File, reader: Reader, loop: Node) -> bool:
    uses = reader_uses(file, reader, loop)
    return any(is_walked(use.node) and use.node.start_byte < loop.start_byte for use in uses)


def _loses_lines(file: File, reader: Reader, loop: Node) -> bool:
    """Whether something else than the interface itself is awaited before the loop listens."""
    if reader.binding is None:
        return False
    start, end = reader.call.end_byte, loop.start_byte
    name = reader.binding.name.encode()
    return any(
        name not in file.source.bytes(node) for node in awaits_between(file, start, end, loop)
    )


def _is_released(file: File, reader: Reader, loop: Node, exits: Sequence[Node]) -> bool:
    """Whether the code closes what it leaves itself: the stream where it is made here, else the
    interface. A command that ends by process.exit() is not held by its stdin."""
    if reader.kind == "stdin" and b"process.exit" in file.source.data:
        return True
    given = reader.kind in ("stdin", "given")
    binding, methods = (reader.binding, CLOSING) if given else (reader.variable, DESTROYING)
    if binding is None:
        return False
    if released_finally(file, loop, binding, methods):
        return True
    return all(released_at(file, node, loop, binding, methods) for node in exits)


def _obstacle(file: File, reader: Reader, loop: Node) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if reader.kind == "piped":
        return "input-is-piped"
    if reader.kind == "other":
        return "input-not-a-file"
    for use in reader_uses(file, reader, loop):
        code = _reader_obstacle(file, use, loop)
        if code is not None:
            return code
    if reader.binding is not None and not _one_round(file, reader.call, loop):
        return "reader-used-after"
    return input_obstacle(file, reader, loop.end_byte) if reader.kind == "file" else None


def _one_round(file: File, made: Node, loop: Node) -> bool:
    """Whether an interface is read by one run of the loop."""
    return file.functions.enclosing_loop(made) == file.functions.enclosing_loop(loop)


def _reader_obstacle(file: File, use: Use, loop: Node) -> str | None:
    if is_walked(use.node):
        return "reader-used-after"
    if use.what not in ("listener", "method", "property", "tested"):
        return "reader-escapes"
    if use.what == "listener":
        return "reader-used-elsewhere" if use.name in ("line", "") else None
    if use.what == "method" and use.name == "close":
        return None
    if not _same_function(file, use.node, loop):
        return "reader-escapes"
    return "reader-used-after" if use.node.start_byte > loop.end_byte else None


def _wrapped(file: File, reader: Reader, loop: Node) -> Answer:
    source, statement = file.source, loop
    while statement.parent is not None and statement.parent.type == "labeled_statement":
        statement = statement.parent
    closing = _closing(file, reader, statement)
    if closing is None:
        return declined(file, reader, "no-block")
    edits: tuple[Edit, ...] = ()
    already = reader.binding and released_finally(file, loop, reader.binding, CLOSING)
    if already:
        edits = beside(source, file.functions.statement_of(already[0]), closing.calls[-1])
        if not edits or not is_statement(already[0]):
            return declined(file, reader, "no-block")
    else:
        edits = in_try(source, statement, statement, closing.calls, closing.cuts)
        edits = (*edits, *_absorbed(file, reader, statement))
    notes = _notes(file, reader, loop)
    return Rewrite(
        span=Span.of(reader.call),
        anchor=anchor(reader),
        message=reasons.LINES,
        edits=(*closing.ahead, *edits),
        safety=Safety.UNSAFE if notes else Safety.SAFE,
        evidence=(grounds(file, reader.input, reader.found),),
        notes=notes,
    )


def _absorbed(file: File, reader: Reader, statement: Node) -> Iterator[Edit]:
    """The edits that take away what stands behind the loop and is now done in its `finally`."""
    end, after = statement.end_byte, statement.next_named_sibling
    while after is not None and _closes(file, reader, after):
        yield Edit.delete(end, after.end_byte)
        end, after = after.end_byte, after.next_named_sibling


def _closes(file: File, reader: Reader, statement: Node) -> bool:
    """Whether `statement` does nothing but close the interface, or the file it reads."""
    if statement.type != "expression_statement" or b"await" in file.source.bytes(statement):
        return False
    owners = [(reader.binding, CLOSING)]
    if reader.kind == "file":
        owners.append((reader.variable, DESTROYING))
    return any(
        binding is not None
        and any(
            is_statement(call) and not arguments(call)
            for call in calls_on(file, statement, binding, methods)
        )
        for binding, methods in owners
    )


def _closing(file: File, reader: Reader, statement: Node) -> _Closing | None:
    """How a reader is closed behind `statement`, which holds it if it is inline; None where the
    names it takes have no place."""
    source, ahead = file.source, []
    call, name = source.text(reader.call), ""
    if reader.kind == "file" and reader.variable is None:
        name = _free(file, "input", reader.call, statement)
        holder = file.functions.statement_of(reader.call) if reader.binding else statement
        if not in_block(holder) or (reader.binding is not None and not is_alone(reader.binding)):
            return None
        value = constant(source, name, reader.input, source.indent(holder.start_byte))
        ahead.append(before(source, holder, value))
        start, end, text = _named(source, reader.input, name)
        if reader.binding is not None:
            ahead.append(Edit.replace(start, end, text))
        else:
            call = (
                call[: start - reader.call.start_byte] + text + call[end - reader.call.end_byte :]
            )
    elif reader.kind == "file" and reader.variable is not None:
        name = reader.variable.name
        if file.bindings.lookup(name, statement) != reader.variable:
            return None
    destroy = (f"{name}.destroy()",) if name else ()
    if reader.binding is not None:
        return _Closing((f"{reader.binding.name}.close()", *destroy), tuple(ahead))
    if not in_block(statement):
        return None
    rl = _free(file, "rl", reader.call, statement)
    ahead.append(before(source, statement, f"const {rl} = {call}"))
    cut = Edit.replace(reader.call.start_byte, reader.call.end_byte, rl)
    return _Closing((f"{rl}.close()", *destroy), tuple(ahead), (cut,))


def _named(source: Source, node: Node, name: str) -> tuple[int, int, str]:
    """What `node`, the value of an option or an argument, is replaced by when it has a name."""
    pair = wrapped(node).parent
    if pair is not None and pair.type == "pair":
        key = pair.child_by_field_name("key")
        if key is not None and source.text(key) == name:
            return pair.start_byte, pair.end_byte, name
    return node.start_byte, node.end_byte, name


def _free(file: File, wanted: str, *places: Node) -> str:
    """`wanted`, or a name near it, that means nothing yet at any of `places`."""
    names = {file.bindings.fresh_name(wanted, place) for place in places}
    return names.pop() if len(names) == 1 else file.bindings.fresh_name(wanted)


def _notes(file: File, reader: Reader, loop: Node) -> tuple[str, ...]:
    if reader.kind == "stdin":
        return (reasons.STDIN,)
    if reader.kind == "given":
        return reasons.STAYS_OPEN, reasons.ERRORS
    notes = []
    if any(
        use.what == "listener" and use.name == "close" for use in reader_uses(file, reader, loop)
    ):
        notes.append(reasons.CLOSE_IS_HEARD)
    return (*notes, *file_notes(file, reader))


def file_notes(file: File, reader: Reader) -> tuple[str, ...]:
    """What a reviewer must know of a file stream that is destroyed."""
    notes = []
    if any(use.what == "listener" and use.name == "close" for use in input_uses(file, reader)):
        notes.append(reasons.INPUT_CLOSE_IS_HEARD)
    if reader.found.kind.opaque:
        notes.append(reasons.OPTIONS)
    if not reader.found.proven:
        notes.append(reasons.LIKELY)
    return tuple(notes)


def is_statement(call: Node) -> bool:
    """Whether `call` is a statement by itself."""
    holder = wrapped(call).parent
    return holder is not None and holder.type == "expression_statement"


def declined(file: File, reader: Reader, code: str, message: str = reasons.LINES) -> Declined:
    reason, source = reasons.REASONS[code], file.source
    stream = source.text(reader.input) if reader.variable is not None else "input"
    name = reader.binding.name if reader.binding is not None else "rl"
    return Declined(
        span=Span.of(reader.call),
        anchor=anchor(reader),
        message=message,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("READER", name).replace("INPUT", stream),
        evidence=(grounds(file, reader.input, reader.found),),
        shown=reason.shown,
    )


# Listeners.


def closed_in_listener(file: File, call: Node) -> Answer | None:
    """The answer for `reader.on('line', …)`: None unless its listener closes the reader early and
    leaves a file open that is made here."""
    method, given = called_method(call), arguments(call)
    reader = reader_of(file, method[0]) if method is not None else None
    handler = unwrap(given[1]) if len(given) > 1 else None
    if reader is None or reader.binding is None or reader.kind != "file" or handler is None:
        return None
    if handler.type not in FUNCTIONS or not _same_function(file, reader.call, call):
        return None
    closings = list(calls_on(file, handler, reader.binding, CLOSING))
    destroyed = any(u.what == "method" and u.name in DESTROYING for u in input_uses(file, reader))
    if not closings or destroyed:
        return None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return declined(file, reader, "node-too-old", reasons.LINES_CLOSED)
    code = input_obstacle(file, reader, call.end_byte)
    if code is not None:
        return declined(file, reader, code, reasons.LINES_CLOSED)
    return _destroyed_too(file, reader, closings)


def _destroyed_too(file: File, reader: Reader, closings: Sequence[Node]) -> Answer:
    closing = _closing(file, reader, closings[0])
    edits = [
        beside(file.source, file.functions.statement_of(call), closing.calls[-1])
        for call in closings
        if closing is not None and is_statement(call)
    ]
    if closing is None or len(edits) < len(closings) or not all(edits):
        return declined(file, reader, "no-block", reasons.LINES_CLOSED)
    return Rewrite(
        span=Span.of(reader.call),
        anchor=anchor(reader),
        message=reasons.LINES_CLOSED,
        edits=(*closing.ahead, *(edit for each in edits for edit in each)),
        safety=Safety.DISPLAY,  # a script that ends soon loses nothing by it
        evidence=(grounds(file, reader.input, reader.found),),
        notes=(reasons.NO_MORE_IS_READ, *file_notes(file, reader)),
    )
