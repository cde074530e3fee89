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
    "iterated-stream-not-destroyed": Entry(
        name="iterated-stream-not-destroyed",
        module="unleak_codemods.node.iterated_stream_not_destroyed",
        safety="unsafe",
        node=">=18",
        needles=(b"ReadStream(",),
        summary="Destroy a file stream that `for await` does not get to, or is told to keep.",
        why=(
            "`for await` destroys what it walks over however it ends; a `finally` around it adds "
            "nothing."
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
    "readline-leaves-input-open": Entry(
        name="readline-leaves-input-open",
        module="unleak_codemods.node.readline_leaves_input_open",
        safety="safe",
        node=">=18",
        needles=(b"createInterface",),
        summary="Close what readline reads when a loop over its lines is left early.",
        why=(
            "`break`, `return` and `throw` in `for await (const line of rl)` end the loop and "
            "leave the input open: paused, with its file descriptor kept for good (1 of 1, on "
            "Node 18, 20, 22, 24 and 26), or not yet paused and read to its end for nobody."
        ),
    ),
    "scan-without-exit": Entry(
        name="scan-without-exit",
        module="unleak_codemods.node.scan_without_exit",
        safety="safe",
        node=">=18",
        needles=(b"ReadStream(",),
        summary="Stop reading a file when a 'data' listener has found what it looks for.",
        why=(
            "Resolving a promise stops no stream: the rest of the file is read, chunk by chunk, "
            "for a listener that has its answer (2.3 MB of 2.3 MB, against 64 KB with a destroy, "
            "on Node 18, 20, 22, 24 and 26)."
        ),
    ),
}
