"""The answer for a write in a loop: tested, with a wait behind it, or left to a hand."""

import re

from tree_sitter import Node

from unleak_codemods.drains import reasons as drain_notes
from unleak_codemods.drains.gates import Gate
from unleak_codemods.drains.inline import race
from unleak_codemods.drains.places import callback_use, enclosing_catch, writing_loop
from unleak_codemods.drains.rewriting import brought, exit_obstacle, leaves_loop, leaving
from unleak_codemods.drains.sites import (
    Site,
    handed_by_owners,
    heard_elsewhere,
    read_by_loop,
    served,
)
from unleak_codemods.drains.statements import Style, replaced, style_of, takes_else
from unleak_codemods.drains.waits import Wait, is_stable
from unleak_codemods.helpers.drained import QUIET
from unleak_codemods.streams.evidence import Owner, evidence_of
from unleak_codemods.streams.pipeline_calls import told
from unleak_codemods.streams.syntax import inside, member, unwrap, walk
from unleak_codemods.writing.loops import (
    is_followed,
    is_short,
    is_watched,
    loops_between,
    written_to,
)
from unleak_codemods.writing.readers import reader_obstacle
from unleak_codemods.writing.reasons import MESSAGE, REASONS, REJECTS, SHARED, THROWS, WAITS, WALKED
from unleak_engine.codemod import Answer, Declined, File, Rewrite
from unleak_engine.edit import Edit, Kept, Part, Safety, weave

_ROLES = frozenset({"writable", "duplex", "socket", "upload", "response", "child-writable"})
_OURS = frozenset({Owner.HERE, Owner.OUTER, Owner.HANDLER})
_CHATTER = re.compile(r"log|debug|trace|std(?:out|err)|console|term|tty", re.IGNORECASE)
_LOCKS = re.compile(r"\w*transaction|(?:with_?)?lock|mutex|runExclusive|acquire\w*", re.IGNORECASE)


def site_at(file: File, call: Node, statement: Node) -> Site | None:
    """The write of `call` as a site: in a long loop of an async function, on a stream that is one
    for certain, and nobody looks after it. None for any other."""
    receiver = written_to(file, call)
    nearest = file.functions.enclosing_loop(statement)
    if receiver is None or nearest is None or not is_stable(receiver):
        return None
    if _CHATTER.search(file.source.text(receiver)) or not _may_wait(file, statement, nearest):
        return None
    evidence = evidence_of(file, receiver)
    if not evidence.proven or evidence.role not in _ROLES or evidence.owner is Owner.PROCESS:
        return None
    if evidence.kind.shape.startswith("crypto#"):
        return None  # a hash keeps nothing of what it is written
    loop = writing_loop(file, receiver, statement)
    if callback_use(file, statement) == "stage":
        return None
    if loop is None or is_watched(file, loop, receiver):
        return None
    if all(is_short(file, each) for each in loops_between(file, statement, loop)):
        return None
    if is_followed(file, statement, receiver, nearest):
        return None
    name = (member(call.child_by_field_name("function")) or (call, call))[1]
    wait = Wait("write", receiver, name, call, nodes=(statement,))
    return Site(file, wait, evidence, Gate(), served(file, statement, evidence), loop)


def _may_wait(file: File, statement: Node, loop: Node) -> bool:
    function = file.functions.enclosing(statement)
    if function is not None:
        return file.functions.is_async(function) and "generator" not in file.functions.kind(
            function
        )
    # At the top of a module only where it waits already.
    return _awaits(loop)


def answer(site: Site) -> Answer:
    code = _obstacle(site)
    if code is not None:
        return declined(site, code)
    style = style_of(site)
    inline = site.file.options.helpers == "inline"
    plan = brought(site, style, QUIET)
    if plan is None:
        return declined(site, "no-import-place")
    expression, imports = plan
    leave, labels = leaving(site, style)
    # The race hears 'error': who catches its rejection would mute what ended the process.
    muted = inline and not heard_elsewhere(site)
    if inline:
        edits = _raced(site, style, expression, leave)
    else:
        edits = _tested(site, style, f"!(await {expression}({site.stream}))", leave)
    return Rewrite(
        span=site.span,
        anchor=site.wait.anchor.start_byte,
        message=MESSAGE,
        edits=(*imports, *labels, *edits),
        safety=Safety.DISPLAY if _is_shared(site) or muted else Safety.UNSAFE,
        evidence=site.printed,
        notes=_notes(site, inline=inline),
    )


def declined(site: Site, code: str) -> Declined:
    reason, target = REASONS[code], site.file.target
    return Declined(
        span=site.span,
        anchor=site.wait.anchor.start_byte,
        message=MESSAGE,
        code=code,
        why=target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("WRITABLE", site.stream),
        evidence=site.printed,
        shown=reason.shown,
    )


def _tested(site: Site, style: Style, ask: str, leave: str) -> tuple[Edit, ...]:
    call = Kept(site.wait.whole.start_byte, site.wait.whole.end_byte)
    head: list[Part] = ["if (", call, f" === false && {ask}) "]
    indent = site.file.source.indent(site.statement.start_byte)
    return replaced(site, head, leave + style.semicolon, indent, style)


def _raced(site: Site, style: Style, once: str, leave: str) -> tuple[Edit, ...]:
    source, span = site.file.source, site.span
    call = Kept(site.wait.whole.start_byte, site.wait.whole.end_byte)
    body = race(site, style, once, leave, source.indent(site.statement.start_byte))
    parts: list[Part] = ["if (", call, " === false) ", body]
    if takes_else(site):
        parts = ["{ ", *parts, " }"]
    return weave(source.data, span.start, span.end, parts)


# What stands against it.


def _obstacle(site: Site) -> str | None:
    file, function = site.file, site.file.functions.enclosing(site.statement)
    assert site.loop is not None
    if callback_use(file, site.statement) == "forgotten":
        return "callback-not-awaited"
    text = file.source.text(function or file.source.root)
    if f"{site.stream}.cork(" in text:
        return "corked"
    if _in_a_lock(site):
        return "inside-a-lock"
    if _talks(site):
        return "conversation"
    code = reader_obstacle(file, site.wait.receiver, site.evidence, site.loop)
    if code is not None:
        return code
    if read_by_loop(site):
        return "reader-hears"
    if not leaves_loop(site) and function is not None and _floats(file, function):
        return "promise-floats"
    if not _awaits(site.loop) and _is_promised(site):
        return "promise-held"
    if exit_obstacle(site) is not None:
        return "handler-rejects"
    floor = file.target.node_floor
    return "node-too-old" if floor is not None and floor < 18 else None


def _in_a_lock(site: Site) -> bool:
    """Whether a callback around the loop is given to what locks, or the function takes a lock."""
    functions = site.file.functions
    function = functions.enclosing(site.statement)
    while function is not None:
        holder = function.parent
        call = holder.parent if holder is not None and holder.type == "arguments" else None
        target = call.child_by_field_name("function") if call is not None else None
        if target is not None and _LOCKS.fullmatch(_last_word(site.file, target)):
            return True
        body = functions.body(function)
        for node in walk(body, into_functions=False) if body is not None else ():
            called = (
                node.child_by_field_name("function") if node.type == "call_expression" else None
            )
            if called is not None and _LOCKS.fullmatch(_last_word(site.file, called)):
                return True
        function = functions.enclosing(holder) if holder is not None else None
    return False


def _last_word(file: File, node: Node) -> str:
    found = member(unwrap(node))
    return file.source.text(found[1] if found is not None else node)


_PASSIVE = frozenset({b"write", b"destroyed", b"closed", b"writable", b"writableEnded", b"end"})


def _talks(site: Site) -> bool:
    """Whether the loop does anything with the stream but write to it, as who reads from it does:
    a socket, a child and what its other end is."""
    if site.evidence.role not in ("socket", "duplex", "child-writable"):
        return False
    assert site.loop is not None
    root = unwrap(site.wait.receiver)
    if site.evidence.role == "child-writable" and (found := member(root)) is not None:
        root = found[0]
    name = site.file.source.text(root)
    for node in walk(site.loop):
        if site.file.source.text(node) != name or node.type != root.type:
            continue
        outer = node.parent
        found = member(outer)
        if found is None or found[0] != node:
            if outer is not None and outer.type == "arguments":
                return True
            continue
        word = found[1].text
        if word not in _PASSIVE and word != b"stdin":
            return True
    right = site.loop.child_by_field_name("right")
    return right is not None and site.file.source.text(right) == name


def _floats(file: File, function: Node) -> bool:
    """Whether a function of this file calls this one and takes no notice of its promise. A script
    that does so at its top ends with an error, as it should."""
    whole = unwrap(function)
    holder = whole.parent
    while holder is not None and holder.type == "parenthesized_expression":
        holder = holder.parent
    calls = list(file.functions.call_sites(function) or ())
    if holder is not None and holder.type == "call_expression":
        calls.append(holder)
    return any(
        file.functions.enclosing(call) is not None and told(file, call).how == "floating"
        for call in calls
    )


def _is_promised(site: Site) -> bool:
    """Whether a promise that the stream's end settles waits in a variable while the loop runs: it
    would now reject before anybody has taken it, and that ends the process."""
    file, loop = site.file, site.loop
    function = file.functions.enclosing(site.statement)
    body = file.functions.body(function) if function is not None else file.source.root
    own = re.compile(rf"(?<![\w$.]){re.escape(site.stream)}(?![\w$])")
    for node in walk(body, into_functions=False) if body is not None else ():
        if loop is None or node.type != "variable_declarator" or node.end_byte > loop.start_byte:
            continue
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        text = file.source.text(value) if value is not None else ""
        if name is None or not _PROMISE.match(text) or not own.search(text):
            continue
        caught = re.compile(rb"(?<![\w$.])" + re.escape(name.text or b"") + rb"\s*\.\s*catch\b")
        if ".catch(" not in text and not caught.search(
            file.source.data, node.end_byte, loop.start_byte
        ):
            return True
    return False


_PROMISE = re.compile(r"new Promise\b|(?:[\w$]+\.)*\w*(?:[pP]ipeline|[fF]inished|once)\w*\s*\(")


def _is_shared(site: Site) -> bool:
    """Whether others may write to the stream while this function waits, as far as is seen: it is
    somebody else's, or an outer function's and the loop could not be interrupted before."""
    functions, binding = site.file.functions, site.evidence.binding
    if site.evidence.role == "upload":
        return True
    if site.evidence.owner not in _OURS:
        return not handed_by_owners(site)
    if binding is None or functions.enclosing(binding.node) == functions.enclosing(site.statement):
        return False
    nearest = functions.enclosing_loop(site.statement)
    return nearest is not None and not _awaits(nearest)


def _awaits(loop: Node) -> bool:
    return any(node.type == "await" for node in walk(loop, into_functions=False))


def _notes(site: Site, *, inline: bool) -> tuple[str, ...]:
    found = [WAITS]
    assert site.loop is not None
    if not _awaits(site.loop):
        found.append(WALKED)
    found.append(drain_notes.IN_HANDLER if leaves_loop(site) else THROWS)
    if _is_shared(site):
        found.append(SHARED)
    if not site.evidence.kind.core:
        found.append(drain_notes.FOREIGN)
    if inline:
        found.append(REJECTS)
    caught = enclosing_catch(site.file, site.statement)
    if caught is not None and inside(caught, site.loop) and not leaves_loop(site):
        found.append(drain_notes.CAUGHT_IN_LOOP)
    if callback_use(site.file, site.statement) == "unknown":
        found.append(drain_notes.CALLBACK)
    return tuple(found)
