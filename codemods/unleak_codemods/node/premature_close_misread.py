"""Tell a client that left by who is gone, not by ERR_STREAM_PREMATURE_CLOSE.

## Why it leaks

The code says that some stage closed early, not which. A source whose connection drops has it too:
the export is cut in the middle, and the log says that the client disconnected (on Node 18, 20, 22,
24 and 26). And a client that leaves may cause another code, ERR_STREAM_UNABLE_TO_PIPE when it is
gone before the start (Node 23 and later), ECONNRESET during an upload (always): what takes those
for failures rethrows them, and in many handlers that ends the process.

## What changes

In the catch, or the callback, of a pipeline into a response the test asks the response: it is
destroyed, and has no error of its own, exactly when the client is gone. For an upload it asks
whether the response is destroyed and the request incomplete. Where other work stands in the same
`try`, where more is tested than codes, or failures are rolled back, the code is asked for as well:
then nothing passes for a client that left which did not pass before.

## What is left alone

Tests that also look at a signal, or at who is gone; code far from any pipeline, and clients' own
code. Pipelines with options, HTTP/2, and code that does more for a client that left than to log and
return: declined with the recipe by hand. It is shown for an 'error' listener of a Koa application
that drops the code.
"""

from collections.abc import Iterator

from unleak_codemods.catches.leaving import obstacle, rewritten, site_of
from unleak_codemods.catches.reporting import listener_of_app
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety


def _may_catch(data: bytes, options: Options) -> bool:
    """Whether a file has a pipeline of Node's, or an application whose errors it hears."""
    return (b"ipeline" in data and b"stream" in data) or b"koa" in data


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["ERR_STREAM_PREMATURE_CLOSE"],
    hits=r"""(?<=["'`])ERR_STREAM_PREMATURE_CLOSE(?=["'`])""",
    query="""
        (binary_expression
          (string
            (string_fragment) @code
            (#eq? @code "ERR_STREAM_PREMATURE_CLOSE")) @string)
    """,
    worth=_may_catch,
    references=[
        "https://nodejs.org/api/errors.html#err_stream_premature_close",
        "https://nodejs.org/api/stream.html#writableerrored",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = site_of(match.file, match["string"])
    if site is None:
        said = listener_of_app(match.file, match["string"])
        if said is not None:
            yield said
        return
    code = obstacle(site)
    yield rewritten(site) if code is None else site.declined(code)
