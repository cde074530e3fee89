"""Give a streamed HTTP response back on the paths that do not read its body.

## Why it leaks

A response whose body nobody reads keeps its connection. Ten of httpx (`stream=True`) or of aiohttp,
dropped with 8 MB unread, left 10 sockets open, garbage collected or not, and the next request waits
for a free one until its timeout. Those of requests stay as long as anything refers to them.

## What changes

The response is closed on the line that leaves it unread, or as soon as it is there when nothing but
its status and headers are asked for: `release()` in aiohttp, `close()` in requests and httpx,
`await aclose()` in an AsyncClient's. A connection with an unread body cannot be used again.

## What is left alone

Where an error may hold the response for a handler that reads it (`raise_for_status()` of requests
and httpx), where aiohttp may still send a body that a release cuts off (`data=`), and where no
single line would do: the recipe is shown. Responses that are returned, yielded, stored, handed on,
closed anywhere, entered by `with`, or read to their end on every path; those of a client that is
closed around them; clients that are not proven: silence.
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import function_of, uses
from unleak_codemods.asyncio_writers.placing import after, block_of
from unleak_codemods.http_responses.evidence import VERBS, Opened, opened, uploads
from unleak_codemods.http_responses.paths import Paths, UnsureError, left_open
from unleak_engine.codemod import Answer, Declined, Rewrite
from unleak_engine.edit import Edit, Safety
from unleak_engine.python.codemod import PythonMatch, codemod
from unleak_engine.python.source import PythonSource

_MESSAGE = "a body that nobody reads keeps the connection of this response from others"
_RECIPES = {
    "requests": "`with {} as response:` around all that uses it closes it on every path.",
    "httpx": "`with client.stream(...) as response:` (`async with` for an AsyncClient) around all "
    "that uses it closes it on every path.",
    "aiohttp": "`async with` instead of `await`, around all that uses the response, gives it back "
    "on every path.",
}
_UPLOADS = "a server may answer before it has read what is sent to it, and that would be cut off"
_NOTE = "the body can no longer be read on these paths, and its connection is not used again"


@codemod(
    safety=Safety.UNSAFE,
    python=">=3.11",
    needles=["requests", "httpx", "aiohttp"],
    also=[["stream=True", "stream = True", "aiohttp"], [f".{verb}(" for verb in VERBS]],
    hits=rf"\.(?:{'|'.join(VERBS)})\(",
    matcher=m.Call(func=m.Attribute(attr=m.OneOf(*(m.Name(verb) for verb in VERBS)))),
    references=[
        "https://requests.readthedocs.io/en/latest/user/advanced/#body-content-workflow",
        "https://www.python-httpx.org/async/#streaming-responses",
        "https://docs.aiohttp.org/en/stable/client_reference.html#aiohttp.ClientResponse.release",
    ],
)
def find(match: PythonMatch) -> Iterator[Answer]:
    source, call = match.source, cst.ensure_type(match.node, cst.Call)
    function = function_of(source, call)
    response = opened(source, call) if function is not None else None
    if function is None or response is None:
        return
    path = list(source.parents(response.value))
    if isinstance(path[0], cst.Attribute) and path[0].attr.value in response.library.head:
        yield _shown(source, call, response, "unnamed", "the response has no name to close it by")
    elif isinstance(path[0], cst.Expr):
        yield _dropped(source, call, response)
    elif m.matches(path[0], m.Assign(targets=[m.AssignTarget(target=m.Name())])):
        yield from _bound(source, call, response, function)


def _bound(
    source: PythonSource, call: cst.Call, response: Opened, function: cst.FunctionDef
) -> Iterator[Answer]:
    assign, line, *_ = source.parents(response.value)
    target = cst.ensure_type(cst.ensure_type(assign, cst.Assign).targets[0].target, cst.Name)
    if not isinstance(line, cst.SimpleStatementLine) or source.bound(target) != [target]:
        return
    name = target.value
    try:
        paths = left_open(source, response.library, function, name, line)
    except UnsureError:
        return
    if paths is None:
        return
    asked = {attribute for _, attribute in uses(source, function, name)}
    if "raise_for_status" in asked and response.library.name != "aiohttp":
        why = "the error of raise_for_status() holds the response, and its handler may read it"
        yield _shown(source, call, response, "error-holds-response", why)
        return
    if response.library.name == "aiohttp" and uploads(call):
        yield _shown(source, call, response, "uploads", _UPLOADS)
        return
    edits = _closing(source, response, name, line, paths)
    if edits is None:
        why = "the function goes on with and without having read it"
        yield _shown(source, call, response, "no-single-line", why)
        return
    yield _rewritten(source, call, response, edits)


def _closing(
    source: PythonSource,
    response: Opened,
    name: str,
    line: cst.SimpleStatementLine,
    paths: Paths,
) -> tuple[Edit, ...] | None:
    """The edits that close the response where it is left open; None when no lines would do."""
    close = response.library.close.format(name)
    if not paths.read:
        alone = len(line.body) == 1 and bool(block_of(source, line))
        return (after(source, line, close),) if alone else None
    if paths.before is None:
        return None
    return tuple(_before(source, each, close) for each in paths.before)


def _before(source: PythonSource, line: cst.SimpleStatementLine, text: str) -> Edit:
    start = source.span(line.body[0]).start
    return Edit.insert(start, text + source.newline + source.indent(start))


def _dropped(source: PythonSource, call: cst.Call, response: Opened) -> Answer:
    if response.library.name != "aiohttp":
        return _shown(source, call, response, "unnamed", "the response has no name to close it by")
    if uploads(call):
        return _shown(source, call, response, "uploads", _UPLOADS)
    span = source.span(response.value)
    edits = (Edit.insert(span.start, "("), Edit.insert(span.end, ").release()"))
    return _rewritten(source, call, response, edits)


def _rewritten(
    source: PythonSource, call: cst.Call, response: Opened, edits: tuple[Edit, ...]
) -> Rewrite:
    span = source.span(call)
    return Rewrite(span, span.start, _MESSAGE, edits, Safety.UNSAFE, (response.grounds,), (_NOTE,))


def _shown(source: PythonSource, call: cst.Call, response: Opened, code: str, why: str) -> Declined:
    span = source.span(call)
    recipe = _RECIPES[response.library.name].format(source.text(call.func) + "(...)")
    return Declined(span, span.start, _MESSAGE, code, why, recipe, (response.grounds,), shown=True)
