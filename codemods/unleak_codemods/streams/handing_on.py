"""The rewrite of a chain whose value is used (R3): the callback form of `pipeline` gives the last
stage back, as `.pipe` did."""

from collections.abc import Callable

from tree_sitter import Node

from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import chain_edits, rewrite
from unleak_codemods.streams.evidence import Evidence, Level, Owner
from unleak_codemods.streams.listening import harmless, heard
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import wrapped
from unleak_codemods.streams.uses import Use, uses_of
from unleak_codemods.streams.wrappers import Wrapper, made_around
from unleak_engine.codemod import Answer
from unleak_engine.edit import Safety

TOLD_TWICE = (
    "an error reaches the consumer's 'error' listener and the log; a consumer that only pipes on, "
    "or listens to 'data' and 'end', goes on where the process crashed before"
)
TELLS = (
    "an error of any stage reaches the consumer's 'error' listener and rejects the promise, where "
    "one that nobody heard ended the process"
)
CONSUMER = "when the last stage is destroyed, the stages before it are destroyed too"


def hand_on(site: Site, wrapper: Wrapper | None = None) -> Answer:
    """The answer for a chain that is returned, assigned or handed to a call; in the executor of
    `wrapper`, an error rejects the promise."""
    if wrapper is None and site.chain.place == "assigned":
        from unleak_codemods.streams.waiting import wait_below, wait_for_all

        wait = wait_below(site)
        if wait is not None:
            return wait_for_all(site, wait)
    code = _obstacle(site, wrapper) or _consumer(site)
    if code is not None:
        return site.declined(code)
    imported = site.file.bindings.import_name("stream", "pipeline", site.chain.call)
    if imported is None:
        return site.declined("no-import-place")
    source = site.file.source
    line = source.newline + source.indent(site.chain.node.start_byte)
    stop = ";" if source.uses_semicolons else ""
    quote = source.quote
    left = f"err.code !== {quote}ERR_STREAM_PREMATURE_CLOSE{quote}"
    told = wrapper.reject if wrapper is not None else "console.error"
    body = f"if (err && {left} && err.name !== {quote}AbortError{quote}) {told}(err){stop}"
    callback = f"(err) => {{{line}{source.indent_unit}{body}{line}}}"
    notes = [CONSUMER, TOLD_TWICE if wrapper is None else TELLS]
    if not _made_here(site, wrapper)(site.source):
        notes.append(pipes.HANDED_OVER)
    edits = chain_edits(site, f"{imported.expression}(", ")", options=callback)
    return rewrite(site, (*imported.edits, *edits), Safety.UNSAFE, tuple(notes))


def _obstacle(site: Site, wrapper: Wrapper | None) -> str | None:
    chain, last = site.chain, site.destination
    here = _made_here(site, wrapper)
    if chain.place not in ("returned", "assigned", "argument", "arrow"):
        return "value-used"
    if any(link.name not in pipes.CHAINED for link in chain.links):
        return "value-used"
    if pipes.fed_after(site):
        return "fed-after"
    if site.source.level < Level.LIKELY or any(not found.taken for found in site.evidence[1:]):
        return "unknown-stage"
    if not here(site.source) and not _handed_over(site):
        return "not-owned"
    if not all(here(found) for found in site.evidence[1:]):
        return "not-owned"
    if site.source.role not in ("readable", "duplex", "message", "child-readable"):
        return "not-owned"
    return None if last.role in ("duplex", "writable") else "value-used"


def _made_here(site: Site, wrapper: Wrapper | None) -> Callable[[Evidence], bool]:
    if wrapper is None:
        return lambda found: found.owner is Owner.HERE
    return lambda found: made_around(site.file, wrapper, found)


def _handed_over(site: Site) -> bool:
    """Whether a caller hands the source over: to be given back with more stages behind it, or as
    what is surely a readable, to be read here."""
    if site.source.owner is not Owner.PARAMETER:
        return False
    returned = site.chain.place in ("returned", "arrow")
    return returned or (site.source.proven and site.source.role == "readable")


def _consumer(site: Site) -> str | None:
    """The code for a consumer in sight that would take a failure for the end, or for nothing."""
    closes = [item.handler for item in heard(site) if item.event == "close"]
    if any(not _may_follow_failure(site, handler) for handler in closes):
        return "close-continues"
    uses = _uses_of_the_value(site)
    if uses is None:
        return None
    if any(
        use.what == "listener"
        and use.name == "close"
        and not _may_follow_failure(site, use.handler)
        for use in uses
    ):
        return "close-continues"
    # What goes on into a chain or a pipeline belongs into that one, with its failures.
    if any(use.what == "pipe" or use.name.endswith("pipeline") for use in uses):
        return "value-used"
    events = {use.name for use in uses if use.what == "listener"}
    unheard = bool(events) and "error" not in events
    only_heard = all(use.what in ("listener", "method", "property") for use in uses)
    return "value-used" if unheard and only_heard else None


def _may_follow_failure(site: Site, handler: Node | None) -> bool:
    return harmless(site.file, handler, frozenset())


def _uses_of_the_value(site: Site) -> list[Use] | None:
    """The uses of the variable that the chain is assigned to, None when it is none."""
    holder = wrapped(site.chain.node).parent
    field = {"variable_declarator": "name", "assignment_expression": "left"}
    if site.chain.place != "assigned" or holder is None or holder.type not in field:
        return None
    name = holder.child_by_field_name(field[holder.type])
    binding = site.file.bindings.resolve(name) if name is not None else None
    return uses_of(site.file, binding, site.chain) if binding is not None else None
