"""Open no source for a client that left while the handler waited.

## Why it leaks

A handler that awaits a query, a permission, a cache, and then opens a file for the response, opens
it for nobody when the client left meanwhile. From Node 23 on `pipeline` throws at once into a
response that is already destroyed, before it owns its stages: the file stays open (10 of 10 on
Node 24 and 26, none on 18, 20 and 22, which only read in vain).

## What changes

`if (res.destroyed) return;` goes right before the source is opened, behind the last wait; a
`finally` around it still runs.

## What is left alone

Handlers that look for the client in any way, or that close the source when the pipeline fails;
code that does more than serve from there on, or than tell of a failure; Fastify and HTTP/2;
sources that are not proven to hold something; code that only runs on Node below 23: silence.
"""

from collections.abc import Iterator

from unleak_codemods.clients.answers import declined, is_too_old
from unleak_codemods.clients.serving import serving_late
from unleak_codemods.clients.serving_reasons import MESSAGE, REASONS, SKIPS
from unleak_codemods.streams.grounds import grounds
from unleak_engine.codemod import Answer, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety


def _may_open(data: bytes, options: Options) -> bool:
    """Whether the file waits for something and opens a source."""
    return b"await" in data and (b"createReadStream" in data or b"openDownloadStream" in data)


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["pipeline"],
    hits=r"pipeline(?<![\w$]pipeline)\w*\s*\(",
    query="""
        (call_expression function: (_) @callee (#match? @callee "pipeline\\\\w*$")) @call
    """,
    worth=_may_open,
    references=[
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
        "https://github.com/nodejs/node/issues/65063",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    ceiling = match.target.node_ceiling
    if ceiling is not None and ceiling < 23:
        return
    site = serving_late(match.file, match["call"])
    if site is None:
        return
    evidence = (grounds(match.file, site.first, site.evidence), site.exchange.grounds)
    if is_too_old(match.file):
        yield declined(
            match.file,
            Span.of(site.first),
            site.first.start_byte,
            MESSAGE,
            "node-too-old",
            REASONS,
            names={"RESPONSE": site.exchange.response},
            evidence=evidence,
        )
        return
    source, at = match.source, site.opening.start_byte
    stop = ";" if source.uses_semicolons else ""
    line = f"if ({site.exchange.gone}) return{stop}{source.newline}{source.indent(at)}"
    yield Rewrite(
        span=Span.of(site.first),
        anchor=site.first.start_byte,
        message=MESSAGE,
        edits=(Edit.insert(at, line),),
        safety=Safety.UNSAFE,
        evidence=evidence,
        notes=(SKIPS,),
    )
