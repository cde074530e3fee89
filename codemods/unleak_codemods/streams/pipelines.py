"""How a chain reads as a call of `pipeline`, as parts to weave: stages kept, the rest new.

Comments that stood between the stages move behind the comma, so none is lost.
"""

from collections.abc import Iterator

from tree_sitter import Node
from unleak_engine.edit import Kept, Part
from unleak_engine.source import Source

from unleak_codemods.streams.chains import Chain
from unleak_codemods.streams.syntax import walk

WIDTH = 100


def pipeline_parts(
    source: Source,
    chain: Chain,
    *,
    before: str,
    after: str,
    indent: str,
    listening: bool = False,
) -> list[Part]:
    """`before stage, stage, … after`: `before` ends with the opening parenthesis of the call,
    `after` begins with the closing one. `indent` is the indentation the call will have;
    `listening` keeps the listeners that are attached to the stages in place.
    """
    stages = [stage_span(chain, index, listening=listening) for index in range(len(chain.stages))]
    gaps = [
        (chain.node.start_byte, stages[0].start),
        *((left.end, right.start) for left, right in zip(stages, stages[1:], strict=False)),
        (stages[-1].end, chain.node.end_byte),
    ]
    comments = [comments_between(source, chain.node, start, end) for start, end in gaps]
    shift = (source.indent(chain.node.start_byte), indent)
    if not any(comments) and _fits(source, stages, indent, before, after):
        parts: list[Part] = [before]
        for index, stage in enumerate(stages):
            parts += ([", "] if index else []) + list(indented(source, stage, *shift))
        return [*parts, after]
    step = source.newline + indent + source.indent_unit
    parts = [before, _moved(comments[0], step)]
    for index, stage in enumerate(stages):
        last = index == len(stages) - 1
        parts += [step, *indented(source, stage, *shift), "" if last else ","]
        parts.append(_moved(comments[index + 1], step))
    return [*parts, source.newline + indent, after]


def stage_span(chain: Chain, index: int, *, listening: bool) -> Kept:
    """The bytes of one stage; with its listeners if it keeps them."""
    node = chain.stages[index].node
    if not listening or not chain.stages[index].listeners:
        return Kept(node.start_byte, node.end_byte)
    if index == 0:
        links = chain.links[: next(i for i, k in enumerate(chain.links) if k.name == "pipe")]
        return Kept(node.start_byte, links[-1].call.end_byte if links else node.end_byte)
    argument = chain.pipes[index - 1].arguments[0]
    return Kept(argument.start_byte, argument.end_byte)


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


def _fits(source: Source, stages: list[Kept], indent: str, before: str, after: str) -> bool:
    """Whether the call fits one line; one stage that spans lines itself may end it."""
    texts = [source.data[stage.start : stage.end].decode() for stage in stages]
    first = (indent + before + ", ".join(texts) + after).split("\n", 1)[0]
    return len(first) <= WIDTH and sum("\n" in text for text in texts) <= 1
