"""Let a loop that writes to a StreamWriter of asyncio wait until the peer keeps up.

## Why it leaks

`write()` never waits: what the peer has not read is buffered without bound. A loop that
wrote 60 MB to a peer that did not read held 58.8 MB, with `drain()` 0.08 MB (Python 3.11). When the
peer is gone, the loop does not learn of it either.

## What changes

`await writer.drain()` follows the writes. It is new that it raises ConnectionResetError once the
peer is gone, and that other tasks run while it waits, hence unsafe.

## What is left alone

A writer that others may hold: they could write in between, unless the loop waits there already. A
loop that goes on with what others may change meanwhile. A client's loop before the first reply is
read: a peer that echoes 26 MB reads on only when its replies are read, and both would wait for
ever. Locks and `with` blocks that nothing waits in, and handlers of the loop that would take the
new error and go on. There the recipe is shown. A `for` whose batch is drained behind it, a
drain in a helper, limits and buffer sizes watched by hand, functions that are not async, handlers
that are called with others too, and writers that are not proven to be of asyncio: silence.
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import Writer, function_of, uses, writer_at
from unleak_codemods.asyncio_writers.placing import after, awaits, block_of, line_of
from unleak_codemods.asyncio_writers.waiting import in_the_way, placed, replies_follow
from unleak_engine.codemod import Answer, Declined, Rewrite
from unleak_engine.edit import Safety
from unleak_engine.python.codemod import PythonMatch, codemod
from unleak_engine.python.source import PythonSource

_WRITES = frozenset({"write", "writelines"})
_WRITING = m.Call(func=m.Attribute(attr=m.Name("write") | m.Name("writelines")))
_MESSAGE = "{} buffers without bound what this loop writes faster than the peer reads"
_RECIPE = (
    "`await {0}.drain()` where no other task can write in between: behind a whole message, or "
    "under a lock that all writers take."
)
_NOTES = (
    "drain() raises ConnectionResetError once the peer is gone; before, the writes went nowhere",
    "other tasks run while it waits",
)


@codemod(
    safety=Safety.UNSAFE,
    python=">=3.11",
    needles=["asyncio"],
    also=[[".write(", ".writelines("], ["while", "for "]],
    hits=r"\.write(?:lines)?\(",
    matcher=_WRITING,
    references=["https://docs.python.org/3/library/asyncio-stream.html#asyncio.StreamWriter.drain"],
)
def find(match: PythonMatch) -> Iterator[Answer]:
    source, call = match.source, cst.ensure_type(match.node, cst.Call)
    writer = writer_at(source, cst.ensure_type(call.func, cst.Attribute).value)
    if writer is None or not writer.is_async:
        return
    loop = _loop_of(source, call, writer)
    if loop is None or _drained(source, writer, loop):
        return
    calls = [
        other
        for other in m.findall(loop.body, _WRITING)
        if source.text(cst.ensure_type(cst.ensure_type(other, cst.Call).func, cst.Attribute).value)
        == writer.text
    ]
    if calls[0] is not call:
        return  # told at the first
    span, message = source.span(call), _MESSAGE.format(writer.text)
    lines = [line for each in calls if (line := line_of(source, each)) is not None]
    ends = [line for line in lines if not _another_follows(source, line, lines)]
    why = _in_the_way(source, writer, loop, ends) if len(lines) == len(calls) else _ELSEWHERE
    if why is not None:
        code, said = why
        recipe = _RECIPE.format(writer.text)
        yield Declined(span, span.start, message, code, said, recipe, (writer.grounds,), shown=True)
        return
    last = dict.fromkeys(placed(source, writer, loop, line) or line for line in ends)
    edits = tuple(after(source, line, f"await {writer.text}.drain()") for line in last)
    yield Rewrite(span, span.start, message, edits, Safety.UNSAFE, (writer.grounds,), _NOTES)


_ELSEWHERE = ("not-a-statement", "a write is part of a larger statement")


def _loop_of(source: PythonSource, call: cst.CSTNode, writer: Writer) -> cst.For | cst.While | None:
    """The innermost loop around a write, of its function; not one that opens the writer."""
    for above in source.parents(call):
        if above is writer.function:
            return None
        if isinstance(above, cst.For | cst.While):
            inside = writer.made is not None and above in source.parents(writer.made)
            return None if inside else above
    return None


def _drained(source: PythonSource, writer: Writer, loop: cst.For | cst.While) -> bool:
    """Whether somebody looks after the buffer, as far as can be told."""
    asked = {attribute for _, attribute in uses(source, loop, writer.text)}
    everywhere = {attribute for _, attribute in uses(source, source.module, writer.text)}
    around = {attribute for _, attribute in uses(source, writer.function, writer.text)}
    helped = m.findall(loop, m.Await(expression=m.Call(args=[m.AtLeastN(n=1)])))
    calls = [cst.ensure_type(cst.ensure_type(h, cst.Await).expression, cst.Call) for h in helped]
    if any(source.text(arg.value) == writer.text for call in calls for arg in call.args):
        return True
    known = {"drain"} if "." not in writer.text else set()
    if asked & {"drain", "transport", "can_write_eof"} or "transport" in around:
        return True
    if not known and "drain" in everywhere:
        return True
    names = {cst.ensure_type(n, cst.Name).value for n in m.findall(loop, m.Name())}
    if any("drain" in name or "flush" in name for name in names):
        return True
    plain = isinstance(loop, cst.For) and loop.asynchronous is None
    return plain and "drain" in around


def _another_follows(
    source: PythonSource, line: cst.SimpleStatementLine, lines: list[cst.SimpleStatementLine]
) -> bool:
    block = block_of(source, line)
    following = block[block.index(line) + 1 :][:1] if line in block else []
    return any(following[0] is other for other in lines) if following else False


def _in_the_way(
    source: PythonSource,
    writer: Writer,
    loop: cst.For | cst.While,
    ends: list[cst.SimpleStatementLine],
) -> tuple[str, str] | None:
    """Why no drain can simply follow, as a code and a sentence."""
    if any(function_of(source, line) is not writer.function for line in ends):
        return _ELSEWHERE
    if not all(block_of(source, line) for line in ends):
        return "one-line", "there is no line for it to go to"
    if not writer.own:
        body = loop.body.body
        first = bool(body) and awaits(body[0])
        waits = first or (isinstance(loop, cst.For) and loop.asynchronous is not None)
        if not waits or len(ends) != 1 or body[-1] is not placed(source, writer, loop, ends[0]):
            return "shared-writer", "other tasks may hold the writer, and write in between"
    if isinstance(loop, cst.For) and not awaits(loop) and not _still(loop.iter):
        return "atomic-loop", "others may change what is looped over while it waits"
    if any(placed(source, writer, loop, line) is None for line in ends):
        return "atomic-loop", "others may change, while it waits, what the loop goes on with"
    if replies_follow(source, writer, loop):
        return "replies-follow", (
            "a peer that reads on only when its replies are read would be waited for in vain"
        )
    return next(filter(None, (in_the_way(source, writer, loop, line) for line in ends)), None)


def _still(iterated: cst.BaseExpression) -> bool:
    """Whether nobody else can change what is iterated."""
    made = m.Name("range") | m.Name("list") | m.Name("tuple") | m.Name("sorted")
    return m.matches(iterated, m.Call(func=made) | m.List() | m.Tuple())
