"""Which codemods there are. Written by `python scripts/generate.py`: do not edit by hand."""

from typing import NamedTuple


class Entry(NamedTuple):
    """What must be known of a codemod before its module is worth importing.

    `needles` are the literal bytes one of which a file must hold; `why` is how "Why it leaks"
    begins; `node` is the range of Node versions it was proven on.
    """

    name: str
    module: str
    safety: str
    node: str
    needles: tuple[bytes, ...]
    summary: str
    why: str


TABLE: dict[str, Entry] = {
    "drain-wait-hangs": Entry(
        name="drain-wait-hangs",
        module="unleak_codemods.node.drain_wait_hangs",
        safety="safe",
        node=">=18",
        needles=(b"drain",),
        summary="Let a wait for 'drain' end when the stream ends or closes instead.",
        why=(
            "`await once(writable, 'drain')` settles on 'drain' and on 'error'. A stream that is "
            "destroyed without an error, ended by somebody else, or left by its client emits "
            "neither: the function waits for ever and keeps everything it holds (10 of 10 "
            "handlers stuck and 10 cursors open after 10 clients left, on Node 18, 20, 22, 24 "
            "and 26)."
        ),
    ),
    "paused-source-forgotten": Entry(
        name="paused-source-forgotten",
        module="unleak_codemods.node.paused_source_forgotten",
        safety="display",
        node=">=18",
        needles=(b"drain",),
        summary="Let what waits for 'drain' in a callback learn that the stream has closed.",
        why=(
            "`source.pause(); sink.once('drain', () => source.resume())` counts on a 'drain' "
            "that never comes when the sink closes while it is full: the source stays paused and "
            "open for ever (its descriptor, its socket, its cursor), and a callback that is to "
            "run then never does, on Node 18, 20, 22, 24 and 26."
        ),
    ),
    "pipe-without-pipeline": Entry(
        name="pipe-without-pipeline",
        module="unleak_codemods.node.pipe_without_pipeline",
        safety="safe",
        node=">=18",
        needles=(b".pipe",),
        summary=(
            "Let every stage of a `.pipe()` chain be destroyed when one of them fails or closes."
        ),
        why=(
            "`.pipe()` moves bytes and nothing else. When the client leaves, or a later stage "
            "fails or closes, the source is unpiped and kept: its file descriptor, socket or "
            "cursor stays open for good (20 of 20 after 20 aborted downloads, on Node 18, 20, "
            "22, 24 and 26), and a promise that waits for 'finish' never settles."
        ),
    ),
    "pump-by-hand": Entry(
        name="pump-by-hand",
        module="unleak_codemods.node.pump_by_hand",
        safety="unsafe",
        node=">=18",
        needles=(b".write(",),
        summary="Let a copy by hand wait for its sink, and stop when either stream is gone.",
        why=(
            "`src.on('data', (chunk) => dst.write(chunk))` reads as fast as the source gives, "
            "however slow the sink is: 2,048,000 of 2,048,000 bytes waited in memory where a "
            "pipeline holds 16,384."
        ),
    ),
    "write-ignores-backpressure": Entry(
        name="write-ignores-backpressure",
        module="unleak_codemods.node.write_ignores_backpressure",
        safety="unsafe",
        node=">=18",
        needles=(b".write(",),
        summary="Let a loop wait when the stream it writes to is full.",
        why=(
            "`write()` takes every chunk, and answers false when the stream holds more than it "
            "should."
        ),
    ),
}
