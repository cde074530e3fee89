"""Wait until a StreamWriter of asyncio is closed, so that its last bytes go out.

## Why it leaks

`writer.close()` only asks for it: what is still buffered goes out later, if the event loop lives
that long. Where it ends first, the tail is lost with nothing but a ResourceWarning: 36 of 40 MB,
measured on Python 3.11 against a peer that reads slowly.

## What changes

`await writer.wait_closed()` follows. It is new that it takes as long as the peer takes to read, and
that it raises when the peer is gone (ConnectionResetError, BrokenPipeError), hence unsafe.

## What is left alone

The writer in a field, or one that the caller keeps: others may use it, or not want to wait. A close
that something follows, `finally` and the end of a `with` included, that stands in a loop, or within
a `try` that catches: there the new error or the wait would keep other work from being done. TLS:
the wait fails in more ways. Clean-up in `finally`: a task that is cancelled would wait for a peer
that never reads. The recipe is shown. Functions that nothing is written in, that wait already, that
are not async, and writers that are not proven to be of asyncio: silence.
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import Writer, function_of, uses, writer_at
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
    around = writer.function if writer.own else source.module
    waits = bool(m.findall(around, m.Attribute(attr=m.Name("wait_closed"))))
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
    if not writer.own and not _serves(source, writer):
        return "shared-writer", "whoever calls this has the writer, and may not want to wait"
    if _encrypted(source, writer):
        return "tls", "over TLS the wait also fails where the peer still sends (ssl.SSLError)"
    inner: cst.CSTNode = line
    left = False
    for above in source.parents(line):
        if isinstance(above, cst.IndentedBlock) and not left:
            rest = above.body[list(above.body).index(inner) + 1 :]  # type: ignore[arg-type]
            left = any(m.findall(statement, m.Return()) for statement in rest)
            if not all(_ends(statement) for statement in rest):
                return "code-follows", "the code that follows would wait, or not run at all"
        elif isinstance(above, cst.For | cst.While):
            return "in-a-loop", "the loop would wait for one peer, or end with its error"
        elif isinstance(above, cst.Finally):
            return "in-finally", "a cancelled task would wait here for a peer that never reads"
        elif isinstance(above, cst.With) and not _opens(source, above):
            return "within-with", "what this `with` holds would be held until the peer has read"
        elif isinstance(above, cst.Try | cst.TryStar):
            if above.handlers or above.orelse:
                return "caught", "the errors of the wait would go to handlers made for others"
            return "code-follows", "what `finally` does would wait"
        elif above is writer.function:
            break
        inner = above
    return None if block_of(source, line) else ("one-line", "there is no line for it to go to")


def _serves(source: PythonSource, writer: Writer) -> bool:
    """Whether the function takes a reader with the writer, as what serves a connection does."""
    annotations = (param.annotation for param in writer.function.params.params)
    names = {source.imported(one.annotation) for one in annotations if one is not None}
    alone = not any(
        function_of(source, mention) is not writer.function
        for mention, _ in uses(source, writer.function, writer.text)
        if not _binds(source, mention, writer)
    )
    return alone and bool(names & {"asyncio.StreamReader", "asyncio.streams.StreamReader"})


def _encrypted(source: PythonSource, writer: Writer) -> bool:
    """Whether the connection may be encrypted, as far as this function or its server tells."""
    calls = m.findall(source.module, m.Call(func=_SERVERS | m.Attribute(attr=_SERVERS)))
    if isinstance(writer.made, cst.Assign):
        calls = m.findall(writer.function, m.Call())
    given = [arg for call in calls for arg in cst.ensure_type(call, cst.Call).args]
    asked = {attribute for _, attribute in uses(source, writer.function, writer.text)}
    return "start_tls" in asked or any(
        arg.star == "**" or (arg.keyword is not None and arg.keyword.value.startswith("ssl"))
        for arg in given
    )


_SERVERS = m.Name("start_server") | m.Name("start_unix_server")


def _opens(source: PythonSource, block: cst.With) -> bool:
    return all(source.text(item.item).startswith("open(") for item in block.items)


def _ends(statement: cst.CSTNode) -> bool:
    """Whether a statement only returns a plain value, or does nothing."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    if isinstance(only, cst.Return):
        return isinstance(only.value, cst.Name | cst.BaseNumber | cst.SimpleString | None)
    return isinstance(only, cst.Pass)
