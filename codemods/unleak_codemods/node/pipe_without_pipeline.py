"""Let every stage of a `.pipe()` chain be destroyed when one of them fails or closes.

## Why it leaks

`.pipe()` moves bytes and nothing else. When the client leaves, or a later stage fails or closes,
the source is unpiped and kept: its file descriptor, socket or cursor stays open for good (20 of
20 after 20 aborted downloads, on Node 18, 20, 22, 24 and 26), and a promise that waits for
'finish' never settles.

## What changes

Stages go through `pipeline` of `node:stream/promises`, which ends on success, on failure of any
stage and on a close without a word, and then destroys every stage. A promise wrapped around a
copy becomes that call, awaited or returned; one that does more keeps it all and rejects on every
failure. The last effect of an async function is awaited; other statements start the call where
they stand, in a request handler with a catch that tells a failure from a client that left. A value
that is used comes from the callback form of `node:stream`. Listeners for 'error' and 'close' that
go on with something move behind the pipeline, where they run once; an answer to a failed source
is sent if nothing was sent before. Where failures are passed on to a reader by hand, the chain
stays, and the stages before the reader's are closed with it.

## What is left alone

Chains with `{ end: false }`, process.stdin and process.stdout, streams piped more than once or
both ways, stages that belong to someone else, streams of other libraries, and everything that
only looks like a stream (rxjs, zod, effect): declined with the recipe by hand, or silence.
"""

from collections.abc import Iterator

from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import pipe_statement
from unleak_codemods.streams.handing_on import hand_on
from unleak_codemods.streams.passing import is_let_go
from unleak_codemods.streams.receiving import is_received
from unleak_codemods.streams.returning import pipe_and_return, returns_the_response
from unleak_codemods.streams.unwrapping import in_a_promise
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=[".pipe"],
    hits=r"\.\s*pipe\s*(?:\?\.|[(</!])",
    query="""
        (call_expression
          function: (member_expression
            property: (property_identifier) @pipe
            (#eq? @pipe "pipe"))) @call
    """,
    worth=pipes.may_be_streams,
    references=[
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
        "https://github.com/nodejs/node/issues/65063",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = pipes.site_at(match.file, match["call"])
    if site is None:
        return
    code = pipes.obstacle(site)
    if code is not None:
        yield site.declined(code)
    elif any(link.optional for link in site.chain.links):
        yield site.declined("optional-chain")
    elif match.target.node_floor is not None and match.target.node_floor < 18:
        yield site.declined("node-too-old")
    elif pipes.hears_of_closing(site) and site.chain.place == "statement" and is_let_go(site):
        return
    elif (wrapper := site.wrapper) is not None:
        yield in_a_promise(site, wrapper)
    elif site.chain.place == "conditional":
        yield site.declined("conditional")
    elif returns_the_response(site):
        yield pipe_and_return(site)
    elif site.chain.place != "statement":
        yield hand_on(site)
    elif pipes.at_top_of_a_module(site):
        yield site.declined("top-level-module")
    elif not is_received(site):
        yield pipe_statement(site)
