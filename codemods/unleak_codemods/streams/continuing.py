"""What the listeners of a promise do when a copy is done or has failed, moved behind the pipeline.

Behind a pipeline 'close' follows failure as well, before or after the promise is rejected: what
goes on there would take a failed copy for a whole one. And 'error' is heard on every stage, on
some twice: what must not happen twice has its place in the one `catch`.
"""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.listening import Heard, harmless, heard, mentions, taken_off
from unleak_codemods.streams.pipelines import indented
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.settling import settling
from unleak_codemods.streams.syntax import FUNCTIONS, called_method, inside, named, walk
from unleak_codemods.streams.wrappers import Wrapper
from unleak_engine.edit import Edit, Kept

WHEN_DONE = (
    "what 'close' did happens when the whole copy succeeded, no longer after a failure; a throw in "
    "it rejects the promise"
)
WHEN_WRITTEN = "the promise settles when all is written, no longer when the source has ended"
ONCE = "the 'error' listener is called once, for a failure or an early close of any stage"
_TAKES = frozenset({"write", "end", "close", "destroy", "pipe", "on", "once", "read", "resume"})


class Continuing(NamedTuple):
    """`after` is what is called on the promise of the pipeline, `edits` take the listeners from
    where they stood, `without` covers those in the chain itself."""

    after: str
    edits: tuple[Edit, ...]
    without: tuple[Kept, ...]
    notes: tuple[str, ...]


def continuing(site: Site, wrapper: Wrapper, reject: str, *, fresh: bool) -> Continuing | str:
    """How the listeners move, or the code of what keeps them from it. `reject` is the name that
    rejects the promise; `fresh` says that the destination was made in this tick."""
    listeners = heard(site)
    done = _goes_on(site, wrapper, listeners, fresh)
    failing = _answers(site, wrapper, listeners)
    if isinstance(done, str):
        return done
    if isinstance(failing, str):
        return failing
    if not done and not failing:
        return Continuing(f".catch({reject})", (), (), ())
    if failing and (not fresh or taken_off(site)):
        return "error-handler-answers"
    for item in (*done, *failing):
        if not _movable(site, item):
            return "close-continues" if item in done else "error-handler-answers"
    notes = [ONCE] if failing else []
    if done:
        notes.append(WHEN_DONE if done[0].event == "close" else WHEN_WRITTEN)
    edits, without = _taken(site, [*done, *failing])
    return Continuing(_after(site, done, failing, reject), edits, without, tuple(notes))


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
    site: Site, wrapper: Wrapper, listeners: list[Heard], fresh: bool
) -> list[Heard] | str:
    """The listener that goes on when the copy is done, as often as it is attached: of 'close', or
    of the 'end' of an earlier stage, if it resolves the promise."""
    last = len(site.chain.stages) - 1
    found: list[Heard] = []
    for item in listeners:
        resolves = mentions(site.file, item.handler, wrapper.resolve)
        if item.event == "close" and not harmless(site.file, item.handler, wrapper.reject):
            if not resolves:
                return "close-continues"
            found.append(item)
        elif item.stage < last and item.event in ("end", "finish") and resolves:
            found.append(item)
    if not found:
        return []
    if site.destination.role == "writable" and fresh and not taken_off(site):
        return (
            found if len({_text(site, item.handler) for item in found}) == 1 else "close-continues"
        )
    if any(item.event != "close" for item in found):
        return "settles-early"
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


def _answers(site: Site, wrapper: Wrapper, listeners: list[Heard]) -> list[Heard] | str:
    """The listener for 'error' that must be called once, as often as it is attached."""
    failing = [item for item in listeners if item.event in ("error", None)]
    if any(item.event is None for item in failing):
        return "error-handler-answers"
    found = [item for item in failing if not harmless(site.file, item.handler, wrapper.reject)]
    if not found:
        return []
    settles = any(
        mentions(site.file, item.handler, name)
        for item in found
        for name in (wrapper.resolve, wrapper.reject)
    )
    foldable = settles and len({_text(site, item.handler) for item in found}) == 1
    if foldable and all(item.statement is not None or item.chained for item in found):
        return found
    core = not site.source.kind.fed
    resolves = any(mentions(site.file, item.handler, wrapper.resolve) for item in found)
    return [] if len(found) == 1 and core and not resolves else "error-handler-answers"


def _movable(site: Site, item: Heard) -> bool:
    """Whether a listener means the same behind the pipeline: it uses neither what it was called
    with, except an error, nor the stages as they were while they were open."""
    if item.handler is None or not (item.chained or item.statement is not None):
        return False
    if _says_more(item.call, item.handler):
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


def _says_more(call: Node, handler: Node) -> bool:
    """Whether a comment stands in the call that attaches `handler`, and not in the handler."""
    cut = _call_span(call)
    return any(
        node.type == "comment" and node.start_byte >= cut.start and not inside(node, handler)
        for node in walk(call)
    )


def _text(site: Site, handler: Node | None) -> str:
    return " ".join(site.file.source.text(handler).split()) if handler is not None else ""


def _moved(site: Site, item: Heard) -> str:
    """The listener's text at the indentation of the chain."""
    assert item.handler is not None
    source = site.file.source
    span = Kept(item.handler.start_byte, item.handler.end_byte)
    old, new = source.indent(span.start), source.indent(site.chain.node.start_byte)
    return "".join(
        part if isinstance(part, str) else source.data[part.start : part.end].decode()
        for part in indented(source, span, old, new)
    )


def _taken(site: Site, items: list[Heard]) -> tuple[tuple[Edit, ...], tuple[Kept, ...]]:
    """What takes the listeners away: whole statements with the comments right above them, which
    go above the chain, and single calls of those that attach more."""
    source = site.file.source
    statement = site.file.functions.statement_of(site.chain.node)
    edits: list[Edit] = []
    without: list[Kept] = []
    comments: list[str] = []
    gone = {item.call.id for item in items}
    for item in items:
        cut = _call_span(item.call)
        if item.chained:
            without.append(cut)
        elif item.statement is not None and _all_go(item.statement, gone):
            above = _comments_above(site, item.statement)
            comments += [source.text(node) for node in above]
            first = above[0].start_byte if above else item.statement.start_byte
            edits.append(_line_gone(site, first, item.statement.end_byte))
        else:
            edits.append(Edit(cut.start, cut.end, b""))
    if comments:
        line = source.newline + source.indent(statement.start_byte)
        edits.append(Edit.insert(statement.start_byte, "".join(c + line for c in comments)))
    unique = {(edit.start, edit.end): edit for edit in edits}
    return tuple(unique.values()), tuple(without)


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


def _comments_above(site: Site, statement: Node) -> list[Node]:
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


def _line_gone(site: Site, start: int, end: int) -> Edit:
    """The deletion of `start:end`, of its lines where nothing else stands on them, and of the
    blank line below when there is one above."""
    data = site.file.source.data
    line = site.file.source.line_start(start)
    after = data.find(b"\n", end) + 1 or len(data)
    if data[line:start].strip() or data[end:after].strip():
        return Edit(start, end, b"")
    above = data[site.file.source.line_start(max(line - 1, 0)) : line].strip()
    below = data.find(b"\n", after) + 1
    if above in (b"",) or above.endswith(b"{"):
        while below and not data[after:below].strip():
            after, below = below, data.find(b"\n", below) + 1
    return Edit(line, after, b"")
