"""Give a resource back when the pipeline is over, not when the response closes.

## Why it leaks

`res.on('close', release)` hears a close that comes after it. A client that leaves while the
handler waits for its connection has closed the response already: the listener is never called and
the connection stays taken (released 0 times instead of once, on Node 18, 20, 22, 24 and 26). With
'finish' nothing is given back for any client that leaves.

## What changes

Where the same handler awaits a pipeline into that response, what follows the listener moves into
`try { … } finally { await release(); }`, which runs once on every path; where the source is made
in it, it begins with `if (res.destroyed) return;`, since a pipeline into a closed response leaves
its source open on Node 23 and newer. A pipeline that is not awaited gets a `finally` behind its
catch.

## What is left alone

Listeners that count, log or abort something, 'close' listeners of handlers that wait for nothing
before, and responses that nothing is piped into: silence, unless the handler waits before it
listens, then the recipe is shown. With `.pipe()` the listener is
what gives back when the client leaves, so it stays until the chain is a pipeline: declined.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.owning.finally_block import (
    added_to_try,
    chained_behind,
    release_text,
    wrapped_in_try,
)
from unleak_codemods.owning.reasons import BOUND, FAILS_NOW, MOVED, RESPONSES, SOURCE_OPEN
from unleak_codemods.owning.releases import released_elsewhere
from unleak_codemods.owning.responses import (
    Bound,
    Piped,
    awaits_before,
    between,
    bound_at,
    may_look_first,
    piped_into,
    settles_with_response,
)
from unleak_codemods.owning.settled import link_of, place_of
from unleak_codemods.streams.syntax import inside, named, walk, wrapped
from unleak_engine.codemod import Answer, Declined, File, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety
from unleak_engine.flow import completes

_LISTENS = re.compile(
    rb"""\.\s*(?:on|once)\s*\(\s*["'](?:close|finish)["']\s*,[^;]{0,200}?"""
    rb"""(?:(?:elease|unlock|relinquish|dispose|free|giveBack|putBack|returnToPool)\w*"""
    rb"""|(?i:conn|connection|client|pool|session|lock|lease|slot|permit|mutex|semaphore|db"""
    rb"""|database|transaction|tx|browser|page|handle|fh)!?\s*\??\.\s*"""
    rb"""(?:close|end|destroy|disconnect|leave))\s*[(),]"""
)


def _worth(data: bytes, _: Options) -> bool:
    return _LISTENS.search(data) is not None


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["'close'", '"close"', "'finish'", '"finish"'],
    hits=r"""\.\s*(?:on|once)(?=\s*\(\s*["'](?:close|finish)["'])""",
    query="""
        (call_expression
          function: (member_expression property: (property_identifier) @on)
          (#any-of? @on "on" "once")) @call
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/http.html#event-close_1",
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    file = match.file
    bound = bound_at(file, match["call"])
    if bound is None:
        return
    piped = piped_into(file, bound)
    release = release_text(file, bound.given)
    if not piped:
        if awaits_before(file, bound) and not _looks_first(file, bound):
            yield _declined(file, bound, "close-came-first")
        return
    late = bound.event == "finish" or awaits_before(file, bound)
    if not late and all(each.pipeline is not None for each in piped):
        return  # a pipeline closes the response, and nobody could close it before
    code = _obstacle(file, bound, piped, release)
    edits = code or _edits(file, bound, piped[0], release or "")
    if isinstance(edits, str):
        yield _declined(file, bound, edits)
        return
    notes: tuple[str, ...] = (MOVED, FAILS_NOW)
    if not any(b".destroyed) return" in edit.text for edit in edits):
        notes = (*notes, SOURCE_OPEN)
    yield Rewrite(
        span=Span.of(bound.call),
        anchor=bound.on.start_byte,
        message=BOUND,
        edits=edits,
        safety=Safety.UNSAFE,
        notes=notes,
    )


def _looks_first(file: File, bound: Bound) -> bool:
    """Whether the handler looks whether its response is gone."""
    text = file.source.bytes(bound.handler.function)
    return re.search(rb"\b(?:destroyed|closed|writableEnded|writableFinished)\b", text) is not None


def _obstacle(file: File, bound: Bound, piped: list[Piped], release: str | None) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if any(each.pipeline is None for each in piped):
        return "no-pipeline"
    if released_elsewhere(file, bound.name, bound.statement):
        return "released-elsewhere"
    if len(piped) > 1 or release is None:
        return "stands-otherwise"
    pipeline = piped[0].pipeline
    if pipeline is None or not settles_with_response(file, pipeline):
        return "stage-may-sleep"
    return None


def _edits(file: File, bound: Bound, piped: Piped, release: str) -> tuple[Edit, ...] | str:
    """The edits that move the release, or the code of what stands in the way."""
    chain = piped.call
    while (link := link_of(chain)) is not None:
        chain = link[1]
    statement = file.functions.statement_of(chain)
    block = bound.statement.parent
    if file.functions.enclosing(chain) != bound.handler.function or block is None:
        return "stands-otherwise"
    place = place_of(chain)
    if place == "floating":
        first, second = sorted((bound.statement, statement), key=lambda node: node.start_byte)
        beside = statement.parent == block and first.next_named_sibling == second
        if not beside or not _plain(file, piped, bound, statement):
            return "stands-otherwise"
        return chained_behind(file, bound, wrapped(chain), release)
    if place != "awaited" or bound.statement.start_byte > statement.start_byte:
        return "stands-otherwise"
    last = _in_block(statement, block)
    if last is None or block != file.functions.body(bound.handler.function):
        return "stands-otherwise"
    if last.type not in ("expression_statement", "try_statement") or not _ends(block, last):
        return "stands-otherwise"
    middle = between(bound, last)
    if any(_leaves(node) for node in middle):
        return "leaves-early"
    if last != statement and not _straight(last, chain):
        return "stands-otherwise"
    assert piped.pipeline is not None
    guarded = may_look_first(file, bound, piped.pipeline)
    if last.type == "try_statement" and not middle:
        if last.child_by_field_name("finalizer") is None:
            return added_to_try(file, bound, last, release, guarded=guarded)
        return "stands-otherwise"
    if _named_outside(file, [*middle, last]):
        return "stands-otherwise"
    return wrapped_in_try(file, bound, last, release, guarded=guarded)


def _named_outside(file: File, moved: list[Node]) -> bool:
    """Whether code that stays uses what `moved` declares, and would not see it in a `try`."""
    start, end = moved[0].start_byte, moved[-1].end_byte
    for statement in moved:
        for node in walk(statement):
            binding = file.bindings.resolve(node) if node.type == "identifier" else None
            if binding is None or binding.kind in ("var", "param"):
                continue
            if not start <= binding.node.start_byte < end:
                continue
            if not all(start <= use.start_byte < end for use in file.bindings.references(binding)):
                return True
    return False


def _in_block(statement: Node, block: Node) -> Node | None:
    """The statement of `block` that `statement` is, or stands in."""
    return next((node for node in named(block) if inside(statement, node)), None)


def _ends(block: Node, last: Node) -> bool:
    return not any(
        node.start_byte >= last.end_byte and node.type != "function_declaration"
        for node in named(block)
    )


def _leaves(statement: Node) -> bool:
    """Whether a statement may leave the handler on purpose."""
    if not completes(statement):
        return True
    nodes = walk(statement, into_functions=False)
    return any(node.type == "return_statement" for node in nodes)


def _straight(statement: Node, chain: Node) -> bool:
    """Whether the pipeline is awaited in the block of a `try` itself, and nothing before it there
    leaves the handler."""
    body = statement.child_by_field_name("body")
    if body is None or not inside(chain, body):
        return False
    for node in named(body):
        if inside(chain, node):
            return node.type == "expression_statement"
        if _leaves(node):
            return False
    return False


def _plain(file: File, piped: Piped, bound: Bound, statement: Node) -> bool:
    """Whether nothing throws between the listener and the pipeline that follows it."""
    if bound.statement.start_byte > statement.start_byte or piped.pipeline is None:
        return True
    return all(stage.type == "identifier" for stage in piped.pipeline.stages[:-1])


def _declined(file: File, bound: Bound, code: str) -> Declined:
    reason = RESPONSES[code]
    release = release_text(file, bound.given) or f"{bound.name}()"
    return Declined(
        span=Span.of(bound.call),
        anchor=bound.on.start_byte,
        message=BOUND,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("RES", bound.response).replace("RELEASE", release),
        shown=reason.shown,
    )
