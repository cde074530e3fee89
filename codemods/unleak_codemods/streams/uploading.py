"""The rewrite of a chain into a request to a server or into a child's stdin, both made here.

What is said to a server or a child may be over before it is all said: a child that has seen enough
exits, a server answers and hangs up. Measured on every line from 18 to 26, the destination emits
the same errors behind a pipeline as behind `.pipe()`; what is new is that the source is closed.
"""

from unleak_codemods.streams import pipes
from unleak_codemods.streams.catching import (
    KEPT,
    Plan,
    caught,
    fresh_destination,
    goes_on,
)
from unleak_codemods.streams.detaching import chain_edits, destroyed_by_hand, rewrite
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.heard import Does, every, fits_every_stage, is_quiet
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import in_block, in_one_tick, member
from unleak_engine.codemod import Answer
from unleak_engine.edit import Safety

ENOUGH = "a child that exits before it has read everything is still no failure of its own"
REJECTED = (
    "a failed source, or the EPIPE of a child that stops reading, now rejects the promise, where "
    "an unheard 'error' ended the process"
)


def upload(site: Site) -> Answer:
    """The answer for a chain that ends in an upload or a child's stdin."""
    if _obstacle(site):
        return site.declined("upload")
    last = len(site.chain.stages) - 1
    errors = [item for item in every(site) if item.event == "error"]
    own = [item for item in errors if item.stage == last]
    if not errors and site.destination.role == "child-writable":
        return _unheard(site)
    answers = [item for item in own if item.does is Does.ANSWERS]
    others = [item for item in errors if item.stage < last]
    if not own or any(item.does is not Does.LOGS for item in others):
        return site.declined("upload")
    if any(item.does not in (Does.ANSWERS, Does.LOGS) for item in own):
        return site.declined("upload")
    everywhere = {item.stage for item in errors} == set(range(last + 1))
    passes = answers and all(
        item.handler is not None and fits_every_stage(site.file, item.handler) for item in answers
    )
    if not passes and (not everywhere or any(is_quiet(site.file, i.handler) for i in own)):
        return site.declined("upload")
    return caught(site, Plan((), silent=True, notes=(KEPT,)))


def child_in_a_promise(site: Site, reject: str) -> Answer:
    """The answer for a chain into a child's stdin in the executor of a promise, which the end of
    the child settles: `reject` hears what fails the stdin, if nobody does yet."""
    last = len(site.chain.stages) - 1
    errors = [item for item in every(site) if item.event == "error"]
    # One that does more, on the source, would hear of a child that has read enough.
    if _obstacle(site) or any(i.stage == last or i.does is not Does.LOGS for i in errors):
        return site.declined("upload")
    source, chain = site.file.source, site.chain
    statement = site.file.functions.statement_of(chain.node)
    if chain.place != "statement" or not in_block(statement):
        return site.declined("no-block")
    stop = ";" if source.uses_semicolons else ""
    stdin = source.text(chain.stages[-1].node)
    error = f"{source.quote}error{source.quote}"
    line = source.newline + source.indent(statement.start_byte)
    lead = f"{stdin}.on({error}, {reject}){stop}{line}"
    return _into_child(site, lead, ").catch(() => {})", REJECTED, ENOUGH)


def _unheard(site: Site) -> Answer:
    """Nobody hears the child's stdin: its EPIPE ends the process, as before, but a stdin that is
    closed without an error, because the child is done, does not."""
    source, chain = site.file.source, site.chain
    if site.served or destroyed_by_hand(site):
        return site.declined("upload")
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(chain.node.start_byte)
    stdin = source.text(chain.stages[-1].node)
    body = f"{line}{source.indent_unit}if ({stdin}.errored !== null) throw err{stop}{line}"
    return _into_child(site, "", f").catch((err) => {{{body}}})", ENOUGH)


def _into_child(site: Site, before: str, after: str, *notes: str) -> Answer:
    imported = site.file.bindings.import_name("stream/promises", "pipeline", site.chain.node)
    if imported is None:
        return site.declined("no-import-place")
    edits = chain_edits(site, f"{before}{imported.expression}(", after)
    return rewrite(site, (*imported.edits, *edits), Safety.UNSAFE, notes)


def _obstacle(site: Site) -> bool:
    """Whether a stage is not this function's alone, or may be stopped or fed by others."""
    found, file = site.destination, site.file
    if found.role not in ("upload", "child-writable") or not found.proven:
        return True
    if not _made_in_this_tick(site):
        return True
    if not site.source.proven or not (site.source.made_here or site.source.role == "message"):
        return True
    if site.source.role in ("child", "socket") or not all(
        part.proven and part.owner is Owner.HERE for part in site.evidence[1:-1]
    ):
        return True
    if any(link.name not in pipes.CHAINED for link in site.chain.links):
        return True
    if any(item.event in ("close", "") for item in goes_on(every(site))):
        return True
    if pipes.ended_by_hand(site) or pipes.fed_after(site) or pipes.takes_listeners_off(site):
        return True
    written = file.source.text(site.chain.pipes[-1].arguments[0])
    if found.role == "child-writable" and written != file.source.text(site.chain.stages[-1].node):
        return True
    return pipes.handed_elsewhere(site)


def _made_in_this_tick(site: Site) -> bool:
    """Whether the request, or the child, was made in this function without a wait in between."""
    if site.destination.role == "upload":
        return fresh_destination(site)
    file, chain = site.file, site.chain
    owner = member(chain.stages[-1].node)
    binding = file.bindings.resolve(owner[0]) if owner is not None else None
    if binding is None or not file.bindings.is_constant(binding):
        return False
    if file.functions.enclosing(binding.node) != file.functions.enclosing(chain.node):
        return False
    return in_one_tick(file.source.data, binding.node, chain.call)
