"""Stages that go on working for a chunk when they have been destroyed."""

import re

from tree_sitter import Node

from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import GHOST, GHOST_REASON
from unleak_codemods.inside.stages import Stage
from unleak_codemods.streams.syntax import called_method, inside, walk
from unleak_engine.codemod import Declined, File, Span

_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_LOOKS = re.compile(rb"\b(?:destroyed|closed|readableEnded|aborted|signal|throwIfAborted)\b")


def answer(file: File, stage: Stage, hook: Hook) -> Declined | None:
    """What is shown for an async hook that pushes in a loop which waits, and never asks whether
    somebody still reads; None for any other."""
    body = file.functions.body(hook.function)
    if hook.name not in ("transform", "flush") or body is None:
        return None
    if not file.functions.is_async(hook.function) or _LOOKS.search(file.source.bytes(body)):
        return None
    found = _waiting_push(file, hook, body)
    if found is None:
        return None
    wait, receiver = found
    return Declined(
        span=Span.of(wait),
        anchor=wait.start_byte,
        message=GHOST,
        code="works-on",
        why=GHOST_REASON.why,
        recipe=GHOST_REASON.recipe.replace("CALLBACK", hook.callback or "callback").replace(
            "STAGE", receiver
        ),
        evidence=(grounds(file, stage),),
        shown=GHOST_REASON.shown,
    )


def _waiting_push(file: File, hook: Hook, body: Node) -> tuple[Node, str] | None:
    """What a loop waits for before it pushes, and the stage as it is named there."""
    for loop in walk(body, into_functions=False):
        if loop.type not in _LOOPS:
            continue
        waits = [n for n in walk(loop, into_functions=False) if n.type == "await_expression"]
        if loop.type == "for_in_statement" and any(c.type == "await" for c in loop.children):
            waits.insert(0, loop)
        for node in walk(loop, into_functions=False):
            method = called_method(node) if node.type == "call_expression" else None
            if method is None or method[1].text != b"push":
                continue
            if not _is_stage(file, hook, method[0]):
                continue
            before = [wait for wait in waits if wait == loop or wait.start_byte < node.end_byte]
            if before:
                return (before[0].children[0] if before[0] == loop else before[0]), (
                    file.source.text(method[0])
                )
    return None


def _is_stage(file: File, hook: Hook, receiver: Node) -> bool:
    if receiver.type == "this":
        return hook.owns_this
    binding = file.bindings.resolve(receiver) if receiver.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return False
    return binding.value.type == "this" and inside(binding.node, hook.function)
