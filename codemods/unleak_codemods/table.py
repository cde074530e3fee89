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
    "abort-on-every-close": Entry(
        name="abort-on-every-close",
        module="unleak_codemods.node.abort_on_every_close",
        safety="safe",
        node=">=18",
        needles=(b"close",),
        summary=(
            "Abort the work for a response when its client left, not whenever something closes."
        ),
        why=(
            "A response emits 'close' after success too. An `abort()` there rejects every "
            "successful pipeline with a generator stage (10 of 10 complete downloads ended in an "
            "AbortError, on Node 18, 20, 22, 24 and 26), and a request emits 'close' as soon as "
            "its body is read: what is stopped there never answers a parsed POST at all (0 of 5 "
            "came whole)."
        ),
    ),
    "close-does-not-abort": Entry(
        name="close-does-not-abort",
        module="unleak_codemods.node.close_does_not_abort",
        safety="unsafe",
        node=">=18",
        needles=(b"pipeline",),
        summary="Tell a generator that feeds a response when the client has left.",
        why=(
            "A pipeline whose last stage before the response is an async generator waits for the "
            "generator's next chunk, and sees only then that the response is closed."
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
    "timeout-ends-response": Entry(
        name="timeout-ends-response",
        module="unleak_codemods.node.timeout_ends_response",
        safety="unsafe",
        node=">=18",
        needles=(b"setTimeout",),
        summary=("Cut a response that takes too long, where a timer ended it as if it were whole."),
        why=(
            "`setTimeout(() => res.end(), ms)` beside a chain into the response makes the client "
            "believe that it has all: a truncated 200."
        ),
    ),
}
