"""Wait until a StreamWriter of asyncio is closed, so that its last bytes go out.

## Why it leaks

`writer.close()` only asks for it: what is still buffered goes out later, if the event loop lives
that long. Where it ends first, the tail is lost with nothing but a ResourceWarning: 36 of 40 MB,
measured on Python 3.11 against a peer that reads slowly.

## What changes

`await writer.wait_closed()` follows. It is new that it takes as long as the peer takes to read, and
that it raises when the peer is gone (ConnectionResetError, BrokenPipeError), hence unsafe.

## What is left alone

The writer in a field: other methods may run during the wait, and use it. A close that something
follows, that stands in a loop, or within a `try` that catches: there the new error or the wait
would keep other work from being done. Clean-up in `finally` as well: a task that is cancelled would
wait for a peer that never reads. The recipe is shown. Functions that nothing is written in, that
wait already, that are not async, and writers that are not proven to be of asyncio: silence.
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import Writer, uses, writer_at
from unleak_codemods.asyncio_writers.placing import after, block_of, line_of
from unleak_engine.codemod import Answer, Declined, Rewrite
from unleak_engine.edit import Safety
from unleak_engine.python.codemod import PythonMatch, codemod
from unleak_engine.python.source import PythonSource

_MESSAGE = "what {} still buffers is lost if the event loop ends before it is closed"
_RECIPE = (
    "Once nothing else depends on it, `await {0}.wait_closed()` in a `try` with "
    "`except ConnectionError`, and under `asyncio.timeout(...)` where the peer may never read."
)
_NOTES = (
    "the function now takes as long as the peer takes to read what is left",
    "it now raises ConnectionResetError or BrokenPipeError where the peer is gone; before, the "
    "loss went unnoticed",
)


@codemod(
    safety=Safety.UNSAFE,
    python=">=3.11",
    needles=["asyncio"],
    also=[[".close("], [".write(", ".writelines("]],
    hits=r"\.close\(",
    matcher=m.Call(func=m.Attribute(attr=m.Name("close")), args=[]),
    references=["https://docs.python.org/3/library/asyncio-stream.html#streamwriter"],
)
def find(match: PythonMatch) -> Iterator[Answer]:
    source, call = match.source, cst.ensure_type(match.node, cst.Call)
    target = cst.ensure_type(call.func, cst.Attribute).value
    line = line_of(source, call)
    writer = writer_at(source, target) if line is not None else None
    if line is None or writer is None or not _at_fault(source, writer, line):
        return
    span = source.span(call)
    why = _in_the_way(source, writer, line)
    message = _MESSAGE.format(writer.text)
    if why is not None:
        recipe = _RECIPE.format(writer.text)
        code, said = why
        yield Declined(span, span.start, message, code, said, recipe, (writer.grounds,), shown=True)
        return
    edit = after(source, line, f"await {writer.text}.wait_closed()")
    yield Rewrite(span, span.start, message, (edit,), Safety.UNSAFE, (writer.grounds,), _NOTES)


def _at_fault(source: PythonSource, writer: Writer, line: cst.CSTNode) -> bool:
    """Whether the function writes, closes in good order, and waits for neither."""
    if not writer.is_async:
        return False
    if any(isinstance(above, cst.ExceptHandler) for above in source.parents(line)):
        return False  # what was to be written is lost already
    asked = {attribute for _, attribute in uses(source, writer.function, writer.text)}
    waits = bool(m.findall(source.module, m.Attribute(attr=m.Name("wait_closed"))))
    handed = any(
        attribute in ("", "transport") and not _binds(source, mention, writer)
        for mention, attribute in uses(source, writer.function, writer.text)
    )
    return bool(asked & {"write", "writelines"}) and not waits and not handed


def _binds(source: PythonSource, mention: cst.CSTNode, writer: Writer) -> bool:
    return any(above is writer.made for above in (mention, *source.parents(mention)))


def _in_the_way(
    source: PythonSource, writer: Writer, line: cst.SimpleStatementLine
) -> tuple[str, str] | None:
    """Why no wait can simply follow, as a code and a sentence."""
    if "." in writer.text:
        return "shared-writer", "other methods may run while it waits, and use the writer"
    inner: cst.CSTNode = line
    for above in source.parents(line):
        if isinstance(above, cst.IndentedBlock):
            rest = above.body[list(above.body).index(inner) + 1 :]  # type: ignore[arg-type]
            if not all(_ends(statement) for statement in rest):
                return "code-follows", "the code that follows would wait, or not run at all"
        elif isinstance(above, cst.For | cst.While):
            return "in-a-loop", "the loop would wait for one peer, or end with its error"
        elif isinstance(above, cst.Finally):
            return "in-finally", "a cancelled task would wait here for a peer that never reads"
        elif isinstance(above, cst.Try | cst.TryStar) and (above.handlers or above.orelse):
            return "caught", "the errors of the wait would go to handlers made for others"
        elif above is writer.function:
            break
        inner = above
    return None if block_of(source, line) else ("one-line", "there is no line for it to go to")


def _ends(statement: cst.CSTNode) -> bool:
    """Whether a statement only returns a plain value, or does nothing."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    if isinstance(only, cst.Return):
        return isinstance(only.value, cst.Name | cst.BaseNumber | cst.SimpleString | None)
    return isinstance(only, cst.Pass)
