"""The rewrite of a chain into a response whose stages have a handler that answers: the page is
still sent when nothing went out yet, and the connection is cut when something did."""

import re

from tree_sitter import Node

from unleak_codemods.streams import pipes
from unleak_codemods.streams.catching import (
    RETOLD,
    destroying_lines,
    goes_on,
    removals,
    stub_edits,
)
from unleak_codemods.streams.detaching import (
    ENTRY,
    FED,
    chain_edits,
    is_plain_name,
    no_destroy,
    rewrite,
    shape_obstacle,
)
from unleak_codemods.streams.heard import (
    Does,
    Heard,
    continues_into,
    heard,
    known_at,
    meaning,
    movable,
)
from unleak_codemods.streams.pipelines import moved_text
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import FUNCTIONS, in_block, named, walk
from unleak_engine.codemod import Answer
from unleak_engine.edit import Safety

ANSWERS = (
    "the answer of the 'error' handler is sent only if no byte went out before; later, the client "
    "sees a cut connection instead of half a page"
)
OWN_WORDS = (
    "the 'error' handler now runs once, whichever stage fails, but not when the client leaves"
)
HANDED_ON = (
    "the 'error' handler may still answer when no byte went out before; later, the client sees a "
    "cut connection"
)
EVERY_STAGE = "it now also answers when another stage fails"


def answer_into_response(site: Site, code: str) -> Answer:
    """The answer for a chain into a response with listeners that do more than log."""
    last = len(site.chain.stages) - 1
    errors = [item for item in heard(site, "error") if item.stage < last]
    own = [item for item in heard(site, "error") if item.stage == last]
    closing = goes_on([item for item in heard(site, "close") if item.stage < last])
    if closing:
        return site.declined("close-continues")
    if pipes.takes_listeners_off(site):
        return site.declined("error-handler-answers")
    answers = [item for item in errors if item.does is Does.ANSWERS]
    off = [item for item in errors if item.does is Does.FORWARDS]
    shape = shape_obstacle(site)
    if shape is not None:
        return site.declined(shape)
    if not answers or any(item.does is Does.THROWS for item in errors):
        return site.declined("error-handler-answers")
    if any(not item.event or not movable(site, item) for item in (*answers, *off)):
        return site.declined("error-handler-answers")
    if len({meaning(site, item) for item in (*answers, *goes_on(own))}) > 1:
        return site.declined("error-handler-answers")
    handler = answers[0].handler
    if handler is None or not known_at(site, handler) or _settled_twice(site, handler):
        return site.declined("settles-early" if handler is not None else code)
    return _folded(site, handler, answers, off)


def _settled_twice(site: Site, handler: Node) -> bool:
    """Whether a listener that stays goes on to where the handler goes on to: the response apart,
    both may come to it."""
    response = site.file.source.text(site.chain.stages[-1].node).split(".")[0]
    onward = continues_into(site, handler) - {response}
    for index, stage in enumerate(site.chain.stages):
        items = [*stage.listeners, *(u.listener for u in site.uses[index] if u.what == "listener")]
        for item in items:
            if item.event == "error" or pipes.logs_only(site.file, item.handler):
                continue
            if index == len(site.chain.stages) - 1 and item.event == "finish":
                continue
            other = continues_into(site, item.handler)
            ends = item.event in ("end", "finish", "close")
            if other & (onward - {"?"}) or (ends and onward and "?" in other):
                return True
    return False


def _folded(site: Site, handler: Node, answers: list[Heard], off: list[Heard]) -> Answer:
    source, chain = site.file.source, site.chain
    if no_destroy(site.source):
        return site.declined("no-destroy")
    first = chain.stages[0].node
    if not in_block(site.file.functions.statement_of(chain.node)):
        return site.declined("no-block")
    fresh = None
    if not is_plain_name(first):
        fresh = site.file.bindings.fresh_name("source", chain.node)
    imported = site.file.bindings.import_name("stream/promises", "pipeline", chain.node)
    if imported is None:
        return site.declined("no-import-place")
    line = source.newline + source.indent(chain.node.start_byte)
    inner = line + source.indent_unit
    closed = destroying_lines(site, fresh or source.text(first), inner)
    answer = _answer(site, handler, closed, inner)
    if answer is None:
        return site.declined("error-handler-answers")
    error, text, note = answer
    response = source.text(chain.stages[-1].node)
    lead, removed = removals(site, tuple(i for i in (*answers, *off) if i.stage > 0))
    stubbed = tuple(item for item in (*answers, *off) if item.stage == 0)
    after = f").then(() => {response}.end(), ({error}) => {{{closed}{text}{line}}})"
    changed: dict[int, str | None] = {
        item.call.end_byte: None for item in (*answers, *off) if item.chained
    }
    changed |= {item.call.end_byte: "() => {}" for item in stubbed if item.chained}
    edits = chain_edits(
        site,
        lead + f"{imported.expression}(",
        after,
        name=fresh,
        options="{ end: false }",
        changed=changed,
    )
    notes = [note]
    if len(chain.stages) > 2 and {item.stage for item in answers} != set(
        range(len(chain.stages) - 1)
    ):
        notes.append(EVERY_STAGE)
    if off:
        notes.append(RETOLD)
    if pipes.fed_after(site):
        notes.append(FED)
    if site.source.kind.fed:
        notes.append(ENTRY)
    return rewrite(
        site,
        (*imported.edits, *removed, *stub_edits(stubbed), *edits),
        Safety.UNSAFE,
        tuple(notes),
    )


def _answer(site: Site, handler: Node, closed: str, inner: str) -> tuple[str, str, str] | None:
    """The error's name, the statements that answer a failure, and what to tell of them; None when
    the handler does not answer, or not in a way that can be moved."""
    source = site.file.source
    response = source.text(site.chain.stages[-1].node)
    stop = ";" if source.uses_semicolons else ""
    step = source.indent_unit
    gone = f"{inner}if ({response}.destroyed) return{stop}"
    if handler.type not in FUNCTIONS:
        cut = f"{inner}if ({response}.headersSent) {response}.destroy(err){stop}"
        return "err", f"{gone}{cut}{inner}{source.text(handler)}(err){stop}", HANDED_ON
    if site.file.functions.is_async(handler):
        return None
    parameters = site.file.functions.parameters(handler)
    error = source.text(parameters[0]) if parameters else "err"
    body = handler.child_by_field_name("body")
    if body is None or not re.fullmatch(r"[\w$]+", error) or error in closed:
        return None
    if any(node.type == "template_string" and b"\n" in source.bytes(node) for node in walk(body)):
        return None
    statements = named(body) if body.type == "statement_block" else [body]
    mention = re.compile(rf"(?<![\w$.]){re.escape(response)}(?![\w$])")
    silent = [node for node in statements if not mention.search(source.text(node))]
    before = 0
    while before < len(statements) and statements[before] in silent:
        before += 1
    if before == len(statements):
        if not any(continues_into(site, handler)):
            return None
        cut = f"{inner}if ({response}.headersSent) {response}.destroy({error}){stop}"
        return error, gone + cut + _lines(site, body, body.children, inner), HANDED_ON
    children = body.children if body.type == "statement_block" else [body]
    at = statements[before].start_byte
    lead = [node for node in children if node.end_byte <= at]
    rest = [node for node in children if node.end_byte > at]
    while lead and lead[-1].type == "comment":
        rest.insert(0, lead.pop())
    answering = [node for node in rest if node.type not in ("comment", "}", ";")]
    text = _lines(site, body, rest, inner)
    prefix = _lines(site, body, lead, inner)
    if len(answering) == 1 and (asks := _asks(source.text(answering[0]), response)) is not None:
        alternative = answering[0].child_by_field_name("alternative")
        if asks and alternative is None:
            block = answering[0].child_by_field_name("consequence")
            if block is not None and block.type == "statement_block":
                text += f" else {{{inner}{step}{response}.destroy({error}){stop}{inner}}}"
            else:
                text += f"{inner}else {response}.destroy({error}){stop}"
            return error, gone + prefix + text, ANSWERS
        if asks:
            return error, gone + prefix + text, OWN_WORDS
    cut = (
        f"{inner}if ({response}.headersSent%s) {{"
        f"{inner}{step}{response}.destroy({error}){stop}"
        f"{inner}{step}return{stop}{inner}}}"
    )
    if not prefix:
        return error, cut % f" || {response}.destroyed" + text, ANSWERS
    return error, gone + prefix + cut % "" + text, ANSWERS


def _asks(text: str, response: str) -> bool | None:
    """Whether a statement is an `if` for a response that has sent nothing yet; None for no `if`."""
    found = re.match(r"if\s*\(\s*(.*?)\s*\)\s*(?:\{|[\w$])", text)
    if found is None:
        return None
    return found.group(1) == f"!{response}.headersSent"


def _lines(site: Site, body: Node, nodes: list[Node], inner: str) -> str:
    """Statements and comments of a handler, each after `inner`, those of one line beside one
    another only when they are comments."""
    source = site.file.source
    stop = ";" if source.uses_semicolons else ""
    if body.type != "statement_block":
        if not nodes:
            return ""
        return inner + moved_text(source, body, inner.lstrip("\r\n")) + stop
    text = ""
    previous: Node | None = None
    closed = re.compile(r"[\w$.]+\.destroy\(\);?")
    names = [source.text(stage.node) for stage in site.chain.stages[:-1]]
    for node in nodes:
        if node.type in ("{", "}"):
            continue
        said = source.text(node)
        if closed.fullmatch(said) and said.rpartition(".")[0] in names:
            continue
        beside = previous is not None and previous.end_point.row == node.start_point.row
        text += " " if beside else inner
        text += moved_text(source, node, inner.lstrip("\r\n"))
        previous = node
    return text
