"""Let the catch of a pipeline close the source that it never took over.

## Why it leaks

From Node 23 on, a pipeline whose destination has closed before it begins throws
ERR_STREAM_UNABLE_TO_PIPE before it owns its stages. Whoever catches that has a source that is open
and that nobody closes: 10 of 10 descriptors after 10 downloads whose client was gone, on Node 24
and 26. On Node 18, 20 and 22 the same pipeline destroys every stage.

## What changes

What hears of the failure, a `catch` clause or a function given to `.catch`, closes the source
first: `source.destroy()`, and the stages between that were made here. It does so without an
argument: with the error, the very case it is for would crash the process. A source
that the clause cannot see, since it is made in the `try` or in the call itself, is closed by a
`.catch` at the pipeline, which throws the error on.

## What is left alone

Destinations that are made here, and those that the code looks at after its last wait
(`res.destroyed`): they cannot have closed. Sources that the code closes in any way, hands on,
uses again, or reads in rounds; requests, sockets and stdin, which are not the catch's to close;
lists, generators and web streams. Packages that only run below Node 23.
"""

from collections.abc import Iterator

from unleak_codemods.catches.closing import rewritten
from unleak_codemods.catches.sources import obstacle, site_of
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety


def _may_catch(data: bytes, options: Options) -> bool:
    """Whether a file has a pipeline of Node's, and hears of failures."""
    return b"stream" in data and b"promis" in data and b"catch" in data


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["ipeline"],
    hits=r"[pP]ipeline[\w$]*\s*\(",
    query="""
        (call_expression
          function: [
            (identifier) @name
            (member_expression property: (property_identifier) @name)
          ]
          (#match? @name "[pP]ipeline")) @call
    """,
    worth=_may_catch,
    references=[
        "https://github.com/nodejs/node/issues/65063",
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = site_of(match.file, match["call"])
    if site is None:
        return
    code = obstacle(site)
    yield rewritten(site) if code is None else site.declined(code)
