"""Chains into a stream that somebody else reads, whose failures are passed on to it by hand.

A pipeline would listen for the errors of the stream that is read: a reader that does not would no
longer end the process with them, only see no end. So the chain stays, with its hand-written half,
and gets the half that is missing: when the last stage closes, those before it are closed.
"""

from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import destroying, is_plain_name, no_destroy, rewrite
from unleak_codemods.streams.evidence import Level, Owner
from unleak_codemods.streams.heard import Does, Heard, every, movable, only_keeps_time
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import FUNCTIONS, in_block, named, walk
from unleak_engine.codemod import Answer
from unleak_engine.edit import Edit, Safety

LETS_GO = (
    "a reader that leaves now closes the stages before it; failures are passed on by hand as "
    "before, and a stage that closes without an error still leaves the reader waiting"
)


def let_go(site: Site, *, fresh: bool) -> Answer:
    """The chain as it is, and the stages before the last closed when that one closes. `fresh` says
    that the last one cannot have been closed before."""
    source, stages = site.file.source, site.chain.stages
    statement = site.file.functions.statement_of(site.chain.node)
    if not all(is_plain_name(stage.node) for stage in stages):
        return site.declined("value-used")
    if statement.type != "expression_statement" or not in_block(statement):
        return site.declined("no-block")
    if no_destroy(site.source):
        return site.declined("no-destroy")
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(statement.start_byte)
    last = source.text(stages[-1].node)
    calls = [
        f"{source.text(stage.node)}{destroying(found)}"
        for stage, found in zip(stages[:-1], site.evidence, strict=False)
    ]
    block = "".join(f"{line}{source.indent_unit}{call}{stop}" for call in calls)
    body = calls[0] if len(calls) == 1 else f"{{{block}{line}}}"
    text = f"{line}{last}.once({source.quote}close{source.quote}, () => {body}){stop}"
    if not fresh:
        now = f"{calls[0]}{stop}" if len(calls) == 1 else f"{{{block}{line}}}"
        text = f"{line}if ({last}.destroyed) {now}{text}"
    return rewrite(site, (Edit.insert(statement.end_byte, text),), Safety.UNSAFE, (LETS_GO,))


def is_let_go(site: Site) -> bool:
    """Whether the chain has both halves already."""
    last = len(site.chain.stages) - 1
    closing = [item for item in every(site) if item.stage == last and item.event == "close"]
    return any(item.does is Does.FORWARDS for item in closing) and bool(passed_on(site))


def passed_on(site: Site) -> tuple[Heard, ...]:
    """The listeners that pass the failures of every stage on to the last, which a pipeline does by
    itself; nothing when that is not all there is to the chain."""
    last = len(site.chain.stages) - 1
    listeners = every(site)
    off = tuple(item for item in listeners if item.event == "error" and item.stage < last)
    if not off or not all(_passes_the_error(site, item) for item in off):
        return ()
    if {item.stage for item in off} != set(range(last)):
        return ()
    if any(item.event in ("close", "") and not _harmless(site, item) for item in listeners):
        return ()
    if not _for_a_reader(site) or not _given_or_made(site):
        return ()
    if any(link.name not in pipes.CHAINED for link in site.chain.links):
        return ()
    if pipes.ended_by_hand(site) or pipes.fed_after(site):
        return ()
    return off if all(movable(site, item) for item in off) else ()


def _harmless(site: Site, item: Heard) -> bool:
    return item.does in (Does.LOGS, Does.FORWARDS) or only_keeps_time(site.file, item.handler)


def _passes_the_error(site: Site, item: Heard) -> bool:
    """Whether a listener does no more than to hand its error to a later stage."""
    if item.does is not Does.FORWARDS or item.handler is None:
        return False
    source = site.file.source
    given = [source.text(node) for node in site.file.functions.parameters(item.handler)]
    body = item.handler.child_by_field_name("body")
    if body is None or len(given) != 1 or item.handler.type not in FUNCTIONS:
        return False
    later = {source.text(stage.node) for stage in site.chain.stages[item.stage + 1 :]}
    statements = named(body) if body.type == "statement_block" else [body]
    return any(
        any(source.text(node) == given[0] for node in walk(statement) if node.type == "identifier")
        and source.text(statement).split(".")[0] in later
        for statement in statements
    )


def _for_a_reader(site: Site) -> bool:
    """Whether the last stage is a stream of this code that is read somewhere else."""
    found = site.destination
    if not found.proven or found.role != "duplex" or not found.kind.follows_core:
        return False
    if found.owner not in (Owner.HERE, Owner.OUTER) or found.binding is None:
        return False
    if not site.file.bindings.is_constant(found.binding):
        return False
    return not any(
        use.what == "written"
        or (
            use.what in ("pipe", "stage")
            and not pipes.exclusive(site.file, use.node, site.chain.node)
        )
        for use in site.uses[-1]
    )


def _given_or_made(site: Site) -> bool:
    """Whether the stages before the last are this function's to destroy."""
    for found in site.evidence[:-1]:
        if found.level < Level.LIKELY or found.owner in (Owner.FIELD, Owner.MODULE, Owner.OUTER):
            return False
        if found.role in ("socket", "child", "request"):
            return False
    given = ("written", "argument", "returned")
    return not any(
        use.what in given and not pipes.exclusive(site.file, use.node, site.chain.node)
        for uses in site.uses[:-1]
        for use in uses
    )
