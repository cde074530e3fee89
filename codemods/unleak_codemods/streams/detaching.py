"""The rewrite of a chain that stands as a statement: awaited where it is the last thing an async
function does (R1), started and left to itself elsewhere (R2)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tree_sitter import Node

from unleak_codemods.streams import pipes
from unleak_codemods.streams.evidence import Evidence, Owner
from unleak_codemods.streams.pipelines import NOTHING_CHANGED, pipeline_parts
from unleak_codemods.streams.pipes import MESSAGE, Site, logs_only
from unleak_codemods.streams.syntax import in_block, inside
from unleak_engine.codemod import Answer, Rewrite, Span
from unleak_engine.edit import Edit, Safety, weave

if TYPE_CHECKING:
    from unleak_engine.imports import ImportPlan

WAITS = "the function now settles when the copy is done, and rejects when it fails"
CAUGHT = "a failed copy now lands in the `catch` around it"
LEFT_ALONE = (
    "a failure is an unhandled rejection, as an unheard 'error' was an uncaught exception, and a "
    "stage that closes early without an error is now a failure too"
)
OTHERS_STAY = "the other listeners stay"
LISTENERS_STAY = "the listeners stay, and a listener for 'error' now hears of other stages too"
CUT = "when the source fails, the client sees a cut connection: no error page can be sent any more"
HEARD = "the listeners hear every failure, so the promise of the copy is left to itself"
FED = "the source is fed by hand elsewhere, and nothing waits for the copy here"
ENTRY = "a file that is being packed when the client leaves stays open all the same"
CLOSES = (
    "what listens to the response's 'close' now also runs when the source fails, as it did when "
    "the client left: it must not take 'close' for success"
)
DEADLINE = (
    "a timer still ends the response: its client takes what was sent until then for the whole, as "
    "before; the stages are closed now"
)
UNANSWERED = "a failure goes to the error middleware; before, an unheard 'error' ended the process"
_DISCARDING = ("parenthesized_expression", "unary_expression")


def pipe_statement(site: Site) -> Answer:
    """The answer for a chain whose value nobody uses."""
    if any(use.what == "argument" for use in site.uses[-1]):
        from unleak_codemods.streams.waiting import wait_below, wait_for_all

        wait = wait_below(site)
        if wait is not None:
            return wait_for_all(site, wait)
    code = _obstacle(site)
    if code in ("error-handler-answers", "close-continues"):
        from unleak_codemods.streams.catching import catch_listeners

        return catch_listeners(site, code)
    if code == "upload":
        from unleak_codemods.streams.uploading import upload

        return upload(site)
    if code is not None:
        return site.declined(code)
    imported = site.file.bindings.import_name("stream/promises", "pipeline", site.chain.node)
    if imported is None:
        return site.declined("no-import-place")
    if site.destination.role == "response" or site.served:
        return _answering(site, imported)
    heard = _error_handlers(site)
    if heard and len(heard) < len(site.chain.stages):
        return site.declined("error-handler-answers")
    waits = not heard and _may_wait(site)
    if not heard and destroyed_by_hand(site):
        return site.declined("ended-by-hand")
    notes = _notes(site, waits=waits)
    before = f"await {imported.expression}(" if waits else f"{imported.expression}("
    return rewrite(
        site,
        (*imported.edits, *chain_edits(site, before, ").catch(() => {})" if heard else ")")),
        Safety.SAFE if waits and not notes else Safety.UNSAFE,
        (WAITS, *notes) if waits else (HEARD if heard else LEFT_ALONE, *notes),
    )


def rewrite(site: Site, edits: tuple[Edit, ...], safety: Safety, notes: tuple[str, ...]) -> Rewrite:
    return Rewrite(
        span=Span.of(site.chain.node),
        anchor=site.chain.anchor.start_byte,
        message=MESSAGE,
        edits=edits,
        safety=safety,
        evidence=site.printed,
        notes=notes,
    )


def _answering(site: Site, imported: "ImportPlan") -> Answer:
    """A chain inside a request handler: a rejection must never escape it, and a client that
    leaves is no error.

    `destroy()` without an argument closes the source on Node >= 23, where a pipeline into a
    response that is already gone throws before it owns its stages. `res.errored` stays null
    when the client left, whatever the error's code; measured on every line from 18 to 26.
    """
    after = site.handler.next if site.handler is not None else None
    into_response = site.destination.role == "response"
    if not into_response and after is None:
        return site.declined("failure-unanswered")
    if no_destroy(site.source):
        return site.declined("no-destroy")
    named_already = is_plain_name(site.chain.stages[0].node)
    if not named_already and not in_block(site.file.functions.statement_of(site.chain.node)):
        return site.declined("no-block")
    report = f"{after}(err)" if after is not None else "console.error(err)"
    if into_response:
        response = site.file.source.text(site.chain.stages[-1].node)
        report = f"if ({response}.errored !== null) {report}"
    name, tail = closing_catch(site, report)
    listeners = staying(site)
    if pipes.fed_after(site):
        listeners.append(FED)
    if site.source.kind.fed and into_response:
        listeners.append(ENTRY)
    if into_response and pipes.hears_of_closing(site):
        listeners.append(CLOSES)
    if any(pipes.is_deadline(site, use) for use in site.uses[-1]):
        listeners.append(DEADLINE)
    chain = chain_edits(site, f"{imported.expression}(", tail, name=None if named_already else name)
    return rewrite(
        site,
        (*imported.edits, *chain),
        Safety.UNSAFE,
        (CUT if into_response else UNANSWERED, *listeners),
    )


def closing_catch(site: Site, report: str) -> tuple[str, str]:
    """The source's name, and the end of a call whose `catch` closes what it may have left open
    and then does `report`."""
    source, first = site.file.source, site.chain.stages[0].node
    named_already = is_plain_name(first)
    fresh = site.file.bindings.fresh_name("source", site.chain.node)
    name = source.text(first) if named_already else fresh
    line = source.newline + source.indent(site.chain.node.start_byte)
    inner = line + source.indent_unit
    stop = ";" if source.uses_semicolons else ""
    call = destroying(site.source)
    body = f"{inner}{name}{call}{stop}"
    body += "".join(f"{inner}{text}{destroying(found)}{stop}" for text, found in named_stages(site))
    return name, f").catch((err) => {{{body}{inner}{report}{stop}{line}}})"


def is_plain_name(node: Node) -> bool:
    """Whether `node` may be written twice without doing anything twice: `rows`, `child.stdout`."""
    while node.type == "member_expression":
        owner = node.child_by_field_name("object")
        if owner is None:
            return False
        node = owner
    return node.type == "this" or (node.type == "identifier" and node.text not in _NO_NAMES)


_NO_NAMES = frozenset(
    b"const var class function return if else for while do new delete typeof void in".split()
)
"""Words that the grammar takes for a name after a mistake, and Node for what they are."""


def destroying(found: Evidence) -> str:
    """How to destroy a stage: old and foreign streams may have no way to."""
    surely = found.proven and found.kind.follows_core
    return ".destroy()" if surely else ".destroy?.()"


def no_destroy(found: Evidence) -> bool:
    """Whether a stage's declared type has no `destroy`, so that the call would not compile."""
    holder = found.binding.node.parent if found.binding is not None else None
    annotation = holder.child_by_field_name("type") if holder is not None else None
    return annotation is not None and b"NodeJS." in (annotation.text or b"")


def named_stages(site: Site) -> list[tuple[str, Evidence]]:
    """The stages between source and destination that have a name."""
    middle = zip(site.chain.stages[1:-1], site.evidence[1:-1], strict=True)
    return [
        (site.file.source.text(stage.node), found)
        for stage, found in middle
        if stage.node.type == "identifier"
    ]


def listens(site: Site) -> bool:
    uses = any(use.what == "listener" for use in site.all_uses)
    return uses or bool(site.chain.listeners)


def staying(site: Site) -> list[str]:
    """What a reviewer must know of the listeners that stay on the stages."""
    if _error_handlers(site):
        return [LISTENERS_STAY]
    return [OTHERS_STAY] if listens(site) else []


def _obstacle(site: Site) -> str | None:
    for handler in _error_handlers(site):
        if not logs_only(site.file, handler):
            return "error-handler-answers"
    if pipes.continues_on_close(site, lambda handler: False):
        return "close-continues"
    return shape_obstacle(site)


def shape_obstacle(site: Site) -> str | None:
    """The obstacle in what is done with the stages, whoever hears their errors."""
    if pipes.ended_by_hand(site):
        return "ended-by-hand"
    if pipes.fed_after(site) and not pipes.only_source_is_fed(site):
        return "fed-after"
    code = pipes.ownership(site)
    if code is not None:
        return code
    if pipes.handed_elsewhere(site):
        return "stage-used-elsewhere"
    if any(link.name not in pipes.CHAINED for link in site.chain.links):
        return "value-used"
    if not site.source.taken and not site.destination.kind.core:
        return "not-owned"
    if site.destination.role == "duplex":
        return "value-used"
    return None if site.destination.role in ("writable", "response") else "unknown-stage"


def destroyed_by_hand(site: Site) -> bool:
    """Whether other code may stop a stage on purpose: that would be a failure nobody hears."""
    heard = [node for node in _error_handlers(site) if node is not None]
    return any(
        use.what == "method"
        and use.name == "destroy"
        and not any(inside(use.node, handler) for handler in heard)
        for use in site.all_uses
    )


def _error_handlers(site: Site) -> list[Node | None]:
    attached = [item for item in site.chain.listeners if item.event in ("error", None)]
    later = [use for use in site.all_uses if use.what == "listener" and use.name == "error"]
    return [item.handler for item in attached] + [use.handler for use in later]


def _may_wait(site: Site) -> bool:
    """Whether the function may wait here: async, nothing after the chain, a source that ends."""
    functions = site.file.functions
    function = functions.enclosing(site.chain.node)
    if function is None or not functions.is_async(function) or pipes.fed_after(site):
        return False
    if not site.source.kind.finite or not site.source.made_here:
        return False
    return functions.is_last_effect(functions.statement_of(site.chain.node))


def _notes(site: Site, *, waits: bool) -> list[str]:
    notes: list[str] = []
    if not all(found.proven and found.kind.core for found in site.evidence):
        notes.append(pipes.FOREIGN if site.source.proven else pipes.HANDED_OVER)
    elif any(found.owner is not Owner.HERE for found in site.evidence):
        notes.append(pipes.HANDED_OVER)
    if any(found.kind.opaque for found in site.evidence):
        notes.append(pipes.OPAQUE)
    if pipes.fed_after(site):
        notes.append(FED)
    notes += staying(site)
    if waits and site.file.functions.enclosing_try(site.chain.node):
        notes.append(CAUGHT)
    return notes


def chain_edits(
    site: Site,
    before: str,
    after: str,
    *,
    name: str | None = None,
    options: str = "",
    changed: Mapping[int, str | None] = NOTHING_CHANGED,
) -> tuple[Edit, ...]:
    """The chain as a call; with a `name`, the source is given it on the line before; for
    the others see `pipeline_parts`."""
    source, chain = site.file.source, site.chain
    parts = pipeline_parts(
        source,
        chain,
        before=before,
        after=after,
        indent=source.indent(chain.node.start_byte),
        listening=True,
        name=name,
        options=options,
        changed=changed,
    )
    whole = chain.call if name is None else _expression(chain.call)
    return weave(source.data, whole.start_byte, whole.end_byte, parts)


def _expression(node: Node) -> Node:
    """`node` with the parentheses and the `void` around it, behind which no `const` may stand."""
    while (outer := node.parent) is not None and outer.type in _DISCARDING:
        node = outer
    return node
