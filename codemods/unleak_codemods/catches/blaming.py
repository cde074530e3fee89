"""A stage that a catch destroys with the error it caught, and who would miss that error."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.catches import reasons
from unleak_codemods.catches.hearing import Hearing, hearing_at, is_alone_in_try
from unleak_codemods.streams.detaching import is_plain_name
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.pipeline_calls import PipelineCall
from unleak_codemods.streams.syntax import arguments, called_method, callee, member, unwrap, walk
from unleak_codemods.streams.uses import Use, every_member_use, every_use
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_CRASHING = frozenset({"readable", "duplex", "child-readable", ""})
"""What emits an 'error' when it is destroyed with one. A message of http does so only when somebody
listens, and a socket has listeners of its own."""
_MADE_BY_NODE = frozenset({"fs", "zlib", "crypto"})
_LISTENED = frozenset({"error", "close"})


class Site(NamedTuple):
    """`stage.destroy(err)` in what hears of the failure of `pipe`, whose stage that is."""

    file: File
    call: Node
    stage: Node
    heard: Hearing
    pipe: PipelineCall
    found: Evidence
    binding: Binding | None

    def declined(self, code: str) -> Declined:
        reason, target = reasons.REASONS[code], self.file.target
        return Declined(
            span=Span.of(self.call),
            anchor=self.call.start_byte,
            message=reasons.CRASHES,
            code=code,
            why=target.blamed(reason.why) if code == "node-too-old" else reason.why,
            recipe=reason.recipe.replace("STAGE", self.file.source.text(self.stage)),
            shown=reason.shown,
            evidence=(grounds(self.file, self.stage, self.found),),
        )


def site_of(file: File, call: Node) -> Site | None:
    """The site of `call`; None when it destroys something else, or somebody is there to hear."""
    method, given = called_method(call), arguments(call)
    if method is None or len(given) != 1 or not is_plain_name(method[0]):
        return None
    heard = hearing_at(file, call)
    if heard is None or not _is_the_error(file, heard, unwrap(given[0])):
        return None
    stages = [(pipe, _stage_of(file, pipe, method[0])) for pipe in heard.pipelines]
    pipe, stage = next(((pipe, stage) for pipe, stage in stages if stage is not None), (None, None))
    if pipe is None or stage is None:
        return None
    found = evidence_of(file, stage)  # seen from the pipeline, not from a function in its catch
    if found.level is Level.NOT_OURS or found.role not in _CRASHING:
        return None
    if found.level is Level.UNKNOWN and found.owner is Owner.PARAMETER:
        return None  # whoever made it may be there to hear
    site = Site(file, call, method[0], heard, pipe, found, _binding_of(file, method[0]))
    return None if _is_listened_to(site) else site


def rewritten(site: Site) -> Rewrite:
    """Without its argument `destroy` closes the stage and emits nothing but 'close'."""
    (given,) = arguments(site.call)
    notes = _notes(site)
    return Rewrite(
        span=Span.of(site.call),
        anchor=site.call.start_byte,
        message=reasons.CRASHES,
        edits=(_without(given),),
        safety=Safety.UNSAFE if notes else Safety.SAFE,
        evidence=(grounds(site.file, site.stage, site.found),),
        notes=notes,
    )


def _without(given: Node) -> Edit:
    """The edit that takes the only argument away, with its comma and the space around it; comments
    stay."""
    last, before = given, given.prev_sibling
    if last.next_sibling is not None and last.next_sibling.type == ",":
        last = last.next_sibling
    after = last.next_sibling
    start = before.end_byte if before is not None and before.type == "(" else given.start_byte
    return Edit.delete(start, after.start_byte if after is not None else last.end_byte)


def _is_the_error(file: File, heard: Hearing, given: Node) -> bool:
    """Whether `given` is the very error that was caught."""
    if heard.error is None or heard.error.type != "identifier" or given.type != "identifier":
        return False
    caught = file.bindings.resolve(heard.error)
    return caught is not None and file.bindings.resolve(given) == caught


def _stage_of(file: File, pipe: PipelineCall, name: Node) -> Node | None:
    """The stage of a pipeline that `name` means; None for another stream, and the destination."""
    if not pipe.whole_seen:
        return None
    path, home = _path(file, name), _binding_of(file, name)
    stages = [unwrap(stage) for stage in pipe.stages]
    same = [
        each for each in stages if _path(file, each) == path and _binding_of(file, each) == home
    ]
    return same[0] if same and same[-1] != stages[-1] else None


def _path(file: File, node: Node) -> str:
    return "".join(file.source.text(node).split())


def _binding_of(file: File, node: Node) -> Binding | None:
    while (found := member(node)) is not None:
        node = found[0]
    return file.bindings.resolve(node) if node.type == "identifier" else None


def _uses(site: Site) -> list[Use]:
    if site.stage.type == "identifier":
        return every_use(site.file, site.binding) if site.binding is not None else []
    return every_member_use(site.file, site.stage)


def _is_listened_to(site: Site) -> bool:
    """Whether somebody takes the stage's error, so that it cannot crash the process."""
    return any(use.what == "listener" and use.name == "error" for use in _uses(site))


def _notes(site: Site) -> tuple[str, ...]:
    """What a reviewer must look at; nothing for a stage that Node made here, and that only this
    pipeline and this catch know."""
    notes: list[str] = []
    if not site.found.proven:
        notes.append(reasons.LIKELY)
    if not site.found.made_here or any(not _is_private(site, use) for use in _uses(site)):
        notes.append(reasons.OTHERS_HEAR)
    if not _is_made_by_node(site):
        notes.append(reasons.OWN_DESTROY)
    if not is_alone_in_try(site.file, site.heard, site.pipe):
        notes.append(reasons.OTHER_WORK)
    return tuple(notes)


def _is_private(site: Site, use: Use) -> bool:
    """Whether a use leaves the stage between the pipeline and the catch."""
    if use.what in ("property", "tested"):
        return use.name != "errored"
    if use.what == "method":
        return use.name in ("destroy", "setEncoding")
    if use.what == "listener":
        return use.name not in _LISTENED and bool(use.name)
    return use.what == "argument" and use.call == site.pipe.call


def _is_made_by_node(site: Site) -> bool:
    """Whether a function of Node's own made the stage, which does nothing with the error when it
    is destroyed."""
    binding = site.binding
    if binding is None or binding.value is None or binding.path or binding.kind == "param":
        return False
    if site.stage.type != "identifier" or not site.file.bindings.is_constant(binding):
        return False
    if site.file.functions.enclosing(binding.node) != site.file.functions.enclosing(site.pipe.call):
        return False
    value = unwrap(binding.value)
    function = callee(value) if value.type == "call_expression" else None
    origin = site.file.bindings.origin(function) if function is not None else None
    return origin is not None and bare(origin.module) in _MADE_BY_NODE


def needs_the_error(site: Site) -> bool:
    """Whether the stage is of a class, or made with a `destroy`, that looks at the error."""
    binding = site.binding
    value = unwrap(binding.value) if binding is not None and binding.value is not None else None
    if value is None or value.type != "new_expression":
        return False
    made = callee(value)
    known = site.file.bindings.resolve(made) if made is not None else None
    parts = [*arguments(value), *([known.declaration] if known and known.kind == "class" else [])]
    return any(
        node.type in ("method_definition", "pair")
        and _DESTROYS.match(site.file.source.bytes(node)) is not None
        for part in parts
        for node in walk(part)
    )


_DESTROYS = re.compile(rb"(?:async\s+)?_?destroy\s*[(:]")


def is_everybodys(site: Site) -> bool:
    """Whether the stage is the process's own, such as stdin."""
    return site.found.owner is Owner.PROCESS
