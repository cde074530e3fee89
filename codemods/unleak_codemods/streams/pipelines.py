"""How a chain reads as a call of `pipeline`, as parts to weave: stages kept, the rest new.

Comments that stood between the stages move behind the comma, so none is lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from tree_sitter import Node

from unleak_codemods.streams.chains import Chain, Link
from unleak_codemods.streams.syntax import inside, walk
from unleak_engine.edit import Kept, Part
from unleak_engine.source import Source

WIDTH = 100
NOTHING_CHANGED: Mapping[int, str | None] = {}


def pipeline_parts(
    source: Source,
    chain: Chain,
    *,
    before: str,
    after: str,
    indent: str,
    listening: bool = False,
    name: str | None = None,
    options: str = "",
    changed: Mapping[int, str | None] = NOTHING_CHANGED,
) -> list[Part]:
    """`before stage, stage, … after`: `before` ends with the opening parenthesis of the call,
    `after` begins with the closing one. `indent` is the indentation the call will have;
    `listening` keeps the listeners that are attached to the stages in place. `name` moves the
    source to a constant of that name, declared on the line before. `options` stand behind
    the stages. `changed` says by the end of
    the call that attaches it what becomes of a listener: another handler, or None for nothing.
    """
    spans = [stage_spans(chain, index, listening=listening) for index in range(len(chain.stages))]
    gaps = [
        (chain.call.start_byte, spans[0][0].start),
        *((left[-1].end, right[0].start) for left, right in pairwise(spans)),
        (spans[-1][-1].end, chain.call.end_byte),
    ]
    comments = [comments_between(source, chain.call, start, end) for start, end in gaps]
    stages: list[list[Part]] = []
    for index, span in enumerate(spans):
        stages.append(_cut(span, _cuts(chain, index, changed)))
    shift = (source.indent(chain.node.start_byte), indent)
    first: list[Part] = []
    if name is not None:
        constant = _moved_stage(source, stages[0], *shift)
        stop = ";" if source.uses_semicolons else ""
        first = [f"const {name} = ", *constant, stop + source.newline + indent]
    texts = [_text(source, stage) for stage in stages]
    if name is not None:
        texts[0] = name
    shown = [*texts, *([options] if options else [])]
    if not any(comments) and _fits(indent + before + ", ".join(shown) + after, texts):
        parts: list[Part] = [*first, before]
        for index, stage in enumerate(stages):
            moved = _moved_stage(source, stage, *shift)
            parts += ([", "] if index else []) + (moved if index or name is None else [name])
        return [*parts, f", {options}" if options else "", after]
    inner = indent + source.indent_unit
    step = source.newline + inner
    shift = (source.indent(chain.node.start_byte), inner)
    parts = [*first, before, _moved(comments[0], step)]
    for index, stage in enumerate(stages):
        last = index == len(stages) - 1
        moved = _moved_stage(source, stage, *shift) if index or name is None else [name]
        parts += [step, *moved, "" if last and not options else ","]
        parts.append(_moved(comments[index + 1], step))
    behind = step + options.replace(source.newline + indent, step) if options else ""
    return [*parts, behind, source.newline + indent, after]


_Cut = tuple[int, int, str]


def _cuts(chain: Chain, index: int, changed: Mapping[int, str | None]) -> list[_Cut]:
    """What goes out of the text of a stage, and what comes in for it, in text order."""
    cuts: list[_Cut] = []
    for listener in chain.stages[index].listeners:
        if listener.node.end_byte not in changed:
            continue
        text = changed[listener.node.end_byte]
        if text is None:
            cuts.append((_owner_end(listener.node), listener.node.end_byte, ""))
        elif listener.handler is not None:
            cuts.append((listener.handler.start_byte, listener.handler.end_byte, text))
    return sorted(cuts)


def _cut(spans: Sequence[Kept], cuts: Sequence[_Cut]) -> list[Part]:
    parts: list[Part] = []
    for span in spans:
        at = span.start
        for start, end, text in cuts:
            if span.start <= start and end <= span.end:
                parts += ([Kept(at, start)] if at < start else []) + ([text] if text else [])
                at = end
        parts += [Kept(at, span.end)] if at < span.end else []
    return parts


def comments_cut(source: Source, call: Node, handler: Node | None) -> list[str]:
    """The comments beside a listener that is taken off, outside of its handler."""
    return [
        source.text(node)
        for node in walk(call)
        if node.type == "comment"
        and node.start_byte >= _owner_end(call)
        and not (handler is not None and inside(node, handler))
    ]


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
    return _owner_end(link.call)


def _owner_end(call: Node) -> int:
    function = call.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else None
    return owner.end_byte if owner is not None else call.start_byte


def _moved_stage(source: Source, stage: list[Part], old: str, new: str) -> list[Part]:
    moved: list[Part] = []
    for part in stage:
        moved += [part] if isinstance(part, str) else indented(source, part, old, new)
    return moved


def moved_text(source: Source, node: Node, indent: str) -> str:
    """The text of `node` as it reads when its line begins with `indent`."""
    old = source.indent(node.start_byte)
    parts = indented(source, Kept(node.start_byte, node.end_byte), old, indent)
    return _text(source, list(parts))


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
        blank = source.data[at : at + 1] in (b"\n", b"\r")
        moves = old != new and not blank and source.data.startswith(old.encode(), at)
        if moves and not _in_text(source, at):
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


def _text(source: Source, stage: list[Part]) -> str:
    return "".join(
        part if isinstance(part, str) else source.data[part.start : part.end].decode()
        for part in stage
    )


def _fits(line: str, stages: list[str]) -> bool:
    """Whether the call fits one line. One stage may span lines itself, an object literal say, but
    not by a call that begins on a line of its own."""
    lines = [part for text in stages for part in text.split("\n")[1:]]
    if any(part.lstrip().startswith((".", "?.")) for part in lines):
        return False
    return len(line.split("\n", 1)[0]) <= WIDTH and sum("\n" in text for text in stages) <= 1
