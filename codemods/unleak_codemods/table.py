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
    "dead-client-misjudged": Entry(
        name="dead-client-misjudged",
        module="unleak_codemods.node.dead_client_misjudged",
        safety="safe",
        node=">=18",
        needles=(b".aborted", b".closed", b".destroyed"),
        summary="Ask the response, not the request, whether the client is gone.",
        why=(
            "A request is destroyed as soon as its body was read to the end: `req.destroyed` is "
            "then true for a client that waits for its answer (every POST whose body was parsed, "
            "on Node 18, 20, 22, 24 and 26), and the handler gives it none."
        ),
    ),
    "dead-client-served": Entry(
        name="dead-client-served",
        module="unleak_codemods.node.dead_client_served",
        safety="unsafe",
        node=">=18",
        needles=(b"pipeline",),
        summary="Open no source for a client that left while the handler waited.",
        why=(
            "A handler that awaits a query, a permission, a cache, and then opens a file for the "
            "response, opens it for nobody when the client left meanwhile."
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
    "handler-rejection-escapes": Entry(
        name="handler-rejection-escapes",
        module="unleak_codemods.node.handler_rejection_escapes",
        safety="unsafe",
        node=">=18",
        needles=(b"pipeline",),
        summary="Catch the rejection of a pipeline into a response where nobody else does.",
        why=(
            "`await pipeline(source, res)` rejects whenever a client leaves. In a handler of "
            "Express 4 or of plain `http` nobody takes that rejection: it is unhandled, and Node "
            "ends the process with code 1, and with it every other request (the first client "
            "that leaves in the middle of a download does it, on Node 18, 20, 22, 24 and 26)."
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
    "sse-timer-outlives-client": Entry(
        name="sse-timer-outlives-client",
        module="unleak_codemods.node.sse_timer_outlives_client",
        safety="safe",
        node=">=18",
        needles=(b"setInterval",),
        summary="Clear a timer that writes to a response when the response closes.",
        why=(
            "`setInterval(() => res.write(…))` knows nothing of its client. Once it has left, "
            "`write()` does nothing and says nothing, so the timer fires for ever and keeps the "
            "response, its socket and all that its callback sees: one more for every client that "
            "ever connected (after 5 clients had left, 5 timers went on firing, on Node 18, 20, "
            "22, 24 and 26)."
        ),
    ),
}
