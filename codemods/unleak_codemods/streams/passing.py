"""Chains into a stream that somebody else reads, whose failures are passed on to it by hand."""

from unleak_codemods.streams import pipes
from unleak_codemods.streams.evidence import Level, Owner
from unleak_codemods.streams.heard import Does, Heard, every, movable, only_keeps_time
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import FUNCTIONS, named, walk

_MODELS = frozenset({"core", "readable-stream-3", "readable-stream-4"})


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
    if not found.proven or found.role != "duplex" or found.kind.model not in _MODELS:
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
