"""Fill a new buffer with zeros when some of its bytes may leave unwritten.

## Why it leaks

`Buffer.allocUnsafe(size)` gives memory as it was left: by other requests, by keys and passwords (a
secret that the process had dropped stood in most of them, on Node 18, 20, 22, 24 and 26). What
nobody writes before the buffer is sent, returned or saved leaves with it.

## What changes

`Buffer.alloc(size)`, which is the same buffer of zeros. So is `new Buffer(size)`, deprecated since
Node 6, where the size is a number for certain. It costs the time to fill a buffer that large.

## What is left alone

Buffers whose every byte may be written by what is seen (`fill`, `copy`, loops, `randomFillSync`),
of which a part is taken (`subarray(0, bytesRead)`), that are given to code that may write to them,
and `new Buffer` of text, bytes or with an encoding: silence. A function that hands such buffers
out, and a read whose length nobody looks at: shown. `new Buffer(value)` that may be either:
declined with the recipe by hand.
"""

import re
from collections.abc import Iterator

from unleak_codemods.clients.answers import declined, is_too_old
from unleak_codemods.memory.buffer_reasons import COSTS, MESSAGES, NOTES, REASONS
from unleak_codemods.memory.buffers import Allocation, allocation_at, is_number
from unleak_codemods.memory.deprecated import kind_of_deprecated
from unleak_codemods.memory.unwritten import gap_of
from unleak_engine.codemod import Answer, Match, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_PUBLIC = re.compile(r"allocUnsafe(?:Slow)?")


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["allocUnsafe", "SlowBuffer", "new Buffer"],
    hits=r"(?<=\.)allocUnsafe(?:Slow)?(?=\s*\()|(?<![\w$])SlowBuffer(?=\s*\()"
    r"|(?<=new )Buffer(?=\s*\()",
    query="""
        [
          (member_expression property: (property_identifier) @name)
          (new_expression constructor: (identifier) @name)
          (call_expression function: (identifier) @name)
        ]
    """,
    references=[
        "https://nodejs.org/api/buffer.html#static-method-bufferallocunsafesize",
        "https://nodejs.org/api/deprecations.html#dep0005-buffer-constructor",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    allocation = allocation_at(match.file, match["name"])
    if allocation is None:
        return
    if allocation.zeroed:
        kind = kind_of_deprecated(match.file, allocation)
    else:
        gap = gap_of(match.file, allocation)
        kind = gap.kind if gap is not None else None
    if kind is None:
        return
    message = MESSAGES[kind].format(made=allocation.made)
    code = kind if kind in REASONS else None
    if is_too_old(match.file):
        code = "node-too-old"
    if code is None:
        yield _rewritten(match, allocation, kind, message)
        return
    anchor = match["name"].start_byte
    yield declined(match.file, Span.of(allocation.call), anchor, message, code, REASONS, names={})


def _rewritten(match: Match, allocation: Allocation, kind: str, message: str) -> Rewrite:
    name, call = match["name"], allocation.call
    if _PUBLIC.fullmatch(match.text("name")):
        edit = Edit.replace(name.start_byte, name.end_byte, "alloc")
    else:
        maker = "Buffer.alloc"
        function = call.child_by_field_name(
            "constructor" if call.type == "new_expression" else "function"
        )
        end = function.end_byte if function is not None else name.end_byte
        edit = Edit.replace(call.start_byte, end, maker)
    notes = [NOTES.get(kind, COSTS)]
    if allocation.made == "SlowBuffer" and not is_number(match.file, allocation.size):
        notes.append(NOTES["number"])  # a text of digits was a size there
    return Rewrite(
        span=Span.of(call),
        anchor=name.start_byte,
        message=message,
        edits=(edit,),
        safety=Safety.UNSAFE,
        notes=tuple(notes),
    )
