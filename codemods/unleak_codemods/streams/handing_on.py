"""The rewrite of a chain whose value is used (R3): the callback form of `pipeline` gives the last
stage back, as `.pipe` did."""

from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import chain_edits, rewrite
from unleak_codemods.streams.evidence import Level, Owner
from unleak_codemods.streams.pipes import Site
from unleak_engine.codemod import Answer
from unleak_engine.edit import Safety

TOLD_TWICE = (
    "an error reaches the consumer's 'error' listener and the log; a consumer that only pipes on, "
    "or listens to 'data' and 'end', goes on where the process crashed before"
)
CONSUMER = "when the last stage is destroyed, the stages before it are destroyed too"


def hand_on(site: Site) -> Answer:
    """The answer for a chain that is returned, assigned or handed to a call."""
    code = _obstacle(site)
    if code is not None:
        return site.declined(code)
    imported = site.file.bindings.import_name("stream", "pipeline", site.chain.call)
    if imported is None:
        return site.declined("no-import-place")
    source = site.file.source
    line = source.newline + source.indent(site.chain.call.start_byte)
    stop = ";" if source.uses_semicolons else ""
    quote = source.quote
    left = f"err.code !== {quote}ERR_STREAM_PREMATURE_CLOSE{quote}"
    body = f"if (err && {left} && err.name !== {quote}AbortError{quote}) console.error(err){stop}"
    after = f", (err) => {{{line}{source.indent_unit}{body}{line}}})"
    notes = [CONSUMER, TOLD_TWICE]
    if site.source.owner is not Owner.HERE:
        notes.append(pipes.HANDED_OVER)
    edits = chain_edits(site, f"{imported.expression}(", after)
    return rewrite(site, (*imported.edits, *edits), Safety.UNSAFE, tuple(notes))


def _obstacle(site: Site) -> str | None:
    chain, last = site.chain, site.destination
    if chain.place not in ("returned", "assigned", "argument", "arrow"):
        return "value-used"
    if any(link.name not in pipes.CHAINED for link in chain.links):
        return "value-used"
    if pipes.fed_after(site):
        return "fed-after"
    if site.source.level < Level.LIKELY or any(not found.proven for found in site.evidence[1:]):
        return "unknown-stage"
    given = site.source.owner is Owner.PARAMETER and chain.place in ("returned", "arrow")
    if site.source.owner is not Owner.HERE and not given:
        return "not-owned"
    if any(found.owner is not Owner.HERE for found in site.evidence[1:]):
        return "not-owned"
    if site.source.role not in ("readable", "duplex", "message", "child-readable"):
        return "not-owned"
    return None if last.role in ("duplex", "writable") else "value-used"
