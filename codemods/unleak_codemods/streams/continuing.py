"""What the listeners of a promise do when a copy is done or has failed, moved behind the pipeline.

Behind a pipeline 'close' follows failure as well, before or after the promise is rejected: what
goes on there would take a failed copy for a whole one. And 'error' is heard on every stage, on
some twice: what must not happen twice has its place in the one `catch`.
"""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.detaching import LISTENERS_STAY, OTHERS_STAY
from unleak_codemods.streams.heard import known_at, leaves_between
from unleak_codemods.streams.listening import (
    Heard,
    harmless,
    heard,
    mentions,
    settles_later,
)
from unleak_codemods.streams.pipelines import comments_cut, moved_text
from unleak_codemods.streams.pipes import Site, takes_listeners_off
from unleak_codemods.streams.settling import settling
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    named,
    walk,
)
from unleak_codemods.streams.wrappers import Wrapper
from unleak_engine.edit import Edit, Kept

WHEN_DONE = "what 'close' did happens when the whole copy succeeded, no longer after a failure"
WHEN_WRITTEN = "the promise settles when all is written, no longer when the source has ended"
ONCE = "the 'error' listener is called once, for a failure or an early close of any stage"
_TAKES = frozenset({"write", "end", "close", "destroy", "pipe", "on", "once", "read", "resume"})


class Continuing(NamedTuple):
    """`after` is what is called on the promise of the pipeline, `edits` take the listeners from
    where they stood; `changed` are those in the chain itself, as `pipeline_parts` takes them."""

    after: str
    edits: tuple[Edit, ...]
    changed: dict[int, str | None]
    notes: tuple[str, ...]


def continuing(site: Site, wrapper: Wrapper, reject: str, *, fresh: bool) -> Continuing | str:
    """How the listeners move, or the code of what keeps them from it. `reject` is the name that
    rejects the promise; `fresh` says that the destination was made in this tick."""
    listeners = heard(site)
    may_move = fresh and not takes_listeners_off(site)
    done = _goes_on(site, wrapper, listeners, may_move)
    if isinstance(done, str):
        return done
    failing = _answers(site, wrapper, listeners, may_move)
    if isinstance(failing, str):
        return failing
    notes = [ONCE] if failing else []
    if done:
        notes.append(WHEN_DONE if done[0].event == "close" else WHEN_WRITTEN)
    gone = [*done, *failing]
    stay = [item for item in listeners if item not in gone]
    if any(item.event in ("error", None) for item in stay):
        notes.append(LISTENERS_STAY)
    elif stay:
        notes.append(OTHERS_STAY)
    edits, changed = _taken(site, gone)
    return Continuing(_after(site, done, failing, reject), edits, changed, tuple(notes))


def _after(site: Site, done: list[Heard], failing: list[Heard], reject: str) -> str:
    """The calls on the promise. What answers an error answers no throw of what comes after a
    success: that ends the process, as it did in a listener."""
    then = _moved(site, done[0]) if done else None
    caught = _moved(site, failing[0]) if failing else reject
    if then is None:
        return f".catch({caught})"
    both = failing or ("{" not in then and "(" not in then)
    return f".then({then}, {caught})" if both else f".then({then}).catch({caught})"


def _goes_on(
    site: Site, wrapper: Wrapper, listeners: list[Heard], may_move: bool
) -> list[Heard] | str:
    """The listener that goes on when the copy is done, as often as it is attached: of 'close', or
    of the 'end' of an earlier stage, if it resolves the promise."""
    last = len(site.chain.stages) - 1
    names = frozenset({wrapper.reject or ""})
    found: list[Heard] = []
    for item in listeners:
        resolves = mentions(site.file, item.handler, wrapper.resolve)
        if item.event == "close" and not harmless(site.file, item.handler, names):
            if not resolves:
                return "close-continues"
            found.append(item)
        elif item.stage < last and item.event in ("end", "finish") and resolves:
            found.append(item)
    one = len({_text(site, item.handler) for item in found}) == 1
    movable = may_move and one and all(_movable(site, item) for item in found)
    if not found or (site.destination.role == "writable" and movable):
        return found
    if any(item.event != "close" for item in found):
        return "settles-early"
    if site.destination.role == "response" and all(item.stage == last for item in found):
        return [] if _source_is_heard(site, wrapper, listeners) else "close-continues"
    rejects = {
        item.stage
        for item in listeners
        if item.event == "error" and mentions(site.file, item.handler, wrapper.reject)
    }
    # A listener that only resolves comes too late where the stage's own 'error' has rejected.
    stay = all(
        item.stage in rejects
        and settling(site.file, item.handler, wrapper.resolve, wrapper.reject).how == "resolve"
        for item in found
    )
    return [] if stay else "close-continues"


def _source_is_heard(site: Site, wrapper: Wrapper, listeners: list[Heard]) -> bool:
    """Whether a failure of the source settles the promise before the response can say 'close',
    which always meant no more than that the client is served, or gone."""
    return any(
        item.stage == 0 and item.event == "error" and _settles(site, wrapper, item)
        for item in listeners
    )


def settled_by_close(site: Site, wrapper: Wrapper) -> bool:
    """Whether the destination's 'close' settles the promise."""
    last = len(site.chain.stages) - 1
    return any(
        item.stage == last and item.event == "close" and _settles(site, wrapper, item)
        for item in heard(site)
    )


def _answers(
    site: Site, wrapper: Wrapper, listeners: list[Heard], may_move: bool
) -> list[Heard] | str:
    """The listeners for 'error' that the one `catch` takes the place of, none when all may stay.

    One stays where its own stage's failure settles the promise before any other listener can, and
    a second call does no harm or cannot be: a core stream says 'error' once.
    """
    failing = [item for item in listeners if item.event in ("error", None)]
    if any(item.event is None for item in failing):
        return "error-handler-answers"
    settles = frozenset({wrapper.resolve, wrapper.reject or ""})
    if any(_turns_elsewhere(site, item.handler, settles) for item in failing):
        return "error-handler-answers"
    slow = [item for item in failing if settles_later(site.file, item.handler, settles)]
    once = [
        item for item in failing if item in slow or not harmless(site.file, item.handler, settles)
    ]
    resolving = [item for item in failing if mentions(site.file, item.handler, wrapper.resolve)]
    settled = {item.stage for item in failing if _settles(site, wrapper, item)}
    unheard = len(settled) < len(site.chain.stages)
    twice = len({item.stage for item in once}) > 1 or (bool(once) and site.source.kind.fed)
    if once and site.destination.role == "response":
        return "error-handler-answers"  # it would answer a client that has left
    if not twice and not slow and not (resolving and unheard):
        return []
    moving = [item for item in failing if item in once or item in resolving]
    plain = [item for item in failing if item not in moving and _settles(site, wrapper, item)]
    told = not unheard or all(_tells_failure(site, wrapper, item) for item in resolving)
    if resolving and (plain or not told):
        return "error-handler-answers"
    if len({_text(site, item.handler) for item in moving}) != 1 or not _settles(
        site, wrapper, moving[0]
    ):
        return "error-handler-answers"
    gone = [*moving, *plain]
    by_name = all(
        site.file.source.text(item.handler) == wrapper.reject for item in plain if item.handler
    )
    if by_name and may_move and all(_movable(site, item) for item in gone):
        return gone
    return "error-handler-answers"


def _turns_elsewhere(site: Site, handler: Node | None, settles: frozenset[str]) -> bool:
    """Whether a listener settles the promise in one branch and does something else in the other,
    such as to give a retry up: the `catch` would settle it after that."""
    if handler is None or handler.type not in FUNCTIONS:
        return False
    for node in walk(handler):
        if node.type != "if_statement":
            continue
        branches = [node.child_by_field_name(part) for part in ("consequence", "alternative")]
        said = [
            any(mentions(site.file, branch, name) for name in settles if name)
            for branch in branches
            if branch is not None
        ]
        if len(said) == 2 and said[0] != said[1]:
            return True
    return False


def _settles(site: Site, wrapper: Wrapper, item: Heard) -> bool:
    return any(
        mentions(site.file, item.handler, name) for name in (wrapper.resolve, wrapper.reject)
    )


def _tells_failure(site: Site, wrapper: Wrapper, item: Heard) -> bool:
    """Whether a listener for 'error' resolves with what can only mean a failure, in any case: it
    may then tell of every stage's failure."""
    if item.handler is None or any(node.type in _BRANCHES for node in walk(item.handler)):
        return False
    calls = [
        node
        for node in walk(item.handler)
        if node.type == "call_expression"
        and (target := callee(node)) is not None
        and site.file.source.text(target) == wrapper.resolve
    ]
    return bool(calls) and all(
        [site.file.source.text(part) for part in arguments(node)] in (["false"], ["null"])
        for node in calls
    )


_BRANCHES = frozenset({"if_statement", "ternary_expression", "switch_statement", "try_statement"})


def _movable(site: Site, item: Heard) -> bool:
    """Whether a listener means the same behind the pipeline: it uses neither what it was called
    with, except an error, nor the stages as they were while they were open."""
    if item.handler is None or not (item.chained or item.statement is not None):
        return False
    if comments_cut(site.file.source, item.call, item.handler):
        return False
    if len(arguments(item.call)) != 2 or not known_at(site, item.handler):
        return False
    own = site.file.functions.statement_of(site.chain.node)
    if item.statement is not None and leaves_between(item.statement, own):
        return False
    if item.statement is not None and _comment_behind(item.statement):
        return False
    if item.handler.type == "identifier":
        return True
    if item.handler.type not in FUNCTIONS:
        return False
    if len(site.file.functions.parameters(item.handler)) > (1 if item.event == "error" else 0):
        return False
    if item.handler.type == "function_expression" and any(
        node.type == "this" or site.file.source.bytes(node) == b"arguments"
        for node in walk(item.handler)
    ):
        return False
    if item.event == "error":
        return True
    stages = {site.file.source.text(stage.node) for stage in site.chain.stages}
    return not any(
        (method := called_method(node)) is not None
        and site.file.source.text(method[0]) in stages
        and site.file.source.text(method[1]) in _TAKES
        for node in walk(item.handler)
        if node.type == "call_expression"
    )


def _comment_behind(statement: Node) -> bool:
    after = statement.next_named_sibling
    return (
        after is not None
        and after.type == "comment"
        and after.start_point.row == statement.end_point.row
    )


def _text(site: Site, handler: Node | None) -> str:
    return " ".join(site.file.source.text(handler).split()) if handler is not None else ""


def _moved(site: Site, item: Heard) -> str:
    """The listener's text at the indentation of the chain."""
    assert item.handler is not None
    source = site.file.source
    return moved_text(source, item.handler, source.indent(site.chain.node.start_byte))


def _taken(site: Site, items: list[Heard]) -> tuple[tuple[Edit, ...], dict[int, str | None]]:
    """What takes the listeners away: whole statements with the comments right above them, which
    go above the chain, and single calls of those that attach more."""
    source = site.file.source
    edits: list[Edit] = []
    changed: dict[int, str | None] = {}
    whole: dict[int, Node] = {}
    gone = {item.call.id for item in items}
    for item in items:
        cut = _call_span(item.call)
        if item.chained:
            changed[item.call.end_byte] = None
        elif item.statement is not None and _all_go(item.statement, gone):
            whole[item.statement.start_byte] = item.statement
        else:
            edits.append(Edit(cut.start, cut.end, b""))
    comments: list[str] = []
    spans: list[Kept] = []
    for start in sorted(whole):
        above = _comments_above(whole[start])
        comments += [source.text(node) for node in above]
        span = _lines(site, above[0].start_byte if above else start, whole[start].end_byte)
        if spans and spans[-1].end == span.start:
            span = Kept(spans.pop().start, span.end)
        spans.append(span)
    edits += [_deletion(site, span) for span in spans]
    if comments:
        statement = site.file.functions.statement_of(site.chain.node)
        first = [*_comments_above(statement), statement][0].start_byte
        line = source.newline + source.indent(first)
        edits.append(Edit.insert(first, "".join(text + line for text in comments)))
    return tuple(edits), changed


def _all_go(statement: Node, gone: set[int]) -> bool:
    """Whether every listener that `statement` attaches goes."""
    node = named(statement)[0]
    while (found := called_method(node)) is not None:
        if node.id not in gone:
            return False
        node = found[0]
    return True


def _call_span(call: Node) -> Kept:
    """`.on('event', handler)` of a call, without what it is called on."""
    function = call.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else None
    return Kept(owner.end_byte if owner is not None else call.start_byte, call.end_byte)


def _comments_above(statement: Node) -> list[Node]:
    """The comments on the lines right above `statement`, each on lines of its own."""
    found: list[Node] = []
    below = statement
    while (node := below.prev_named_sibling) is not None and node.type == "comment":
        before = node.prev_named_sibling
        alone = before is None or before.end_point.row < node.start_point.row
        if node.end_point.row + 1 != below.start_point.row or not alone:
            break
        found.append(node)
        below = node
    return found[::-1]


def _lines(site: Site, start: int, end: int) -> Kept:
    """`start:end` with the rest of its lines where nothing else stands on them."""
    data = site.file.source.data
    line = site.file.source.line_start(start)
    after = data.find(b"\n", end) + 1 or len(data)
    alone = not data[line:start].strip() and not data[end:after].strip()
    return Kept(line, after) if alone else Kept(start, end)


def _deletion(site: Site, span: Kept) -> Edit:
    """The deletion of `span`, of the blank lines below too when there are some above, or when it
    begins its block."""
    data, start, after = site.file.source.data, span.start, span.end
    above = data[site.file.source.line_start(max(start - 1, 0)) : start].strip()
    if start == site.file.source.line_start(start) and (not above or above.endswith(b"{")):
        while (below := data.find(b"\n", after) + 1) and not data[after:below].strip():
            after = below
    return Edit(start, after, b"")
