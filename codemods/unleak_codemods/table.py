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
    "finished-misses-failure": Entry(
        name="finished-misses-failure",
        module="unleak_codemods.node.finished_misses_failure",
        safety="safe",
        node=">=18",
        needles=(b"finished",),
        summary="Give back what waits for a stream also when the stream fails.",
        why=(
            "`finished(stream).then(release)` releases when the stream ends, and only then. When "
            "it fails, or is destroyed before its end, the promise rejects: nothing is released, "
            "and as a rule nobody catches, so the process ends (0 of 1 released and exit code 1, "
            "on Node 18, 20, 22, 24 and 26)."
        ),
    ),
    "finished-without-cleanup": Entry(
        name="finished-without-cleanup",
        module="unleak_codemods.node.finished_without_cleanup",
        safety="unsafe",
        node=">=18",
        needles=(b"finished",),
        summary=(
            "Take the listeners of an awaited `finished()` off a stream that is asked again."
        ),
        why=(
            "The promise settles, its listeners stay: four for each call on Node 18, 20, 22 and "
            "24, one on 26."
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
    "release-follows-response": Entry(
        name="release-follows-response",
        module="unleak_codemods.node.release_follows_response",
        safety="unsafe",
        node=">=18",
        needles=(b"close", b"finish"),
        summary="Give a resource back when the pipeline is over, not when the response closes.",
        why=(
            "`res.on('close', release)` hears a close that comes after it. A client that leaves "
            "while the handler waits for its connection has closed the response already: the "
            "listener is never called and the connection stays taken (released 0 times instead "
            "of once, on Node 18, 20, 22, 24 and 26)."
        ),
    ),
    "response-body-unread": Entry(
        name="response-body-unread",
        module="unleak_codemods.node.response_body_unread",
        safety="unsafe",
        node=">=18",
        needles=(b"http",),
        summary="Drop the body of an HTTP answer on the paths that do not read it.",
        why=(
            "An answer that was given to a listener keeps its connection until the last byte of "
            "its body is read."
        ),
    ),
}
