"""The rewrite of a chain into a response whose source has a handler that answers: the page is
still sent when nothing went out yet, and the connection is cut when something did."""

from dataclasses import dataclass

from tree_sitter import Node

from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.detaching import (
    destroying,
    is_plain_name,
    named_stages,
    no_destroy,
    rewrite,
)
from unleak_codemods.streams.pipelines import pipeline_parts
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import FUNCTIONS, in_block, named, walk
from unleak_codemods.streams.uses import Use
from unleak_engine.codemod import Answer
from unleak_engine.edit import Edit, Safety, weave

ANSWERS = (
    "the answer of the 'error' handler is sent only if no byte went out before; later, the client "
    "sees a cut connection where it got a truncated page"
)
EVERY_STAGE = "it now also answers when another stage fails"


@dataclass(frozen=True, slots=True)
class Answering:
    """The one listener that answers for the source: its statement, its function, the name of
    the error it is given."""

    handler: Node
    body: Node
    error: str


def answering_handler(site: Site, uses: list[Use]) -> Answering | None:
    """The source's only 'error' listener, if it can be moved behind the chain."""
    heard = [use for use in uses if use.what == "listener" and use.name == "error"]
    elsewhere = [item for item in site.chain.listeners if item.event in ("error", None)]
    if len(heard) != 1 or elsewhere or heard[0] not in site.uses[0]:
        return None
    use = heard[0]
    statement = site.file.functions.statement_of(use.node)
    if statement.type != "expression_statement" or not in_block(statement):
        return None
    _, listeners = strip_listeners(site.file.source, named(statement)[0])
    if len(listeners) != 1 or use.handler is None or use.handler.type not in FUNCTIONS:
        return None
    home = site.file.functions.enclosing(statement)
    if home is None or home != site.file.functions.enclosing(site.chain.node):
        return None
    return _movable(site, use.handler)


def _movable(site: Site, handler: Node) -> Answering | None:
    """`handler`, if all it does is to answer: what else it does must happen at every error."""
    body = handler.child_by_field_name("body")
    names = [site.file.source.text(node) for node in site.file.functions.parameters(handler)]
    if body is None or body.type != "statement_block" or len(names) > 1:
        return None
    if site.file.functions.is_async(handler):
        return None
    if any(node.type in ("this", "template_string") for node in walk(body)):
        return None
    if handler.type == "function_expression" and "arguments" in site.file.source.text(body):
        return None
    response = site.file.source.text(site.chain.stages[-1].node)
    if any(response not in site.file.source.text(node) for node in named(body)):
        return None
    return Answering(handler, body, names[0] if names else "err")


def fold_answer(site: Site, found: Answering) -> Answer:
    """The chain with the answer behind it."""
    source, chain = site.file.source, site.chain
    if no_destroy(site.source):
        return site.declined("no-destroy")
    if not is_plain_name(chain.stages[0].node) or not in_block(
        site.file.functions.statement_of(chain.node)
    ):
        return site.declined("error-handler-answers")
    imported = site.file.bindings.import_name("stream/promises", "pipeline", chain.call)
    if imported is None:
        return site.declined("no-import-place")
    response = source.text(chain.stages[-1].node)
    name = source.text(chain.stages[0].node)
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(chain.call.start_byte)
    inner = line + source.indent_unit
    cut = (
        f"{inner}if ({response}.headersSent || {response}.destroyed) {{"
        f"{inner}{source.indent_unit}{response}.destroy({found.error}){stop}"
        f"{inner}{source.indent_unit}return{stop}{inner}}}"
    )
    closed = f"{inner}{name}{destroying(site.source)}{stop}" + "".join(
        f"{inner}{text}{destroying(evidence)}{stop}" for text, evidence in named_stages(site)
    )
    after = (
        f", {{ end: false }}).then(() => {response}.end(), ({found.error}) => {{"
        f"{closed}{cut}{_moved_body(site, found, inner)}{line}}})"
    )
    parts = pipeline_parts(
        source,
        chain,
        before=f"{imported.expression}(",
        after=after,
        indent=source.indent(chain.call.start_byte),
        listening=True,
    )
    edits = weave(source.data, chain.call.start_byte, chain.call.end_byte, parts)
    # A late error of the source must still be heard: on Node >= 23 a pipeline into a response that
    # is gone refuses before it listens.
    gone = Edit(found.handler.start_byte, found.handler.end_byte, b"() => {}")
    notes = (ANSWERS, EVERY_STAGE) if len(chain.stages) > 2 else (ANSWERS,)
    return rewrite(site, (*imported.edits, gone, *edits), Safety.UNSAFE, notes)


def _moved_body(site: Site, found: Answering, inner: str) -> str:
    """The handler's statements and comments at their new indentation."""
    source = site.file.source
    lines: list[str] = []
    children = [node for node in found.body.children if node.type not in ("{", "}")]
    previous: Node | None = None
    for node in children:
        old = source.newline + source.indent(node.start_byte)
        text = source.text(node).replace(old, inner)
        same_line = previous is not None and previous.end_point.row == node.start_point.row
        lines.append((" " if same_line else inner) + text)
        previous = node
    return "".join(lines)
