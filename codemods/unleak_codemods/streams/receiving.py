"""An upload whose sender still gets an answer: the `.pipe()` stays, and what is written closes with
a request that breaks off.

A pipeline destroys the request when the destination fails, and the connection with it: the sender
would see a reset where it got a 500. Of what leaks only the abandoned upload is left then, whose
file stays open for good. Measured on every line from 18 to 26: one listener closes it, the answers
stay what they were, and 'close' of a request that was read to its end finds it complete.
"""

import re

from unleak_codemods.streams import pipes
from unleak_codemods.streams.catching import goes_on
from unleak_codemods.streams.detaching import rewrite, shape_obstacle
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.heard import Does, every, is_quiet
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import in_block, in_one_tick
from unleak_engine.codemod import Answer
from unleak_engine.edit import Edit, Safety

STAYS = (
    "`.pipe()` stays: a pipeline would close the request, and with it the connection that the "
    "'error' handler answers on"
)
PART = "what was written of an upload that broke off stays, as before; it is closed now"

_ASKING = frozenset({"property", "method", "argument", "listener", "tested"})
"""Uses of a request beside the chain that take nothing of what is uploaded."""


def may_receive(site: Site) -> bool:
    """Whether a chain takes an upload whose failure is answered on the request's connection, and
    nobody looks after a sender that leaves."""
    if site.source.role != "request" or not site.source.proven or site.handler is None:
        return False
    if site.file.source.text(site.chain.stages[0].node) != site.handler.request:
        return False
    return any(i.event == "error" and i.stage > 0 and i.does is Does.ANSWERS for i in every(site))


def is_received(site: Site) -> bool:
    """Whether such a chain is looked after: a sender that leaves closes what it writes to."""
    if not may_receive(site):
        return False
    heard = [i.handler for i in every(site) if i.stage == 0 and i.event in ("close", "aborted")]
    said = b"\n".join(handler.text or b"" for handler in heard if handler is not None)
    names = [re.escape(site.file.source.bytes(stage.node)) for stage in site.chain.stages[1:]]
    return all(re.search(rb"(?<![\w$.])%s\.destroy\(" % name, said) for name in names)


def receive(site: Site, code: str) -> Answer:
    """The answer for such a chain, which `code` keeps from becoming a pipeline."""
    file, chain, source = site.file, site.chain, site.file.source
    statement = file.functions.statement_of(chain.node)
    listeners = every(site)
    if shape_obstacle(site) not in (None, "upload") or pipes.takes_listeners_off(site):
        return site.declined(code)
    if any(item.stage == 0 and not is_quiet(file, item.handler) for item in listeners):
        return site.declined(code)  # somebody hears of the sender already
    if any(item.event in ("close", "") for item in goes_on(listeners)):
        return site.declined("close-continues")
    if any(not _made_in_this_tick(site, index) for index in range(1, len(chain.stages))):
        return site.declined(code)
    if chain.place != "statement" or not in_block(statement):
        return site.declined(code)
    if any(use.what not in _ASKING for use in site.uses[0]):
        return site.declined(code)
    quote, unit = source.quote, source.indent_unit
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(statement.start_byte)
    request = source.text(chain.stages[0].node)
    closed = [f"{source.text(stage.node)}.destroy(){stop}" for stage in chain.stages[1:]]
    if len(closed) == 1:
        body = f"{line}{unit}if (!{request}.complete) {closed[0]}"
    else:
        inner = "".join(f"{line}{unit}{unit}{text}" for text in closed)
        body = f"{line}{unit}if (!{request}.complete) {{{inner}{line}{unit}}}"
    text = f"{line}{request}.once({quote}close{quote}, () => {{{body}{line}}}){stop}"
    return rewrite(site, (Edit.insert(statement.end_byte, text),), Safety.UNSAFE, (STAYS, PART))


def _made_in_this_tick(site: Site, index: int) -> bool:
    """Whether a stage stands in a constant of this function, a core stream that was made with no
    wait between it and the chain."""
    found, stage = site.evidence[index], site.chain.stages[index].node
    binding = found.binding
    if stage.type != "identifier" or binding is None or found.owner is not Owner.HERE:
        return False
    if not (found.proven and found.kind.follows_core and site.file.bindings.is_constant(binding)):
        return False
    if site.file.functions.enclosing(binding.node) != site.file.functions.enclosing(stage):
        return False
    return in_one_tick(site.file.source.data, binding.node, site.chain.call)
