"""Chains of stages that are written out again and again."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.chains import chain_at
from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.pipeline_calls import pipeline_call
from unleak_codemods.streams.syntax import arguments, called_method, inside, unwrap, walk
from unleak_engine.codemod import File

OFTEN = 3
"""How often the same stages must stand in a file to be worth a function."""


class Repeated(NamedTuple):
    """Stages between a source and a destination, `times` times in one file; `stages` is how the
    first of them are written."""

    stages: tuple[str, ...]
    times: int


def repeated_at(file: File, call: Node) -> Repeated | None:
    """What `call`, a pipeline or the first `.pipe` of a chain, begins to repeat; None when it is
    not the first of several."""
    found = file.memo.get("repeated")
    if not isinstance(found, dict):
        found = file.memo["repeated"] = _repeated(file)
    return found.get(call.start_byte)


def _repeated(file: File) -> dict[int, Repeated]:
    calls: dict[tuple[str, ...], list[int]] = {}
    for node in walk(file.source.root):
        between = _between(file, node) if node.type == "call_expression" else ()
        if len(between) > 1:
            calls.setdefault(between, []).append(node.start_byte)
    return {
        places[0]: Repeated(stages, len(places))
        for stages, places in calls.items()
        if len(places) >= OFTEN
    }


def _between(file: File, call: Node) -> tuple[str, ...]:
    """The texts of the stages between the first and the last, when each is made where it stands."""
    pipeline = pipeline_call(file, call)
    if pipeline is not None:
        stages = pipeline.stages if pipeline.whole_seen else ()
    else:
        method = called_method(call)
        if method is None or file.source.text(method[1]) != "pipe":
            return ()
        chain = chain_at(file.source, call)
        stages = tuple(stage.node for stage in chain.stages) if chain is not None else ()
    inner = [unwrap(stage) for stage in stages[1:-1]]
    made = all(
        stage.type in ("call_expression", "new_expression")
        and evidence_of(file, stage).proven
        and not any(_names_more(file, part, stage) for part in arguments(stage))
        for stage in inner
    )
    return tuple(" ".join(file.source.text(stage).split()) for stage in inner) if made else ()


def _names_more(file: File, part: Node, stage: Node) -> bool:
    """Whether `part` of `stage` names a variable: elsewhere the same name may be another."""
    if part.type == "identifier":
        return True
    for node in walk(part):
        binding = file.bindings.resolve(node) if node.type in _NAMES else None
        if binding is not None and binding.kind != "import" and not inside(binding.node, stage):
            return True
    return False


_NAMES = frozenset(["identifier", "shorthand_property_identifier"])
