"""The source of a pipeline that nobody closes when the pipeline never starts."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.catches.dead import may_be_dead
from unleak_codemods.catches.reasons import LEFT_OPEN, REASONS
from unleak_codemods.streams.detaching import is_plain_name, no_destroy
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of, thing_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.pipeline_calls import PipelineCall, Told, pipeline_call, told
from unleak_codemods.streams.syntax import FUNCTIONS, callee, inside, member, same, unwrap
from unleak_codemods.streams.uses import Use, every_member_use, every_use
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Declined, File, Grounds, Span

_READ_FROM = frozenset({"readable", "duplex", "message", "child-readable", ""})
_NO_STREAMS = FUNCTIONS | {"array", "object", "string", "template_string", "number"}
_HARMLESS = frozenset({"setEncoding", "setMaxListeners", "pause", "isPaused", "listenerCount"})


class Source(NamedTuple):
    """A stage to close: how the code names it (None where it has no name yet), what it is, and the
    variable it comes from."""

    node: Node
    found: Evidence
    binding: Binding | None

    @property
    def named(self) -> bool:
        return self.binding is not None


class Site(NamedTuple):
    """A pipeline whose failure is caught, and whose source the catch leaves open."""

    file: File
    pipe: PipelineCall
    told: Told
    source: Source
    middle: tuple[Source, ...]
    destination: Evidence

    @property
    def printed(self) -> tuple[Grounds, ...]:
        last = self.pipe.stages[-1]
        return (
            grounds(self.file, self.source.node, self.source.found),
            grounds(self.file, last, self.destination),
        )

    def visible(self, source: Source) -> bool:
        """Whether what hears of the failure may use the name of `source`."""
        at = self.told.body or self.told.handler
        binding = source.binding
        return (
            at is not None
            and binding is not None
            and self.file.bindings.lookup(binding.name, at) == binding
        )

    def declined(self, code: str) -> Declined:
        reason = REASONS[code]
        blamed = self.file.target.blamed(reason.why) if code == "node-too-old" else reason.why
        return Declined(
            span=Span.of(self.pipe.call),
            anchor=self.pipe.call.start_byte,
            message=LEFT_OPEN,
            code=code,
            why=blamed,
            recipe=reason.recipe,
            evidence=self.printed,
            shown=reason.shown,
        )


def site_of(file: File, call: Node) -> Site | None:
    """The site of `call`; None when it is no pipeline, nobody hears of its failure, or its source
    is certain to be closed, or not the business of whoever hears."""
    pipe = pipeline_call(file, call)
    if pipe is None or not pipe.promised or pipe.source is None or pipe.destination is None:
        return None
    heard = told(file, call)
    if heard.handler is None or not _says_what_it_does(heard.handler):
        return None
    destination = evidence_of(file, pipe.destination)
    if not may_be_dead(file, call, unwrap(pipe.destination), destination):
        return None
    source = _source_of(file, pipe, destination)
    if source is None:
        return None
    return Site(file, pipe, heard, source, _middle_of(file, pipe), destination)


def obstacle(site: Site) -> str | None:
    """The code of what makes an edit wrong, None when nothing does."""
    floor = site.file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    return "no-destroy" if no_destroy(site.source.found) else None


def _says_what_it_does(handler: Node) -> bool:
    """Whether the code that hears of the failure is there to be read, or only named."""
    body = handler.child_by_field_name("body")
    return body is not None or is_plain_name(handler)


def _source_of(file: File, pipe: PipelineCall, destination: Evidence) -> Source | None:
    assert pipe.source is not None
    node = unwrap(pipe.source)
    found = evidence_of(file, node)
    if found.level is Level.NOT_OURS or found.role not in _READ_FROM:
        return None
    if found.level is Level.UNKNOWN and thing_of(file, node).role:
        return None  # a web stream, or a promise
    if not is_plain_name(node):
        into_response = destination.role == "response" and destination.proven
        fresh = node.type in ("call_expression", "new_expression")
        return Source(node, found, None) if fresh and found.proven and into_response else None
    binding = _binding_of(file, node)
    if binding is None or not _is_of_this_function(file, pipe.call, binding):
        return None
    if found.level is Level.UNKNOWN and (node.type != "identifier" or _is_no_stream(file, binding)):
        return None
    if binding.kind == "param" and destination.role != "response":
        return None
    if destination.level is Level.UNKNOWN and not (found.proven and found.made_here):
        return None
    if found.owner in (Owner.PROCESS, Owner.HANDLER) and found.role != "message":
        return None
    source = Source(node, found, binding)
    return source if _left_to_the_pipeline(file, pipe, source) else None


def _middle_of(file: File, pipe: PipelineCall) -> tuple[Source, ...]:
    """The stages between that were made here and have a name: they are left open too."""
    judged = [(unwrap(stage), evidence_of(file, stage)) for stage in pipe.stages[1:-1]]
    named = [
        Source(node, found, _binding_of(file, node))
        for node, found in judged
        if node.type == "identifier" and found.proven and found.role == "duplex" and found.made_here
    ]
    return tuple(
        stage
        for stage in named
        if stage.binding is not None
        and _is_of_this_function(file, pipe.call, stage.binding)
        and _left_to_the_pipeline(file, pipe, stage)
    )


def _binding_of(file: File, node: Node) -> Binding | None:
    """The variable that a name, or a path of members, begins with."""
    while (found := member(node)) is not None:
        node = found[0]
    return file.bindings.resolve(node) if node.type == "identifier" else None


def _is_of_this_function(file: File, call: Node, binding: Binding) -> bool:
    """Whether the variable is the function's own, holds one thing only, and no round of a loop
    finds it as an earlier one left it."""
    if binding.kind not in ("const", "let", "var", "param"):
        return False
    if not file.bindings.is_constant(binding):
        return _is_filled_once(file, call, binding)
    if binding.value is None and binding.kind != "param":
        return False
    if file.functions.enclosing(binding.node) != file.functions.enclosing(call):
        return False
    loop = file.functions.enclosing_loop(call)
    return loop is None or inside(binding.node, loop)


def _is_filled_once(file: File, call: Node, binding: Binding) -> bool:
    """Whether a variable is empty until a statement of the function fills it, before `call` and
    outside of any loop. TypeScript must know that it may be empty."""
    writes = file.bindings.writes(binding)
    if binding.kind != "let" or binding.value is not None or len(writes) != 1:
        return False
    function = file.functions.enclosing(call)
    if file.functions.enclosing_loop(call) is not None or file.functions.enclosing_loop(writes[0]):
        return False
    if file.functions.enclosing(writes[0]) != function:
        return False
    if file.functions.enclosing(binding.node) != function:
        return False
    typed = binding.node.parent.child_by_field_name("type") if binding.node.parent else None
    if typed is not None and b"undefined" not in file.source.bytes(typed):
        return False
    return file.functions.runs_before(writes[0], call)


def may_be_empty(source: Source) -> bool:
    """Whether the variable may hold nothing yet when the failure is heard of."""
    return (
        source.binding is not None
        and source.binding.value is None
        and (source.binding.kind == "let")
    )


def _is_no_stream(file: File, binding: Binding) -> bool:
    """Whether the variable holds something that pipeline() takes and that has nothing to close: a
    list, a function, what a generator gives."""
    holder = binding.node.parent
    if holder is not None and holder.child_by_field_name("type") is not None:
        return True  # a declared type that says nothing of streams, AsyncIterable say
    value = unwrap(binding.value) if binding.value is not None else None
    if value is not None and value.type == "await_expression" and value.named_children:
        value = unwrap(value.named_children[-1])
    if value is None or binding.path:
        return False
    if value.type in _NO_STREAMS:
        return True
    function = callee(value) if value.type == "call_expression" else None
    made = file.bindings.resolve(function) if function is not None else None
    if made is None:
        return False
    body = made.declaration if made.kind == "function" else made.value
    return body is not None and "generator" in unwrap(body).type


def _left_to_the_pipeline(file: File, pipe: PipelineCall, source: Source) -> bool:
    """Whether nothing else in the code closes the stage, or is given it and could."""
    filled = file.bindings.writes(source.binding) if source.binding is not None else []
    return all(
        _is_harmless(use) or _is_stage(pipe, use.node) or use.node in filled
        for use in uses_of(file, source)
    )


def uses_of(file: File, source: Source) -> list[Use]:
    """All uses of the stage's name, the one in the pipeline among them."""
    if source.binding is None:
        return []
    if source.node.type == "identifier":
        return every_use(file, source.binding)
    return every_member_use(file, source.node)


def _is_stage(pipe: PipelineCall, node: Node) -> bool:
    return any(same(unwrap(stage), node) for stage in pipe.stages)


def _is_harmless(use: Use) -> bool:
    if use.what == "method":
        return use.name in _HARMLESS
    return use.what in ("listener", "property", "tested")
