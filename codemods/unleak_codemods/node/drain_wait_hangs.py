"""Let a wait for 'drain' end when the stream ends or closes instead.

## Why it leaks

`await once(writable, 'drain')` settles on 'drain' and on 'error'. A stream that is destroyed
without an error, ended by somebody else, or left by its client emits neither: the function waits
for ever and keeps everything it holds (10 of 10 handlers stuck and 10 cursors open after 10
clients left, on Node 18, 20, 22, 24 and 26). A race with 'error' is no better, and most races
leave listeners behind.

## What changes

The wait asks `drainedStrict`, a small function brought along at the end of the file: true for
'drain', false for a stream that ended or closed, a rejection for one that failed. When it is
false the code throws ERR_STREAM_PREMATURE_CLOSE; in a request handler it leaves the loop, since
not every framework catches what a handler throws. The test becomes `write(…) === false`: an
object whose `write()` returns nothing would be waited for, for ever.

## What is left alone

Callbacks given to `once('drain', …)`, waits that are already raced with 'close' under a signal,
and objects with a 'drain' of their own (sockets of ws, queues): silence. Waits whose value is
used, that another signal can end, or that stand in a callback nobody awaits: declined with the
recipe by hand.
"""

from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.drains.places import callback_use
from unleak_codemods.drains.recognising import wait_at
from unleak_codemods.drains.rewriting import exit_obstacle, rewritten
from unleak_codemods.drains.sites import Site, is_helper_body, site_of
from unleak_codemods.drains.waits import is_stable
from unleak_codemods.helpers.drained import is_helper
from unleak_codemods.streams.evidence import Level
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["drain"],
    hits=r"""drain(?<=["']drain)(?=["'])""",
    query="""
        (arguments (string (string_fragment) @name (#eq? @name "drain")) @event)
    """,
    references=[
        "https://nodejs.org/api/stream.html#event-drain",
        "https://nodejs.org/api/stream.html#streamfinishedstream-options-callback",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    if _in_the_helper(match):
        return
    wait = wait_at(match.file, match["event"])
    site = site_of(match.file, wait) if wait is not None else None
    if wait is None or site is None:
        return
    code = wait.code or _obstacle(site)
    yield rewritten(site) if code is None else site.declined(code)


def _in_the_helper(match: Match) -> bool:
    """Whether the wait is that of the function a rewrite has brought along."""
    function = match.functions.enclosing(match["event"])
    while function is not None:
        if is_helper(match.source.text(function)):
            return True
        function = match.functions.enclosing(function)
    return False


def _obstacle(site: Site) -> str | None:
    floor = site.file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if not is_stable(site.wait.receiver):
        return "receiver-computed"
    if _is_optional(site.wait.receiver):
        return "optional-chain"
    use = callback_use(site.file, site.wait.whole)
    if use == "stage":
        return "inside-a-stage"
    if use == "forgotten":
        return "callback-not-awaited"
    if site.evidence.level is Level.UNKNOWN:
        return "unknown-writable"
    if site.evidence.role == "legacy":
        return "legacy-stream"
    if site.gate.missed and not (site.evidence.proven and site.evidence.kind.core):
        return "drain-missed"
    if is_helper_body(site):
        if site.handler:
            return "called-by-handler"
        if not site.evidence.proven and not site.evidence.kind.role:
            return "callers-unseen"
    return exit_obstacle(site)


def _is_optional(node: Node) -> bool:
    return node.text is not None and b"?." in node.text
