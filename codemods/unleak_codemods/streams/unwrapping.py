"""The rewrite of a promise wrapper to a pipeline that is awaited or returned."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import pipes
from unleak_codemods.streams.continuing import WHEN_WRITTEN
from unleak_codemods.streams.evidence import Level, Owner
from unleak_codemods.streams.handing_on import hand_on
from unleak_codemods.streams.pipelines import indented, pipeline_parts
from unleak_codemods.streams.pipes import MESSAGE, Site
from unleak_codemods.streams.rejecting import reject_in_place, rejects_with
from unleak_codemods.streams.syntax import in_block, inside, named, walk
from unleak_codemods.streams.wrappers import (
    Wrapper,
    made_around,
    other_chains,
    read_body,
    same_value,
)
from unleak_engine.codemod import Answer, Rewrite, Span
from unleak_engine.edit import Edit, Kept, Part, Safety, weave
from unleak_engine.source import Source

LATER = "settles once the destination is closed, a moment later than 'finish'"
NEW_REJECTION = "the promise had no way to reject: a failed copy now rejects, so check the callers"
SYNC_THROW = "a stage that throws while it is made now throws at once instead of rejecting"
NEVER_ENDS = "the source need not end by itself; the promise already waited for it, as this does"
LOOKED_AT = "a stage is looked at elsewhere: it is destroyed once this settles"


def in_a_promise(site: Site, wrapper: Wrapper) -> Answer:
    """The answer for a chain somewhere in the executor of `wrapper`: lifted out of it where it
    is all the promise does, else left in its place with every failure rejecting."""
    directly = site.file.functions.enclosing(site.chain.node) == wrapper.executor
    if directly and site.chain.place in ("statement", "arrow"):
        answer = unwrap_promise(site, wrapper)
        if isinstance(answer, Rewrite):
            return answer
        return reject_in_place(site, wrapper, answer.code)
    if site.chain.place in ("returned", "assigned", "argument"):
        return hand_on(site, wrapper if directly and rejects_with(site, wrapper) else None)
    return reject_in_place(site, wrapper, "wrapper-nested")


def unwrap_promise(site: Site, wrapper: Wrapper) -> Answer:
    """The answer for a chain that stands directly in the executor of `wrapper`."""
    if wrapper.obstacle is None:
        read_body(site.file, wrapper, site.chain)
    code = _obstacle(site, wrapper)
    if code is not None:
        return site.declined(code)
    imported = site.file.bindings.import_name("stream/promises", "pipeline", wrapper.new)
    if imported is None:
        return site.declined("no-import-place")
    spelling = _spelling(site, wrapper, imported.expression)
    if spelling is None or any("@type" in text for text in _lost_comments(site, wrapper)):
        return site.declined("wrapper-in-expression")
    if not _names_are_free(site, wrapper):
        return site.declined("name-taken")
    safety, notes = _safety(site, wrapper)
    if spelling.may_throw and not _cannot_throw(site, wrapper):
        safety = Safety.UNSAFE
        notes.append(SYNC_THROW)
    edits = (*imported.edits, *spelling.edits, *_body_edits(site, wrapper, spelling))
    return Rewrite(
        span=Span.of(site.chain.node),
        anchor=site.chain.anchor.start_byte,
        message=MESSAGE,
        edits=edits,
        safety=safety,
        evidence=site.printed,
        notes=tuple(notes) if WHEN_WRITTEN in notes else (LATER, *notes),
    )


def _obstacle(site: Site, wrapper: Wrapper) -> str | None:
    if other_chains(site.file, wrapper, site.chain):
        return "piped-more-than-once"
    if wrapper.obstacle is not None:
        return wrapper.obstacle
    if pipes.fed_after(site):
        return "fed-after"
    if not wrapper.resolves or not same_value(site.file, wrapper):
        return "never-settles"
    return _stage_obstacle(site, wrapper) or _use_obstacle(site, wrapper)


def _stage_obstacle(site: Site, wrapper: Wrapper) -> str | None:
    if any(not found.taken for found in site.evidence[1:]) or site.source.level < Level.LIKELY:
        return "unknown-stage"
    if site.destination.role != "writable":
        return "settles-early" if site.destination.role == "duplex" else "not-owned"
    if site.source.role in ("child", "socket", "response", "upload", "writable"):
        return "not-owned"
    outside = (Owner.FIELD, Owner.MODULE, Owner.PROCESS)
    if any(found.owner in outside for found in site.evidence):
        return "not-owned"
    return None if made_around(site.file, wrapper, site.destination) else "not-owned"


def _use_obstacle(site: Site, wrapper: Wrapper) -> str | None:
    for use in site.all_uses:
        if any(inside(use.node, statement) for statement in wrapper.dropped):
            continue
        if use.what == "listener":
            return "listener-elsewhere"
        if use.what not in ("property", "tested") and not _in_value(wrapper, use.node):
            return "stage-used-elsewhere"
    return None


def _in_value(wrapper: Wrapper, node: Node) -> bool:
    return wrapper.value is not None and inside(node, wrapper.value)


def _safety(site: Site, wrapper: Wrapper) -> tuple[Safety, list[str]]:
    """`safe` when every stage is a core stream made here and nothing but settling happens."""
    notes: list[str] = []
    if not made_around(site.file, wrapper, site.source):
        notes.append(pipes.HANDED_OVER)
    elif not all(found.proven and found.kind.core for found in site.evidence):
        notes.append(pipes.FOREIGN)
    elif not site.source.kind.finite:
        notes.append(NEVER_ENDS)
    if wrapper.settles_on_the_source(site.chain):
        notes.append(WHEN_WRITTEN)
    if not wrapper.rejects:
        notes.append(NEW_REJECTION)
    looked = any(use.what in ("property", "tested") for use in site.all_uses)
    if looked or any(_in_value(wrapper, use.node) for use in site.all_uses):
        notes.append(LOOKED_AT)
    if any(found.kind.opaque for found in site.evidence):
        notes.append(pipes.OPAQUE)
    return (Safety.UNSAFE if notes else Safety.SAFE), notes


class _Spelling(NamedTuple):
    """What is written where `start:end` stood: `before stage, stage, … after`.

    `lifts` when the executor's declarations move into the block around the promise; `may_throw`
    when a stage that throws would no longer reject; `edits` make the function async.
    """

    start: int
    end: int
    before: str
    after: str
    lifts: bool = False
    may_throw: bool = False
    edits: tuple[Edit, ...] = ()
    lead: str = ""


def _spelling(site: Site, wrapper: Wrapper, callee: str) -> _Spelling | None:
    """How the call reads where the promise stood, None when its declarations have no place."""
    functions, source = site.file.functions, site.file.source
    call, value = f"{callee}(", wrapper.value
    text = source.text(value) if value is not None else None
    then = ")" if text is None else f").then(() => {_as_body(text)})"
    new, outer = wrapper.new, wrapper.outer
    function = functions.enclosing(new)
    edits: tuple[Edit, ...] = ()
    waits = function is not None and functions.is_async(function)
    given = wrapper.form in ("returned", "arrow") and function is not None and not waits
    if given and function is not None and functions.may_become_async(function) is None:
        edits, waits = tuple(functions.async_edits(function)), True
    if wrapper.form == "expression" or (wrapper.form == "arrow" and not waits):
        if wrapper.kept:
            return None
        return _Spelling(new.start_byte, new.end_byte, call, then, may_throw=True)
    stop = ";" if source.data[outer.end_byte - 1 : outer.end_byte] == b";" else ""
    line = source.newline + source.indent(outer.start_byte)
    if wrapper.form == "arrow":
        if not wrapper.kept:
            return _Spelling(new.start_byte, new.end_byte, call, then, edits=edits)
        return _arrow_spelling(site, wrapper, call, text, edits)
    start, end = outer.start_byte, outer.end_byte
    if not in_block(outer) and wrapper.kept:
        return None
    if wrapper.form == "awaited":
        return _Spelling(start, end, f"await {call}", f"){stop}", lifts=True)
    caught = bool(functions.enclosing_try(outer))
    single = not in_block(outer) or (text is None and not functions.is_last_effect(outer))
    if not waits or caught or single:
        return _Spelling(
            start,
            end,
            f"return {call}",
            then + stop,
            lifts=True,
            may_throw=caught or not waits,
            edits=edits,
        )
    after = f"){stop}" if text is None else f"){stop}{line}return {text}{stop}"
    return _Spelling(start, end, f"await {call}", after, lifts=True, edits=edits)


def _arrow_spelling(
    site: Site, wrapper: Wrapper, call: str, text: str | None, edits: tuple[Edit, ...]
) -> _Spelling:
    """`(a) => new Promise(…)` with stages of its own becomes `async (a) => { … }`."""
    source, new = site.file.source, wrapper.new
    start = new.start_byte
    while start > 0 and source.data[start - 1 : start].isspace():
        start -= 1
    if not source.data.endswith(b"=>", 0, start):
        start = new.start_byte
    line = source.newline + source.indent(start) + source.indent_unit
    stop = ";" if b";" in source.bytes(wrapper.executor) else ""
    after = f"){stop}" if text is None else f"){stop}{line}return {text}{stop}"
    spaced = "" if start == new.start_byte else " "
    return _Spelling(start, new.end_byte, f"await {call}", after, edits=edits, lead=spaced)


def _as_body(text: str) -> str:
    """An expression as the body of an arrow function."""
    return f"({text})" if text.startswith("{") else text


def _cannot_throw(site: Site, wrapper: Wrapper) -> bool:
    names = all(stage.node.type == "identifier" for stage in site.chain.stages)
    return names and not wrapper.kept


def _names_are_free(site: Site, wrapper: Wrapper) -> bool:
    """Whether the executor's variables may move into the block around the promise, and nothing
    of it is called what is no name in an async function."""
    moved = [*wrapper.kept, *(stage.node for stage in site.chain.stages)]
    if any(
        node.type == "identifier" and site.file.source.bytes(node) in (b"await", b"yield")
        for part in moved
        for node in walk(part)
    ):
        return False
    for declaration in wrapper.kept:
        for declarator in named(declaration):
            name = declarator.child_by_field_name("name")
            if name is None or name.type != "identifier":
                return False
            if not site.file.bindings.name_is_free(site.file.source.text(name), wrapper.new):
                return False
    return True


def _body_edits(site: Site, wrapper: Wrapper, spelling: _Spelling) -> tuple[Edit, ...]:
    """The executor's declarations and the chain, lifted out of the promise around them."""
    source, chain, block = site.file.source, site.chain, wrapper.block
    as_block = wrapper.form == "arrow" and bool(wrapper.kept) and block is not None
    old = source.indent(chain.node.start_byte)
    base = source.indent(spelling.start)
    new = base + source.indent_unit if as_block else base
    parts: list[Part] = [spelling.lead + "{" + source.newline + new] if as_block else []
    for comment in _lost_comments(site, wrapper):
        parts.append(comment + source.newline + new)
    previous: Node | None = None
    for node in _lifted(wrapper, chain.node):
        if previous is not None:
            parts.append(_between(source, previous, node, new))
        parts += indented(source, Kept(node.start_byte, node.end_byte), old, new)
        previous = node
    if previous is not None:
        parts.append(_between(source, previous, chain.node, new))
    parts += pipeline_parts(source, chain, before=spelling.before, after=spelling.after, indent=new)
    if as_block:
        parts.append(source.newline + base + "}")
    return weave(source.data, spelling.start, spelling.end, parts)


def _lifted(wrapper: Wrapper, chain: Node) -> list[Node]:
    """What stands before the chain and stays: declarations, and comments between statements."""
    block = wrapper.block
    if block is None:
        return []
    kept = {node.id for node in wrapper.kept}
    return [
        node
        for node in block.named_children
        if node.end_byte <= chain.start_byte and (node.id in kept or node.type == "comment")
    ]


def _between(source: Source, before: Node, after: Node, indent: str) -> str:
    """What separates two lifted nodes: a blank on one line, else line ends, one or two."""
    gap = source.data[before.end_byte : after.start_byte]
    if b"\n" not in gap and after.type == "comment":
        return " "
    blank = gap.translate(None, b" \t\r").count(b"\n") > 1 and after.start_point.row > 0
    untouched = source.data[before.end_byte : after.start_byte].strip() == b""
    return source.newline * (2 if blank and untouched else 1) + indent


def _lost_comments(site: Site, wrapper: Wrapper) -> list[str]:
    """Comments of the promise that stand in none of the parts that stay."""
    source, chain = site.file.source, site.chain.node
    stay = [*_lifted(wrapper, chain), chain]
    return [
        source.text(node)
        for node in walk(wrapper.outer if wrapper.form != "arrow" else wrapper.new)
        if node.type == "comment" and not any(inside(node, other) for other in stay)
    ]
