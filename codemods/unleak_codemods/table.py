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
    "catch-without-destroy": Entry(
        name="catch-without-destroy",
        module="unleak_codemods.node.catch_without_destroy",
        safety="unsafe",
        node=">=18",
        needles=(b"ipeline",),
        summary="Let the catch of a pipeline close the source that it never took over.",
        why=(
            "From Node 23 on, a pipeline whose destination has closed before it begins throws "
            "ERR_STREAM_UNABLE_TO_PIPE before it owns its stages."
        ),
    ),
    "destroy-with-error-crashes": Entry(
        name="destroy-with-error-crashes",
        module="unleak_codemods.node.destroy_with_error_crashes",
        safety="safe",
        node=">=18",
        needles=(b"destroy",),
        summary="Destroy a stage without the error that its pipeline has failed with.",
        why=(
            "When a pipeline fails, it has destroyed its stages: `source.destroy(err)` in the "
            "catch does nothing."
        ),
    ),
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
    "premature-close-misread": Entry(
        name="premature-close-misread",
        module="unleak_codemods.node.premature_close_misread",
        safety="unsafe",
        node=">=18",
        needles=(b"ERR_STREAM_PREMATURE_CLOSE",),
        summary="Tell a client that left by who is gone, not by ERR_STREAM_PREMATURE_CLOSE.",
        why=(
            "The code says that some stage closed early, not which. A source whose connection "
            "drops has it too: the export is cut in the middle, and the log says that the client "
            "disconnected (on Node 18, 20, 22, 24 and 26)."
        ),
    ),
}
