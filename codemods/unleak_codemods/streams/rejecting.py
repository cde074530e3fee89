"""The rewrite of a chain in a promise's executor that does more than copy: all of it stays, and
whatever fails or closes early rejects the promise too."""

from unleak_codemods.streams import pipes
from unleak_codemods.streams.continuing import continuing, settled_by_close
from unleak_codemods.streams.detaching import (
    CUT,
    ENTRY,
    FED,
    chain_edits,
    closing_catch,
    is_plain_name,
    no_destroy,
    rewrite,
)
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.listening import heard, hears_its_file
from unleak_codemods.streams.pipeline_calls import catch_of
from unleak_codemods.streams.pipes import Site, exclusive
from unleak_codemods.streams.syntax import in_block, in_one_tick, inside, member, walk, wrapped
from unleak_codemods.streams.wrappers import Wrapper, made_around
from unleak_engine.codemod import Answer
from unleak_engine.edit import Edit, Safety

REQUEST = "a failure destroys the message: its `socket` is null afterwards"
REJECTS = (
    "the promise now also rejects when a stage fails or closes early; what the executor does else "
    "stays as it is"
)
PARTS = "a file that is being received when the upload is cut fails too: its 'error' is heard above"
SERVES = (
    "a client that leaves settles the promise as before, and closes the source too; one that is "
    "gone before the start now rejects it"
)


def reject_in_place(site: Site, wrapper: Wrapper, code: str) -> Answer:
    """The answer for a chain in the executor of `wrapper`, which `code` keeps from being lifted
    out of its promise."""
    if _is_read_elsewhere(site):
        from unleak_codemods.streams.passing import let_go, passed_on

        if not passed_on(site):
            return site.declined("value-used")
        return let_go(site, fresh=_made_just_before(site, wrapper))
    obstacle = _obstacle(site, wrapper)
    rejects = wrapper.reject if rejects_with(site, wrapper) else None
    if obstacle == "upload" and rejects and site.destination.role == "child-writable":
        from unleak_codemods.streams.uploading import child_in_a_promise

        return child_in_a_promise(site, rejects)
    if obstacle is not None:
        return site.declined(obstacle if obstacle != "keep" else code)
    imported = site.file.bindings.import_name("stream/promises", "pipeline", site.chain.node)
    if imported is None:
        return site.declined("no-import-place")
    reject, added = _reject(wrapper)
    call = f"{imported.expression}("
    fresh = _made_just_before(site, wrapper)
    moved = continuing(site, wrapper, reject, fresh=fresh)
    if isinstance(moved, str):
        return site.declined(moved)
    if fresh:
        edits = (*moved.edits, *chain_edits(site, call, f"){moved.after}", changed=moved.changed))
    else:
        if no_destroy(site.source):
            return site.declined("no-destroy")
        named_already = is_plain_name(site.chain.stages[0].node)
        if not named_already and not in_block(site.file.functions.statement_of(site.chain.node)):
            return site.declined("no-block")
        name, tail = closing_catch(site, f"{reject}(err)")
        edits = chain_edits(site, call, tail, name=None if named_already else name)
    if reject not in moved.after:
        added = ()
    into_response = site.destination.role == "response"
    notes = [*moved.notes]
    if into_response:
        notes[:0] = [SERVES, CUT]
    elif reject in moved.after:
        notes.insert(0, REJECTS)
    if not made_around(site.file, wrapper, site.source):
        notes.append(pipes.HANDED_OVER)
    if site.source.role in ("request", "message"):
        notes.append(REQUEST)
    if pipes.fed_after(site):
        notes.append(FED)
    if site.source.kind.fed and into_response:
        notes.append(ENTRY)
    if any(item.event == "file" for item in heard(site)):
        notes.append(PARTS)
    return rewrite(site, (*imported.edits, *added, *edits), Safety.UNSAFE, tuple(notes))


def _is_read_elsewhere(site: Site) -> bool:
    """Whether the last stage is given to a reader, as what the promise resolves to, say. What
    fails after that rejects nothing, and the reader may not listen for it."""
    return site.destination.role == "duplex" and any(
        use.what in ("argument", "other", "returned")
        and not exclusive(site.file, use.node, site.chain.node)
        for use in site.uses[-1]
    )


def _made_just_before(site: Site, wrapper: Wrapper) -> bool:
    """Whether the destination cannot be dead yet: it was made in this tick. Then a pipeline owns
    its stages from the start, and destroys them itself."""
    found = site.destination
    if found.owner is Owner.HERE:
        return True
    directly = site.file.functions.enclosing(site.chain.node) == wrapper.executor
    if found.binding is None or found.binding.kind == "param" or not directly:
        return False
    return in_one_tick(site.file.source.data, found.binding.node, site.chain.call)


def _reject(wrapper: Wrapper) -> tuple[str, tuple[Edit, ...]]:
    """The name that rejects, and the edit that gives the executor one if it has none."""
    if wrapper.reject is not None:
        return wrapper.reject, ()
    parameter = wrapper.parameter
    if parameter.parent is not None and parameter.parent.type == "arrow_function":
        start, end = parameter.start_byte, parameter.end_byte
        return "reject", (Edit.insert(start, "("), Edit.insert(end, ", reject)"))
    return "reject", (Edit.insert(parameter.end_byte, ", reject"),)


def _obstacle(site: Site, wrapper: Wrapper) -> str | None:
    """The code that keeps the chain as it is; "keep" for the reason it was not lifted."""
    chain, bindings = site.chain, site.file.bindings
    if chain.place == "arrow" and site.file.functions.enclosing(chain.node) != wrapper.executor:
        return "value-used"
    if chain.place not in ("statement", "arrow"):
        return "value-used"
    if wrapper.reject is None and not bindings.name_is_free("reject", wrapper.parameter):
        return "keep"
    if wrapper.reject is not None and not rejects_with(site, wrapper):
        return "keep"
    if any(link.name not in pipes.CHAINED for link in chain.links):
        return "value-used"
    if pipes.fed_after(site) and not pipes.only_source_is_fed(site):
        return "fed-after"
    if hands_out_streams(site):
        return "handler-does-more"
    if any(use.what in ("written", "returned") for use in site.all_uses):
        return "stage-used-elsewhere"
    return _stage_obstacle(site, wrapper)


def hands_out_streams(site: Site) -> bool:
    """Whether the destination gives out streams of its own, which fail when it is destroyed, to
    code that may not hear it."""
    last = len(site.chain.stages) - 1
    return any(
        item.event in ("entry", "part", "stream")
        or (item.event == "file" and not hears_its_file(site.file, item.handler))
        for item in heard(site)
        if item.stage == last
    )


def rejects_with(site: Site, wrapper: Wrapper) -> bool:
    """Whether the executor has a `reject`, and that is what its name means at the chain."""
    if wrapper.reject is None:
        return False
    found = site.file.bindings.lookup(wrapper.reject, site.chain.node)
    return found is not None and inside(found.node, wrapper.executor) and found.kind == "param"


def _ends_the_process(site: Site, wrapper: Wrapper) -> bool:
    """Whether a client that left while its handler waited for something else, for which the
    promise never settled, would now reject it, with nobody to take that."""
    handler = site.handler
    if handler is None or handler.rejection != "crash":
        return False
    if site.file.functions.enclosing(wrapper.new) != handler.function:
        return False
    if catch_of(site.file, wrapper.new) is not None or member(wrapped(wrapper.new).parent):
        return False
    return any(
        node.type == "await_expression" and node.end_byte <= wrapper.new.start_byte
        for node in walk(handler.function, into_functions=False)
    )


def _stage_obstacle(site: Site, wrapper: Wrapper) -> str | None:
    for found in site.evidence[1:]:
        if not found.taken:
            return "unknown-stage"
        given = not site.source.taken or site.source.owner is Owner.HANDLER
        if found.role == "upload" and given:
            return "upload"
        if found.role == "response" and found is site.destination:
            closed = wrapper.reject is not None and settled_by_close(site, wrapper)
            if not closed or not made_around(site.file, wrapper, site.source):
                return "upload"
            if _ends_the_process(site, wrapper):
                return "upload"
            continue
        if found.role in ("child-writable", "socket", "stdio", "response"):
            return "upload"
        if found.owner in (Owner.FIELD, Owner.MODULE, Owner.PARAMETER):
            return "not-owned"
        if found.owner is Owner.OUTER and not made_around(site.file, wrapper, found):
            return "not-owned"
    guessed = not site.source.taken and site.destination.role == "duplex"
    if guessed or site.source.level < site.source.level.LIKELY:
        return "unknown-stage"
    if site.source.owner in (Owner.FIELD, Owner.MODULE):
        return "not-owned"
    return "not-owned" if site.source.role in ("socket", "child", "upload", "response") else None
