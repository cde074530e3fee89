"""The rewrite of a chain whose destination is waited for below it, by `once` or `finished`: that
wait hears neither of a source that fails nor of one that closes early, and then never ends.
"""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import pipes
from unleak_codemods.streams.detaching import OTHERS_STAY, chain_edits, listens, rewrite
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.heard import Does, every, leaves_between
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.pipelines import moved_text
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.rejecting import hands_out_streams
from unleak_codemods.streams.syntax import arguments, callee, in_block, named, string_value, unwrap
from unleak_codemods.streams.uses import Use, uses_of
from unleak_engine.codemod import Answer
from unleak_engine.edit import Edit, Safety

WHOLE = (
    "what waited for the destination now waits for the whole copy: it also rejects when another "
    "stage fails, or one closes early, where it waited for ever or the process ended"
)


class Wait(NamedTuple):
    """`await once(destination, 'finish');` or `await finished(destination);`, a statement beside
    the chain and below it. `call` is what is awaited; `use` of the destination stands in it, or of
    the variable that only holds the chain for it."""

    statement: Node
    call: Node
    use: Use


def wait_below(site: Site) -> Wait | None:
    """The one statement that waits for the destination in the tick that starts the chain; right
    below the chain where a constant holds it."""
    if site.destination.role not in ("writable", "duplex"):
        return None
    own = site.file.functions.statement_of(site.chain.node)
    held = site.chain.place == "assigned"
    if held:
        uses = _only_use_of_the_value(site, own)
    elif site.chain.place == "statement" and named(own)[:1] == [site.chain.call]:
        uses = site.uses[-1]
    else:
        return None
    for use in uses:
        if use.call is None or use.what != "argument" or not _waits(site, use.call, use.node):
            continue
        statement = site.file.functions.statement_of(use.call)
        if not _awaits(statement, use.call) or not _comes_after(own, statement):
            return None
        wait = Wait(statement, use.call, use)
        return None if held and not _is_right_below(own, wait) else wait
    return None


def _awaits(statement: Node, call: Node) -> bool:
    """Whether all that a statement does is to await `call`."""
    inner = named(statement)
    return (
        statement.type == "expression_statement"
        and inner[0].type == "await_expression"
        and named(inner[0]) == [call]
    )


def _comes_after(one: Node, other: Node) -> bool:
    """Whether a statement follows in the block of another, with no wait nor way out between."""
    beside = one.parent is not None and one.parent == other.parent and in_block(one)
    return beside and one.end_byte <= other.start_byte and not leaves_between(one, other)


def _is_right_below(statement: Node, wait: Wait) -> bool:
    return all(node.type == "comment" for node in _between(statement, wait.statement))


def _only_use_of_the_value(site: Site, statement: Node) -> list[Use]:
    """The only use of the constant that all of `statement` declares for the chain."""
    holder = site.chain.call.parent
    if holder is None or holder.type != "variable_declarator" or named(statement) != [holder]:
        return []
    name = holder.child_by_field_name("name")
    binding = site.file.bindings.resolve(name) if name is not None else None
    if binding is None or binding.path or not site.file.bindings.is_constant(binding):
        return []
    uses = uses_of(site.file, binding, site.chain)
    return uses if len(uses) == 1 else []


def _waits(site: Site, call: Node, destination: Node) -> bool:
    """Whether `call` gives a promise of `destination` being done, with no options of its own."""
    file, function = site.file, callee(call)
    origin = file.bindings.origin(function) if function is not None else None
    parts = [unwrap(node) for node in arguments(call)]
    if origin is None or not parts or parts[0].id != destination.id:
        return False
    where = (bare(origin.module), origin.name.rpartition(".")[2])
    if where == ("events", "once") and len(parts) == 2:
        event = string_value(parts[1], file.source.text(parts[1]))
        return event == "finish" or (event == "close" and site.destination.role == "writable")
    if site.destination.role != "writable" or len(parts) != 1:
        return False
    return where == ("stream/promises", "finished") or (
        (bare(origin.module), origin.name) == ("stream", "promises.finished")
    )


def wait_for_all(site: Site, wait: Wait) -> Answer:
    """The answer for a chain that `wait` stands below."""
    code = _obstacle(site, wait)
    if code is not None:
        return site.declined(code)
    file, source = site.file, site.file.source
    imported = file.bindings.import_name("stream/promises", "pipeline", site.chain.node)
    if imported is None:
        return site.declined("no-import-place")
    from unleak_codemods.drains.leftovers import without_import

    function = callee(wait.call)
    used = file.bindings.resolve(function) if function and function.type == "identifier" else None
    imports = without_import(file, used, [wait.call], imported.edits)
    statement = file.functions.statement_of(site.chain.node)
    line = source.newline + source.indent(statement.start_byte)
    if _is_right_below(statement, wait):
        comments = _between(statement, wait.statement)
        lead = "".join(moved_text(source, node, "") + line for node in comments)
        before = f"{lead}await {imported.expression}("
        rest = [Edit.delete(statement.end_byte, wait.statement.end_byte)]
        if site.chain.place == "assigned":
            rest.append(Edit.delete(statement.start_byte, site.chain.call.start_byte))
    else:
        name = file.bindings.fresh_name("copied", site.chain.node)
        before = f"const {name} = {imported.expression}("
        rest = [Edit.replace(wait.call.start_byte, wait.call.end_byte, name)]
    notes = [WHOLE]
    if not (site.source.proven and site.source.made_here):
        notes.append(pipes.HANDED_OVER)
    if not all(found.proven and found.kind.core for found in site.evidence[1:]):
        notes.append(pipes.FOREIGN)
    if listens(site):
        notes.append(OTHERS_STAY)
    edits = (*imports, *chain_edits(site, before, ")"), *rest)
    return rewrite(site, edits, Safety.UNSAFE, tuple(notes))


def _between(one: Node, other: Node) -> list[Node]:
    found: list[Node] = []
    node = one.next_named_sibling
    while node is not None and node.start_byte < other.start_byte:
        found.append(node)
        node = node.next_named_sibling
    return found


def _obstacle(site: Site, wait: Wait) -> str | None:
    """The code of what else than the copy the stages are used for."""
    if any(link.name not in pipes.CHAINED for link in site.chain.links):
        return "value-used"
    if pipes.fed_after(site) or pipes.ended_by_hand(site):
        return "fed-after"
    if any(
        item.event in ("error", "close", "") and item.does is not Does.LOGS for item in every(site)
    ):
        return "error-handler-answers"
    if hands_out_streams(site):
        return "stage-used-elsewhere"
    if any(not found.taken for found in site.evidence[1:]):
        return "unknown-stage"
    if site.source.level < site.source.level.LIKELY:
        return "unknown-stage"
    if any(found.owner is not Owner.HERE for found in site.evidence[1:]):
        return "not-owned"
    if site.source.owner not in (Owner.HERE, Owner.PARAMETER, Owner.OTHER):
        return "not-owned"
    if site.source.role not in ("readable", "duplex", "message", "child-readable"):
        return "not-owned"
    for index, uses in enumerate(site.uses):
        read = index == len(site.uses) - 1 and site.destination.role == "duplex"
        harmless = ("listener",) if read else ("listener", "property", "tested")
        if any(
            use != wait.use
            and use.what not in harmless
            and not pipes.exclusive(site.file, use.node, site.chain.node)
            for use in uses
        ):
            return "stage-used-elsewhere"
    return None


__all__ = ["WHOLE", "Wait", "wait_below", "wait_for_all"]
