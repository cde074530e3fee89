"""The rewrite of a chain whose listeners go on with something: what hears the failures becomes the
catch of the pipeline, what goes on at 'close' happens once it has succeeded."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import (
    FED,
    LEFT_ALONE,
    OTHERS_STAY,
    chain_edits,
    destroyed_by_hand,
    destroying,
    is_plain_name,
    listens,
    named_stages,
    no_destroy,
    rewrite,
    shape_obstacle,
)
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.heard import (
    Does,
    Heard,
    continues_into,
    every,
    fits_every_stage,
    function_of,
    heard,
    known_at,
    meaning,
    movable,
)
from unleak_codemods.streams.pipelines import comments_cut, moved_text
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    called_method,
    in_block,
    in_one_tick,
    named,
    walk,
)
from unleak_engine.codemod import Answer
from unleak_engine.edit import Edit, Safety

ONCE = "the 'error' handler now runs once, whichever stage fails or closes early"
KEPT = "the 'error' listener of the last stage now hears every failure, and early closes too"
SUCCEEDED = (
    "what ran at 'close' now runs only once all was written: not after a failure, nor when the "
    "destination closes early"
)
WRITTEN = "what ran when a source had ended now runs once all is written, later than before"
RETOLD = "failures are passed on by the pipeline, once, instead of by hand"


class Plan(NamedTuple):
    """What becomes of the listeners: `off` are taken off, `stubbed` hear without doing anything,
    `caught` is the handler of every failure, `then` what follows success."""

    off: tuple[Heard, ...]
    stubbed: tuple[Heard, ...] = ()
    caught: Node | None = None
    then: Node | None = None
    silent: bool = False
    notes: tuple[str, ...] = ()


def catch_listeners(site: Site, code: str) -> Answer:
    """The answer for a chain that `code` kept from being rewritten with its listeners in place."""
    if site.destination.role == "response":
        from unleak_codemods.streams.folding import answer_into_response

        return answer_into_response(site, code)
    from unleak_codemods.streams.passing import let_go, passed_on
    from unleak_codemods.streams.receiving import may_receive, receive

    if may_receive(site):
        return receive(site, code)
    shape = shape_obstacle(site)
    if shape in (None, "upload") and any(_writes_on(site, each) for each in heard(site, "error")):
        return site.declined("error-handler-answers")
    if passed_on(site):
        return let_go(site, fresh=fresh_destination(site))
    if shape == "upload":
        from unleak_codemods.streams.uploading import upload

        return upload(site)
    if shape is not None:
        return site.declined(shape)
    plan = _plan(site)
    return site.declined(plan) if isinstance(plan, str) else caught(site, plan)


def _writes_on(site: Site, item: Heard) -> bool:
    """Whether a handler ends a stage in good order, or has a last word for it: a pipeline has
    destroyed it by then, and what waited in it is lost."""
    function = function_of(site.file, item.handler) if item.handler is not None else None
    if function is None:
        return False
    stages = {site.file.source.text(stage.node) for stage in site.chain.stages}
    return any(
        site.file.source.text(method[1]) in _WRITING and site.file.source.text(method[0]) in stages
        for node in walk(function)
        if node.type == "call_expression" and (method := called_method(node)) is not None
    )


_WRITING = frozenset({"end", "write", "push"})


def goes_on(items: list[Heard]) -> list[Heard]:
    """The listeners that go on with something, logs and teardown apart."""
    return [item for item in items if item.does not in (Does.LOGS, Does.FORWARDS)]


def _plan(site: Site) -> Plan | str:
    """What to do with the listeners, or the code of why nothing can be done."""
    last = len(site.chain.stages) - 1
    errors = heard(site, "error")
    closing = goes_on(heard(site, "close"))
    if any(item.event == "" and item.does is not Does.LOGS for item in errors):
        return "error-handler-answers"
    if pipes.takes_listeners_off(site):
        return "error-handler-answers"
    if len(closing) > 1 or any(item.stage != last for item in closing):
        return "close-continues"
    if closing and not _may_follow(site, closing[0]):
        return "close-continues"
    answers = [item for item in errors if item.does is Does.ANSWERS]
    off = [item for item in errors if item.does in (Does.FORWARDS, Does.THROWS)]
    logs = [item for item in errors if item.does is Does.LOGS]
    if not all(movable(site, item) for item in off):
        return "error-handler-answers"
    if not answers:
        return _unanswered(site, off, logs, closing)
    if any(item.does is Does.THROWS for item in off):
        return "error-handler-answers"
    if site.source.role == "request" or any(_may_answer_the_source(site, i) for i in answers):
        return "error-handler-answers"
    early = _settled_elsewhere(site, answers)
    if early and not closing and _may_come_later(site, early):
        closing = early
    elif early:
        return "settles-early"
    if site.destination.kind.core and all(movable(site, item) for item in answers):
        folded = _folded(site, answers, off, closing)
        if folded is not None:
            return folded
    if closing:
        return "close-continues" if closing[0].event == "close" else "settles-early"
    return _kept(site, answers, off)


def _may_answer_the_source(site: Site, item: Heard) -> bool:
    """Whether a handler seems to answer the very message that is copied: that could be a request,
    whose connection a pipeline closes."""
    given = site.source.role == "message" and site.source.owner is Owner.PARAMETER
    return given and item.handler is not None and bool(_ANSWER.search(item.handler.text or b""))


_ANSWER = re.compile(rb"\b(?:res|response|reply|ctx)\b")


def _may_follow(site: Site, item: Heard) -> bool:
    """Whether what a listener of the last stage's 'close' does may follow the pipeline instead."""
    handler = item.handler
    if handler is None or not movable(site, item) or not known_at(site, handler):
        return False
    if handler.type in FUNCTIONS and site.file.functions.parameters(handler):
        return False
    found = site.destination
    return found.kind.core and found.role == "writable" and found.level > found.level.UNKNOWN


def _unanswered(
    site: Site, off: list[Heard], logs: list[Heard], closing: list[Heard]
) -> Plan | str:
    """No listener does more than log, pass on, or throw: what nobody heard stays unheard."""
    if destroyed_by_hand(site):
        return "ended-by-hand"
    if logs or any(item.does is Does.FORWARDS for item in off):
        return "error-handler-answers" if not closing else "close-continues"
    if site.served:
        return "failure-unanswered"
    notes = [LEFT_ALONE, *([SUCCEEDED] if closing else [])]
    then = closing[0].handler if closing else None
    return Plan((*off, *closing), then=then, notes=tuple(notes))


def _settled_elsewhere(site: Site, answers: list[Heard]) -> list[Heard]:
    """The listeners of earlier stages that go on to the same place as the handler: with a failure
    after that, both would."""
    onward: set[str] = set()
    for item in answers:
        onward |= continues_into(site, item.handler)
    found: list[Heard] = []
    for item in every(site):
        if item.stage == len(site.chain.stages) - 1 or item.event == "error":
            continue
        other = continues_into(site, item.handler)
        ends = item.event in ("end", "finish", "close")
        if other & (onward - {"?"}) or (ends and "?" in other | onward):
            found.append(item)
    return [item for item in found if item.does is not Does.LOGS]


def _may_come_later(site: Site, items: list[Heard]) -> bool:
    """Whether what goes on at the end of an earlier stage may go on at the end of the last, the
    only one to go on."""
    if len(items) != 1 or items[0].event not in ("end", "finish"):
        return False
    last = len(site.chain.stages) - 1
    others = [item for item in every(site) if item.stage == last and item.event == "finish"]
    return not goes_on(others) and _may_follow(site, items[0])


def _folded(
    site: Site, answers: list[Heard], off: list[Heard], closing: list[Heard]
) -> Plan | None:
    """The handlers as one catch, None when they are not one."""
    if len({meaning(site, item) for item in answers}) > 1:
        return None
    handlers = [item.handler for item in answers if item.handler is not None]
    handler = min(handlers, key=lambda node: node.end_byte - node.start_byte)
    hearing = {item.stage for item in (*answers, *off)}
    if len(hearing) < len(site.chain.stages) and not fits_every_stage(site.file, handler):
        return None
    if not known_at(site, handler):
        return None
    then = closing[0].handler if closing else None
    if then is not None:
        shared = continues_into(site, then) & continues_into(site, handler)
        if not shared - {"?"} or (closing[0].event == "close" and _keeps_count(site, then)):
            return None
    later = closing and closing[0].event != "close"
    success = [WRITTEN if later else SUCCEEDED] if closing else []
    notes = (ONCE, *success, *([RETOLD] if off else []))
    taken = (*answers, *off, *closing)
    stubbed: tuple[Heard, ...] = ()
    if not fresh_destination(site):
        stubbed = tuple(item for item in taken if item.stage == 0 and item.event == "error")[:1]
        taken = tuple(item for item in taken if item not in stubbed)
    return Plan(taken, stubbed, handler, then, notes=notes)


def _keeps_count(site: Site, handler: Node) -> bool:
    """Whether a handler writes to variables of others or tells an emitter: a stream that has
    failed closes too, and whoever counts on it must learn of that as well."""
    function = function_of(site.file, handler)
    if function is None:
        return True
    for node in walk(function):
        if node.type in ("assignment_expression", "augmented_assignment_expression"):
            return True
        if node.type == "update_expression":
            return True
        method = called_method(node) if node.type == "call_expression" else None
        if method is not None and site.file.source.text(method[1]) == "emit":
            return True
    return False


def _kept(site: Site, answers: list[Heard], off: list[Heard]) -> Plan | str:
    """The handlers stay on the last stage, which a pipeline destroys with the error of any."""
    last = len(site.chain.stages) - 1
    found = site.destination
    if any(item.stage != last for item in answers) or any(item.stage == last for item in off):
        return "error-handler-answers"
    known = found.proven and found.kind.follows_core
    if not known and not (found.named and found.taken):
        return "error-handler-answers"
    if any(item.event == "" or item.handler is None for item in answers):
        return "error-handler-answers"
    hearing = {item.stage for item in (*answers, *off)}
    if len(hearing) < len(site.chain.stages) and not all(
        fits_every_stage(site.file, item.handler) for item in answers if item.handler is not None
    ):
        return "error-handler-answers"
    return Plan(tuple(off), silent=True, notes=(KEPT, *([RETOLD] if off else [])))


def fresh_destination(site: Site) -> bool:
    """Whether the last stage was made in this very tick, so that it cannot be dead yet: a pipeline
    then owns its stages from the start, and destroys them itself."""
    found, file = site.destination, site.file
    if found.owner is not Owner.HERE:
        return False
    if found.binding is None:
        return True
    if file.functions.enclosing(found.binding.node) != file.functions.enclosing(site.chain.node):
        return False
    return in_one_tick(file.source.data, found.binding.node, site.chain.call)


# The edits.


def caught(site: Site, plan: Plan) -> Answer:
    """The chain with its listeners as `plan` says."""
    source, chain = site.file.source, site.chain
    imported = site.file.bindings.import_name("stream/promises", "pipeline", chain.node)
    if imported is None:
        return site.declined("no-import-place")
    fresh = fresh_destination(site)
    name: str | None = None
    closing = ""
    line = source.newline + source.indent(chain.node.start_byte)
    if not fresh and (plan.silent or plan.caught is not None):
        if no_destroy(site.source):
            return site.declined("no-destroy")
        first = chain.stages[0].node
        if not is_plain_name(first):
            if not in_block(site.file.functions.statement_of(chain.node)):
                return site.declined("no-block")
            name = site.file.bindings.fresh_name("source", chain.node)
        closing = destroying_lines(site, name or source.text(first), line + source.indent_unit)
    then = _continuation(site, plan.then) if plan.then is not None else None
    failing = _failing(site, plan, closing)
    if failing is None:
        return site.declined("error-handler-answers")
    if then is not None:
        tail = f").then({then}{', ' + failing if failing else ''})"
    else:
        tail = f").catch({failing})" if failing else ")"
    lead, removed = removals(site, plan.off)
    stubs = stub_edits(plan.stubbed)
    changed: dict[int, str | None] = {i.call.end_byte: None for i in plan.off if i.chained}
    changed |= {i.call.end_byte: "() => {}" for i in plan.stubbed if i.chained}
    before = f"{imported.expression}("
    edits = chain_edits(site, lead + before, tail, name=name, changed=changed)
    notes = [*plan.notes]
    if not (site.source.made_here and site.source.proven) and LEFT_ALONE not in notes:
        notes.append(pipes.HANDED_OVER if plan.caught is None else pipes.ANSWERED_TWICE)
    if pipes.fed_after(site):
        notes.append(FED)
    if listens(site) and _others_stay(site, plan):
        notes.append(OTHERS_STAY)
    return rewrite(site, (*imported.edits, *removed, *stubs, *edits), Safety.UNSAFE, tuple(notes))


def _others_stay(site: Site, plan: Plan) -> bool:
    taken = {item.call.id for item in (*plan.off, *plan.stubbed)}
    items = [item.node for item in site.chain.listeners]
    items += [use.call for use in site.all_uses if use.what == "listener" and use.call is not None]
    return any(node.id not in taken for node in items) and not plan.silent


def destroying_lines(site: Site, name: str, line: str) -> str:
    """The statements that close what a pipeline may have left open, each after `line`."""
    stop = ";" if site.file.source.uses_semicolons else ""
    return f"{line}{name}{destroying(site.source)}{stop}" + "".join(
        f"{line}{text}{destroying(found)}{stop}" for text, found in named_stages(site)
    )


def _continuation(site: Site, handler: Node) -> str:
    """What follows success: called without an argument, as a listener of 'close' is."""
    source = site.file.source
    if handler.type in FUNCTIONS:
        return moved_text(source, handler, source.indent(site.chain.node.start_byte))
    return f"() => {source.text(handler)}()"


def _failing(site: Site, plan: Plan, closing: str) -> str | None:
    """What is done about a failure, "" for nothing, None when it cannot be written."""
    source = site.file.source
    indent = source.indent(site.chain.node.start_byte)
    line = source.newline + indent
    if plan.silent:
        return f"() => {{{closing}{line}}}" if closing else "() => {}"
    if plan.caught is None:
        return ""
    if not closing:
        return moved_text(source, plan.caught, indent)
    return with_closing(site, plan.caught, closing)


def with_closing(site: Site, handler: Node, closing: str) -> str | None:
    """`handler` with `closing` in front of what it does."""
    source = site.file.source
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(site.chain.node.start_byte)
    inner = line + source.indent_unit
    if handler.type not in FUNCTIONS:
        return f"(err) => {{{closing}{inner}{source.text(handler)}(err){stop}{line}}}"
    body = handler.child_by_field_name("body")
    if body is None:
        return None
    parameters = [source.text(node) for node in site.file.functions.parameters(handler)]
    if any(text in closing for text in parameters):
        return None
    word = "async " if site.file.functions.is_async(handler) else ""
    head = f"{word}({', '.join(parameters)}) => "
    return f"{head}{{{closing}{body_lines(site, body, inner)}{line}}}"


def body_lines(site: Site, body: Node, inner: str) -> str:
    """The statements and comments of a handler, each after `inner`."""
    source = site.file.source
    stop = ";" if source.uses_semicolons else ""
    if body.type != "statement_block":
        return inner + moved_text(source, body, inner.lstrip("\r\n")) + stop
    text = ""
    previous: Node | None = None
    for node in body.children:
        if node.type in ("{", "}"):
            continue
        beside = previous is not None and previous.end_point.row == node.start_point.row
        gap = source.data[previous.end_byte : node.start_byte] if previous is not None else b""
        blank = source.newline if gap.count(b"\n") > 1 else ""
        apart = " " if beside and node.type == "comment" else blank + inner
        text += apart + moved_text(source, node, inner.lstrip("\r\n"))
        previous = node
    return text


def removals(site: Site, off: tuple[Heard, ...]) -> tuple[str, tuple[Edit, ...]]:
    """The edits that take listeners off which stand in statements of their own, and the comments
    above them, to be put above the chain."""
    source = site.file.source
    own = site.file.functions.statement_of(site.chain.node)
    lead = ""
    edits: list[Edit] = []
    for item in off:
        for text in comments_cut(source, item.call, item.handler):
            lead += text + source.newline + source.indent(own.start_byte)
        if item.chained:
            continue
        statement = site.file.functions.statement_of(item.call)
        if named(statement)[0].id != item.call.id or not _stands_alone(item.call):
            edits.append(Edit.delete(_owner_end(item.call), item.call.end_byte))
            continue
        start, comments = _comments_above(source.data, statement)
        follows = statement.next_named_sibling
        if follows is not None and follows.id == own.id:
            start = statement.start_byte
            comments = []
        for comment in comments:
            lead += source.text(comment) + source.newline + source.indent(own.start_byte)
        edits.append(_line_deletion(source.data, start, statement.end_byte))
    return lead, tuple(edits)


def _stands_alone(call: Node) -> bool:
    """Whether `x.on(…)` is all of an expression: `x` is no call that has to stay."""
    function = call.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else None
    return owner is not None and owner.type in ("identifier", "member_expression", "this")


def _owner_end(call: Node) -> int:
    function = call.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else None
    return owner.end_byte if owner is not None else call.start_byte


def _comments_above(data: bytes, statement: Node) -> tuple[int, list[Node]]:
    """Where the comments right above a statement begin, and those comments."""
    found: list[Node] = []
    start, above = statement, statement.prev_named_sibling
    while above is not None and above.type == "comment":
        if data[above.end_byte : start.start_byte].count(b"\n") != 1:
            break
        line = data.rfind(b"\n", 0, above.start_byte) + 1
        if data[line : above.start_byte].strip():
            break
        found.insert(0, above)
        start, above = above, above.prev_named_sibling
    return start.start_byte, found


def _line_deletion(data: bytes, start: int, end: int) -> Edit:
    """The deletion of `start:end`, with its lines when nothing else stands on them, and with a
    blank line after it when one stands before it too."""
    line = data.rfind(b"\n", 0, start) + 1
    after = data.find(b"\n", end)
    after = len(data) if after < 0 else after + 1
    if data[line:start].strip() or data[end:after].strip(b" \t\r\n;"):
        return Edit.delete(start, end)
    before = data[:line].rstrip(b" \t\r\n")
    blank_above = data[len(before) : line].count(b"\n") > 1 or before.endswith(b"{")
    next_end = data.find(b"\n", after)
    if blank_above and next_end >= 0 and not data[after:next_end].strip():
        after = next_end + 1
    return Edit.delete(line, after)


def stub_edits(items: tuple[Heard, ...]) -> tuple[Edit, ...]:
    """A late error of a source must still be heard: where its destination may be gone already, a
    pipeline of Node >= 23 refuses before it listens, and a file that is destroyed before it was
    opened still says that it is missing."""
    return tuple(
        Edit(item.handler.start_byte, item.handler.end_byte, b"() => {}")
        for item in items
        if not item.chained and item.handler is not None
    )
