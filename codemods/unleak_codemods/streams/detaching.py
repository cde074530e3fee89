"""The rewrite of a chain that stands as a statement: awaited where it is the last thing an async
function does (R1), started and left to itself elsewhere (R2)."""

from tree_sitter import Node
from unleak_engine.codemod import Answer, Rewrite, Span
from unleak_engine.edit import Edit, Safety, weave

from unleak_codemods.streams import pipes
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.pipelines import pipeline_parts
from unleak_codemods.streams.pipes import MESSAGE, Site, logs_only

WAITS = "the function now waits for the copy and rejects when it fails: check who calls it"
CAUGHT = "a failed copy now lands in the `catch` around it"
LEFT_ALONE = (
    "nobody waits for the copy: a failure is an unhandled rejection, as an unheard 'error' was, "
    "and a stage that closes early without an error is now a failure too"
)
LISTENERS_STAY = "the listeners stay, and a listener for 'error' now hears of other stages too"
HANDED_OVER = "the source is not made here: check that nobody else reads it or needs it open"
FOREIGN = "a stage is not one of Node's own: check that it emits 'close' when it is done"


def pipe_statement(site: Site) -> Answer:
    """The answer for a chain whose value nobody uses."""
    code = _obstacle(site)
    if code is not None:
        return site.declined(code)
    if site.handler is not None:
        return site.declined("statement")
    imported = site.file.bindings.import_name("stream/promises", "pipeline", site.chain.node)
    if imported is None:
        return site.declined("no-import-place")
    waits = _may_wait(site)
    notes = _notes(site, waits=waits)
    before = f"await {imported.expression}(" if waits else f"{imported.expression}("
    safe = waits and not notes
    return Rewrite(
        span=Span.of(site.chain.node),
        anchor=site.chain.anchor.start_byte,
        message=MESSAGE,
        edits=(*imported.edits, *_chain_edits(site, before, ")")),
        safety=Safety.SAFE if safe else Safety.UNSAFE,
        evidence=site.printed,
        notes=(WAITS, *notes) if waits else (LEFT_ALONE, *notes),
    )


def _obstacle(site: Site) -> str | None:
    if pipes.fed_after(site):
        return "fed-after"
    code = pipes.ownership(site)
    if code is not None:
        return code
    for handler in _error_handlers(site):
        if not logs_only(site.file, handler):
            return "error-handler-answers"
    for use in site.all_uses:
        if use.what in ("written", "argument", "other", "returned"):
            return "stage-used-elsewhere"
    if any(link.name not in pipes.CHAINED for link in site.chain.links):
        return "value-used"
    if not site.source.proven and not site.destination.kind.core:
        return "not-owned"
    if site.destination.role not in ("writable", "response"):
        return "unknown-stage" if site.destination.role != "duplex" else "value-used"
    return None


def _error_handlers(site: Site) -> list[Node | None]:
    attached = [item for item in site.chain.listeners if item.event in ("error", None)]
    later = [use for use in site.all_uses if use.what == "listener" and use.name == "error"]
    return [item.handler for item in attached] + [use.handler for use in later]


def _may_wait(site: Site) -> bool:
    """Whether the function may wait here: async, nothing after the chain, a source that ends."""
    functions = site.file.functions
    function = functions.enclosing(site.chain.node)
    if function is None or not functions.is_async(function):
        return False
    if not site.source.kind.finite or not site.source.made_here:
        return False
    return functions.is_last_effect(functions.statement_of(site.chain.node))


def _notes(site: Site, *, waits: bool) -> list[str]:
    notes: list[str] = []
    if not all(found.proven and found.kind.core for found in site.evidence):
        notes.append(FOREIGN if site.source.proven else HANDED_OVER)
    elif any(found.owner is not Owner.HERE for found in site.evidence):
        notes.append(HANDED_OVER)
    if site.chain.listeners or any(use.what == "listener" for use in site.all_uses):
        notes.append(LISTENERS_STAY)
    if waits and site.file.functions.enclosing_try(site.chain.node):
        notes.append(CAUGHT)
    return notes


def _chain_edits(site: Site, before: str, after: str) -> tuple[Edit, ...]:
    source, node = site.file.source, site.chain.node
    indent = source.indent(node.start_byte)
    parts = pipeline_parts(
        source, site.chain, before=before, after=after, indent=indent, listening=True
    )
    return weave(source.data, node.start_byte, node.end_byte, parts)
