"""Stages that read each chunk as text by itself, and what is done about them."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.decoding.chunks import Decoded, is_harmed, uses_of_chunk
from unleak_codemods.decoding.reasons import BASE64, MESSAGE, REASONS, SHORT
from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.stages import Stage
from unleak_codemods.streams.classes import CLASSES
from unleak_codemods.streams.syntax import in_block, named, unwrap
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety


class _Kept(NamedTuple):
    """Where a decoder is kept: `name` reads it, `edits` make it."""

    name: str
    edits: tuple[Edit, ...]


def stage_at(file: File, stage: Stage, hook: Hook) -> Answer | None:
    """The answer for the hook of a stage that takes chunks."""
    parameters = file.functions.parameters(hook.function)
    if hook.name not in ("transform", "write") or not parameters or hook.chunk is None:
        return None
    if stage.choices.writes_objects or stage.choices.decodes_strings is False:
        return None
    first = parameters[0].child_by_field_name("pattern") or parameters[0]
    uses = uses_of_chunk(file, first)
    harmed = [one for one in uses.decoded if is_harmed(file, one)] if uses is not None else []
    if uses is None or not harmed:
        return None
    if hook.name == "write" and all(one.into is None for one in harmed):
        return None  # what is written to it, a line of a log, is mostly whole
    if not any(one.said or one.into is not None for one in harmed):
        return None  # a line that gets a line's end, as a rule
    if stage.choices.writes_objects is None and not any(one.said for one in harmed):
        return None
    code, edits = _edits(file, stage, hook, uses.decoded, uses.more)
    if edits is None:
        return _declined(file, stage, hook, harmed, code)
    return Rewrite(
        span=Span.of(hook.function),
        anchor=hook.at.start_byte,
        message=MESSAGE,
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(SHORT,),
    )


def _edits(
    file: File, stage: Stage, hook: Hook, decoded: tuple[Decoded, ...], more: bool
) -> tuple[str, tuple[Edit, ...] | None]:
    """The edits that decode with one decoder a stage, or the code of why there are none."""
    encodings = {one.encoding for one in decoded}
    if encodings & {"base64", "base64url"}:
        return "stage-decodes", None
    if "" in encodings:
        return "encoding-computed", None
    if encodings != {"utf8"}:
        return "other-encoding", None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old", None
    flush = stage.hook("flush" if hook.name == "transform" else "final")
    body = file.functions.body(flush.function) if flush is not None else None
    if more or len(decoded) != 1 or stage.base not in ("Transform", "Writable") or body is None:
        return "stage-decodes", None
    only = decoded[0]
    target = only.into
    if flush is None or flush not in stage.hooks or target is None or hook.shared or flush.shared:
        return "stage-decodes", None
    if body.type != "statement_block" or not named(body):
        return "stage-decodes", None
    text = file.source.text(target)
    if not _reaches(file, stage, target, hook, flush) or text not in file.source.text(body):
        return "stage-decodes", None
    if file.functions.enclosing(only.node) != hook.function:
        return "stage-decodes", None
    kept = _kept(file, stage, hook, flush)
    if kept is None:
        return "stage-decodes", None
    source = file.source
    stop = ";" if source.uses_semicolons else ""
    head = named(body)[0].start_byte
    line = source.newline + source.indent(head)
    return "", (
        *kept.edits,
        Edit.replace(only.node.start_byte, only.node.end_byte, f"{kept.name}.write({hook.chunk})"),
        Edit.insert(head, f"{text} += {kept.name}.end(){stop}{line}"),
    )


def _reaches(file: File, stage: Stage, target: Node, hook: Hook, flush: Hook) -> bool:
    """Whether the two hooks mean the same text by the name of the one: a field of the stage, or a
    variable around both."""
    if target.type == "member_expression":
        owner = target.child_by_field_name("object")
        same_this = hook.owns_this and flush.owns_this
        return owner is not None and owner.type == "this" and same_this
    binding = file.bindings.resolve(target) if target.type == "identifier" else None
    body = file.functions.body(flush.function)
    if binding is None or body is None:
        return False
    return file.bindings.lookup(binding.name, named(body)[0]) == binding and any(
        file.functions.enclosing(use) == flush.function for use in file.bindings.references(binding)
    )


def _kept(file: File, stage: Stage, hook: Hook, flush: Hook) -> _Kept | None:
    source = file.source
    if stage.node.type in CLASSES:
        return _in_class(file, stage) if hook.owns_this and flush.owns_this else None
    statement = file.functions.statement_of(stage.node)
    around = file.functions.enclosing(statement)
    if stage.form != "options" or not in_block(statement):
        return None
    if around is None or file.functions.enclosing(stage.node) != around:
        return None
    if file.functions.enclosing_loop(stage.node) != file.functions.enclosing_loop(statement):
        return None
    plan = file.bindings.import_name("string_decoder", "StringDecoder", statement)
    if plan is None:
        return None
    name = file.bindings.fresh_name("decoder")
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(statement.start_byte)
    made = f"const {name} = new {plan.expression}({source.quote}utf8{source.quote}){stop}{line}"
    return _Kept(name, (*plan.edits, Edit.insert(statement.start_byte, made)))


def _in_class(file: File, stage: Stage) -> _Kept | None:
    source = file.source
    body = stage.node.child_by_field_name("body")
    parts = named(body) if body is not None else []
    plan = file.bindings.import_name("string_decoder", "StringDecoder", stage.node)
    if not parts or plan is None:
        return None
    name = "decoder"
    if b"decoder" in source.data:
        name = "utf8Decoder"
        if b"utf8Decoder" in source.data:
            return None
    stop = ";" if source.uses_semicolons else ""
    head = unwrap(parts[0])
    line = source.newline + source.indent(head.start_byte)
    made = f"{name} = new {plan.expression}({source.quote}utf8{source.quote}){stop}"
    at = head.start_byte
    return _Kept(f"this.{name}", (*plan.edits, Edit.insert(at, f"{made}{source.newline}{line}")))


def _declined(file: File, stage: Stage, hook: Hook, harmed: list[Decoded], code: str) -> Declined:
    reason = REASONS[code]
    encodings = {one.encoding for one in harmed}
    recipe = REASONS["stage-decodes"].recipe
    return Declined(
        span=Span.of(hook.function),
        anchor=hook.at.start_byte,
        message=BASE64 if encodings <= {"base64", "base64url"} else MESSAGE,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=recipe,
        evidence=(grounds(file, stage),),
    )
