"""How a chain reads as a call of `pipeline`, as parts to weave: stages kept, the rest new.

Comments that stood between the stages move behind the comma, so none is lost.
"""

from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from unleak_codemods.streams.chains import Chain, Link
from unleak_codemods.streams.syntax import walk
from unleak_engine.edit import Kept, Part
from unleak_engine.source import Source

WIDTH = 100


def pipeline_parts(
    source: Source,
    chain: Chain,
    *,
    before: str,
    after: str,
    indent: str,
    listening: bool = False,
    name: str | None = None,
) -> list[Part]:
    """`before stage, stage, … after`: `before` ends with the opening parenthesis of the call,
    `after` begins with the closing one. `indent` is the indentation the call will have;
    `listening` keeps the listeners that are attached to the stages in place. `name` moves the
    source to a constant of that name, declared on the line before.
    """
    stages = [stage_spans(chain, index, listening=listening) for index in range(len(chain.stages))]
    gaps = [
        (chain.call.start_byte, stages[0][0].start),
        *((left[-1].end, right[0].start) for left, right in pairwise(stages)),
        (stages[-1][-1].end, chain.call.end_byte),
    ]
    comments = [comments_between(source, chain.call, start, end) for start, end in gaps]
    shift = (source.indent(chain.node.start_byte), indent)
    first: list[Part] = []
    if name is not None:
        constant = _moved_stage(source, stages[0], *shift)
        stop = ";" if source.uses_semicolons else ""
        first = [f"const {name} = ", *constant, stop + source.newline + indent]
    texts = [_text(source, stage) for stage in stages]
    if name is not None:
        texts[0] = name
    if not any(comments) and _fits(indent + before + ", ".join(texts) + after, texts):
        parts: list[Part] = [*first, before]
        for index, stage in enumerate(stages):
            moved = _moved_stage(source, stage, *shift)
            parts += ([", "] if index else []) + (moved if index or name is None else [name])
        return [*parts, after]
    inner = indent + source.indent_unit
    step = source.newline + inner
    shift = (source.indent(chain.node.start_byte), inner)
    parts = [*first, before, _moved(comments[0], step)]
    for index, stage in enumerate(stages):
        last = index == len(stages) - 1
        moved = _moved_stage(source, stage, *shift) if index or name is None else [name]
        parts += [step, *moved, "" if last else ","]
        parts.append(_moved(comments[index + 1], step))
    return [*parts, source.newline + indent, after]


def stage_spans(chain: Chain, index: int, *, listening: bool) -> list[Kept]:
    """The bytes of one stage: the stream, and its listeners if it keeps them."""
    node = chain.stages[index].node
    if not listening:
        return [Kept(node.start_byte, node.end_byte)]
    pipes = chain.pipes
    ends = [_receiver_end(link) for link in pipes] + [chain.call.end_byte]
    if index == 0:
        return [Kept(chain.links[0].call.start_byte, ends[0])]
    argument = pipes[index - 1].arguments[0]
    spans = [Kept(argument.start_byte, argument.end_byte)]
    after = pipes[index - 1].call.end_byte
    return spans if after >= ends[index] else [*spans, Kept(after, ends[index])]


def _receiver_end(link: Link) -> int:
    """Where what `.pipe` is called on ends."""
    function = link.call.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else None
    return owner.end_byte if owner is not None else link.call.start_byte


def _moved_stage(source: Source, stage: list[Kept], old: str, new: str) -> list[Part]:
    return [part for span in stage for part in indented(source, span, old, new)]


def comments_between(source: Source, node: Node, start: int, end: int) -> list[str]:
    """The comments of `node` inside `start:end`."""
    return [
        source.text(found)
        for found in walk(node)
        if found.type == "comment" and start <= found.start_byte and found.end_byte <= end
    ]


def indented(source: Source, span: Kept, old: str, new: str) -> Iterator[Part]:
    """`span` moved from indentation `old` to `new`, line by line; templates are not touched."""
    start = span.start
    at = source.data.find(b"\n", start, span.end) + 1
    while 0 < at < span.end:
        if old != new and source.data.startswith(old.encode(), at) and not _in_text(source, at):
            yield Kept(start, at)
            yield new
            start = at + len(old.encode())
        at = source.data.find(b"\n", at, span.end) + 1
    yield Kept(start, span.end)


def _in_text(source: Source, offset: int) -> bool:
    return any(
        node.type in ("template_string", "string") and node.start_byte < offset
        for node in source.path_to(offset, offset)
    )


def _moved(comments: list[str], step: str) -> str:
    return "".join(f" {text}" if i == 0 else step + text for i, text in enumerate(comments))


def _text(source: Source, stage: list[Kept]) -> str:
    return "".join(source.data[span.start : span.end].decode() for span in stage)


def _fits(line: str, stages: list[str]) -> bool:
    """Whether the call fits one line. One stage may span lines itself, an object literal say, but
    not by a call that begins on a line of its own."""
    lines = [part for text in stages for part in text.split("\n")[1:]]
    if any(part.lstrip().startswith((".", "?.")) for part in lines):
        return False
    return len(line.split("\n", 1)[0]) <= WIDTH and sum("\n" in text for text in stages) <= 1
