"""The answer for a pipeline that is to hear of a client that left: a guarded AbortController."""

from tree_sitter import Node

from unleak_codemods.aborts import reasons
from unleak_codemods.aborts.reasons import TELLING, UNTOLD
from unleak_codemods.aborts.untold import Untold, may_be_stuck
from unleak_codemods.aborts.verdicts import Verdict, verdict_of, widened
from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.pipeline_calls import Told, told
from unleak_codemods.streams.syntax import in_block, inside, named, unwrap
from unleak_engine.codemod import Answer, Declined, Grounds, Rewrite, Span
from unleak_engine.edit import Edit, Safety


def tell(site: Untold) -> Answer | None:
    """The answer for a pipeline that does not hear of a client that left."""
    file, call = site.file, site.call.call
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return _declined(site, "node-too-old")
    if not site.call.promised:
        return _declined(site, "callback-form")
    if site.generator is not None and not site.helps:
        return _declined(site, "generator-cannot-hear")
    if file.functions.enclosing_loop(call) is not None:
        return None
    heard = told(file, call)
    verdict = verdict_of(site, heard)
    if verdict.code is not None:
        return _declined(site, verdict.code)
    before = _statement(site, heard, verdict)
    if before is None:
        return _declined(site, "no-block")
    return _rewrite(site, verdict, before)


def _statement(site: Untold, heard: Told, verdict: Verdict) -> Node | None:
    """The statement before which the controller goes, where its catch can see it."""
    functions, call = site.file.functions, site.call.call
    statement = functions.statement_of(call)
    if verdict.asked and heard.how == "awaited":
        around = functions.enclosing_try(call)
        clause = heard.handler
        statement = next(
            (one for one in around if one.child_by_field_name("handler") == clause), statement
        )
    if not in_block(statement) or functions.enclosing(statement) != functions.enclosing(call):
        return None
    binding = site.file.bindings.lookup(
        site.file.source.text(site.response).partition(".")[0], statement
    )
    return None if binding is None or inside(binding.node, statement) else statement


def _rewrite(site: Untold, verdict: Verdict, before: Node) -> Rewrite:
    file, source = site.file, site.file.source
    name = file.bindings.fresh_name("ac", before)
    response = source.text(site.response)
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(before.start_byte)
    made = (
        f"const {name} = new AbortController(){stop}{line}"
        f"{response}.once({source.quote}close{source.quote}, () => {{ "
        f"if (!{response}.writableFinished) {name}.abort(){stop} }}){stop}{line}"
    )
    signal = f"{name}.signal"
    wider = [edit for asked in verdict.asked for edit in widened(asked, signal)]
    return Rewrite(
        span=Span.of(site.call.call),
        anchor=site.call.call.start_byte,
        message=UNTOLD,
        edits=(Edit.insert(before.start_byte, made), _option(site, signal), *wider),
        safety=Safety.UNSAFE,
        evidence=_evidence(site),
        notes=_notes(site, verdict),
    )


def _option(site: Untold, signal: str) -> Edit:
    """The edit that hands the signal to the pipeline."""
    options = unwrap(site.call.options) if site.call.options is not None else None
    if options is None:
        return Edit.insert(site.call.stages[-1].end_byte, f", {{ signal: {signal} }}")
    if not named(options):
        return Edit.replace(options.start_byte, options.end_byte, f"{{ signal: {signal} }}")
    return Edit.insert(named(options)[0].start_byte, f"signal: {signal}, ")


def _notes(site: Untold, verdict: Verdict) -> tuple[str, ...]:
    found = [reasons.BY_ITSELF if site.generator is None else reasons.ABORTS]
    if verdict.asked:
        found.append(reasons.WIDENED)
    if may_be_stuck(site):
        found.append(reasons.STUCK)
    return tuple(found)


def _evidence(site: Untold) -> tuple[Grounds, ...]:
    return tuple(
        grounds(site.file, stage, evidence_of(site.file, stage)) for stage in site.call.stages
    )


def _declined(site: Untold, code: str) -> Declined:
    reason, target = TELLING[code], site.file.target
    return Declined(
        span=Span.of(site.call.call),
        anchor=site.call.call.start_byte,
        message=UNTOLD,
        code=code,
        why=target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("RESPONSE", site.file.source.text(site.response)),
        evidence=_evidence(site),
        shown=reason.shown,
    )
