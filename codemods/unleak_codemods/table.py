"""Which codemods there are. Written by `python scripts/generate.py`: do not edit by hand."""

from typing import NamedTuple


class Entry(NamedTuple):
    """What must be known of a codemod before its module is worth importing.

    `needles` are the literal bytes one of which a file must hold, and one of each group of `also`;
    `why` is how "Why it leaks" begins; `node` is the range of Node versions it was proven on.
    `opt_in` ones must be selected. `language` is that of the files it reads, and for "python" the
    range is one of Python versions.
    """

    name: str
    module: str
    safety: str
    node: str
    needles: tuple[bytes, ...]
    summary: str
    why: str
    also: tuple[tuple[bytes, ...], ...] = ()
    opt_in: bool = False
    language: str = "node"


TABLE: dict[str, Entry] = {
    "abort-on-every-close": Entry(
        name="abort-on-every-close",
        module="unleak_codemods.node.abort_on_every_close",
        safety="safe",
        node=">=18",
        needles=(b'"close"', b"'close'"),
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
        also=((b".body", b".pipe(", b".send(", b"AbortController", b"pipeline("),),
    ),
    "async-transform-unhandled": Entry(
        name="async-transform-unhandled",
        module="unleak_codemods.node.async_transform_unhandled",
        safety="unsafe",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Fail the stage when its async work fails, where it hung.",
        why=(
            "Node does not look at the promise that an async `transform` or `write` gives. When "
            "it rejects, the callback is never called: an unhandled rejection ends the process, "
            "and where the process listens for those, the pipeline hangs for good with all that "
            "it holds (10 of 10, on Node 18, 20, 22, 24 and 26)."
        ),
        also=((b"final", b"flush", b"hrough2", b"ransform", b"write"), (b".then", b"async")),
    ),
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
    "chunk-splits-utf8": Entry(
        name="chunk-splits-utf8",
        module="unleak_codemods.node.chunk_splits_utf8",
        safety="unsafe",
        node=">=18",
        needles=(
            b'"data",',
            b"'data',",
            b"_transform",
            b"_write",
            b"for await",
            b'stream"',
            b"stream'",
            b'through2"',
            b"through2'",
        ),
        summary="Decode a stream's text as one, not each chunk by itself.",
        why=(
            "A chunk ends where a buffer was full, often in the middle of a character. `text += "
            "chunk` and `chunk.toString()` decode each chunk alone, and each half becomes "
            "U+FFFD: data is lost, silently (16 characters of a file of 600 KB, on Node 18, 20, "
            "22, 24 and 26), and only when the text is long enough and not ASCII."
        ),
        also=((b"${", b"+=", b"String(", b"toString("),),
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
    "close-not-awaited": Entry(
        name="close-not-awaited",
        module="unleak_codemods.python.close_not_awaited",
        safety="unsafe",
        node=">=3.11",
        needles=(b"asyncio",),
        summary="Wait until a StreamWriter of asyncio is closed, so that its last bytes go out.",
        why=(
            "`writer.close()` only asks for it: what is still buffered goes out later, if the "
            "event loop lives that long."
        ),
        also=((b".close(",), (b".write(", b".writelines(")),
        language="python",
    ),
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
        also=((b"raw!.", b"raw.", b"req!.", b"req.", b"request!.", b"request."),),
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
    "destroy-with-error-crashes": Entry(
        name="destroy-with-error-crashes",
        module="unleak_codemods.node.destroy_with_error_crashes",
        safety="safe",
        node=">=18",
        needles=(b"ipeline",),
        summary="Destroy a stage without the error that its pipeline has failed with.",
        why=(
            "When a pipeline fails, it has destroyed its stages: `source.destroy(err)` in the "
            "catch does nothing."
        ),
        also=((b"destroy",), (b"stream",), (b"promis",)),
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
        also=((b"stream",), (b"promis",)),
    ),
    "finished-without-cleanup": Entry(
        name="finished-without-cleanup",
        module="unleak_codemods.node.finished_without_cleanup",
        safety="unsafe",
        node=">=18",
        needles=(b"finished",),
        summary="Take the listeners of an awaited `finished()` off a stream that is asked again.",
        why=(
            "The promise settles, its listeners stay: four for each call on Node 18, 20, 22 and "
            "24, one on 26."
        ),
        also=((b"stream",), (b"promis",)),
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
    "heap-only-memory-meter": Entry(
        name="heap-only-memory-meter",
        module="unleak_codemods.node.heap_only_memory_meter",
        safety="display",
        node=">=18",
        needles=(b"heapUsed",),
        summary="Say which memory a meter of `heapUsed` alone does not see.",
        why=(
            "The chunks that streams hold are outside of the heap. With 200 MB queued in front "
            "of a slow client `heapUsed` moves by 1 MB, `external` and `arrayBuffers` by 200 and "
            "`rss` by 205, on Node 18, 20, 22, 24 and 26: the leak that streams make is the one "
            "such a meter cannot show."
        ),
        also=((b"memoryUsage",),),
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
    "memory-gate-latches": Entry(
        name="memory-gate-latches",
        module="unleak_codemods.node.memory_gate_latches",
        safety="display",
        node=">=18",
        needles=(b"rss",),
        summary="Do not turn requests away by a number that does not come down again.",
        why=(
            "`if (process.memoryUsage().rss > limit) res.writeHead(503)` is to let a server "
            "recover."
        ),
        also=((b"503", b"NAVAILABLE", b"navailable"),),
    ),
    "meter-pins-stream": Entry(
        name="meter-pins-stream",
        module="unleak_codemods.node.meter_pins_stream",
        safety="safe",
        node=">=18",
        needles=(b"setInterval",),
        summary="Let a timer that tells how full a stream is end with the stream.",
        why=(
            "`setInterval(() => console.log(out.writableLength), 1000)` holds the stream and all "
            "that it holds for ever, and keeps the process alive when all work is done (0 of 200 "
            "finished streams were collected, of 200 with the cure, on Node 18, 20, 22, 24 and "
            "26)."
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
    "readline-leaves-input-open": Entry(
        name="readline-leaves-input-open",
        module="unleak_codemods.node.readline_leaves_input_open",
        safety="safe",
        node=">=18",
        needles=(b"readline",),
        summary="Close what readline reads when a loop over its lines is left early.",
        why=(
            "`break`, `return` and `throw` in `for await (const line of rl)` end the loop and "
            "leave the input open: paused, with its file descriptor kept for good (1 of 1, on "
            "Node 18, 20, 22, 24 and 26), or not yet paused and read to its end for nobody."
        ),
        also=((b"createInterface",), (b".close(", b"await")),
    ),
    "release-follows-response": Entry(
        name="release-follows-response",
        module="unleak_codemods.node.release_follows_response",
        safety="unsafe",
        node=">=18",
        needles=(b'"close"', b'"finish"', b"'close'", b"'finish'"),
        summary="Give a resource back when the pipeline is over, not when the response closes.",
        why=(
            "`res.on('close', release)` hears a close that comes after it. A client that leaves "
            "while the handler waits for its connection has closed the response already: the "
            "listener is never called and the connection stays taken (released 0 times instead "
            "of once, on Node 18, 20, 22, 24 and 26)."
        ),
    ),
    "repeated-stage-chain": Entry(
        name="repeated-stage-chain",
        module="unleak_codemods.node.repeated_stage_chain",
        safety="display",
        node=">=18",
        needles=(b".pipe(", b"pipeline("),
        summary="Show where the same stages are written out again and again.",
        why=(
            "It leaks nothing. What is fixed in one place stays broken in the others: an option, "
            "an order of stages, a limit."
        ),
        opt_in=True,
    ),
    "response-body-unread": Entry(
        name="response-body-unread",
        module="unleak_codemods.node.response_body_unread",
        safety="unsafe",
        node=">=18",
        needles=(
            b'follow-redirects"',
            b"follow-redirects'",
            b"follow-redirects`",
            b'http"',
            b"http'",
            b"http`",
            b'https"',
            b"https'",
            b"https`",
        ),
        summary="Drop the body of an HTTP answer on the paths that do not read it.",
        why=(
            "An answer that was given to a listener keeps its connection until the last byte of "
            "its body is read."
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
    "side-stream-unwatched": Entry(
        name="side-stream-unwatched",
        module="unleak_codemods.node.side_stream_unwatched",
        safety="unsafe",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Let a stage wait for the second stream that it writes to.",
        why=(
            "A stage that copies each chunk to a log, a child or a second file with "
            "`side.write(chunk)`, and calls back at once, is held up by its reader only."
        ),
        also=((b".write(",), (b"Writable", b"_write", b"hrough2", b"ransform")),
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
    "stages-shared-between-uses": Entry(
        name="stages-shared-between-uses",
        module="unleak_codemods.node.stages_shared_between_uses",
        safety="unsafe",
        node=">=18",
        needles=(b".pipe(", b"pipeline("),
        summary="Make a stage for each use, where one is made for all of them.",
        why=(
            "A stream is used up by one pipeline. One that stands at the top of a module and is "
            "a stage for every request mixes what they send: two clients at a time both got the "
            "bytes of both, on Node 18, 20, 22, 24 and 26."
        ),
    ),
    "streamed-response-unclosed": Entry(
        name="streamed-response-unclosed",
        module="unleak_codemods.python.streamed_response_unclosed",
        safety="unsafe",
        node=">=3.11",
        needles=(b"aiohttp", b"httpx", b"requests"),
        summary="Give a streamed HTTP response back on the paths that do not read its body.",
        why=(
            "A response whose body nobody reads keeps its connection. Ten of httpx "
            "(`stream=True`) or of aiohttp, dropped with 8 MB unread, left 10 sockets open, "
            "garbage collected or not, and the next request waits for a free one until its "
            "timeout."
        ),
        also=(
            (b"aiohttp", b"stream = True", b"stream=True"),
            (
                b".delete(",
                b".get(",
                b".options(",
                b".patch(",
                b".post(",
                b".put(",
                b".request(",
                b".send(",
            ),
        ),
        language="python",
    ),
    "timeout-ends-response": Entry(
        name="timeout-ends-response",
        module="unleak_codemods.node.timeout_ends_response",
        safety="unsafe",
        node=">=18",
        needles=(b".pipe", b"ipeline"),
        summary="Cut a response that takes too long, where a timer ended it as if it were whole.",
        why=(
            "`setTimeout(() => res.end(), ms)` beside a chain into the response makes the client "
            "believe that it has all: a truncated 200."
        ),
        also=((b"setTimeout",),),
    ),
    "transform-after-destroy": Entry(
        name="transform-after-destroy",
        module="unleak_codemods.node.transform_after_destroy",
        safety="display",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Let a stage that waits in a loop ask whether it has been destroyed.",
        why=(
            "A pipeline that fails, or whose client leaves, destroys its stages; a hook that "
            "waits in a loop hears nothing of that."
        ),
        also=((b"hrough2", b"ransform"), (b"await ",), (b".push(",)),
    ),
    "transform-calls-back-early": Entry(
        name="transform-calls-back-early",
        module="unleak_codemods.node.transform_calls_back_early",
        safety="unsafe",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Call back when the work of a stage is done, not when it has begun.",
        why=(
            "`callback()` asks for the next chunk. A stage that says so before its promise is "
            "done has no backpressure: all chunks are in work at once (200 of 200, where one was "
            "meant), and what comes after the last one has been taken is lost in silence: 0 of "
            "3,276,800 bytes came out of a pipeline that reported success, on Node 18, 20, 22, "
            "24 and 26."
        ),
        also=((b"flush", b"hrough2", b"ransform"), (b".push(",)),
    ),
    "transform-class-as-generator": Entry(
        name="transform-class-as-generator",
        module="unleak_codemods.node.transform_class_as_generator",
        safety="display",
        node=">=18",
        needles=(b"_transform",),
        summary="Show which Transform could be an async generator.",
        why=(
            "It need not: a Transform written right leaks nothing. Much of what goes wrong in "
            "one cannot in a generator: a callback that is forgotten or called twice, and a "
            "throw, which on Node 18 to 22 ends the process where a generator's rejects the "
            "pipeline."
        ),
        also=((b"pipeline(",), (b"extends",)),
        opt_in=True,
    ),
    "transform-drops-tail": Entry(
        name="transform-drops-tail",
        module="unleak_codemods.node.transform_drops_tail",
        safety="unsafe",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Give out what a stage has kept when there is no next chunk.",
        why=(
            "A stage that cuts text at line ends keeps the last, unfinished part for the next "
            "chunk."
        ),
        also=((b"hrough2", b"ransform"), (b".push(",)),
    ),
    "transform-never-calls-back": Entry(
        name="transform-never-calls-back",
        module="unleak_codemods.node.transform_never_calls_back",
        safety="unsafe",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Call back on the path of a stage that returns early.",
        why=(
            "A stage gets its next chunk when it has called back for the last one. A path that "
            "returns without doing so stops it for good, and silently: the pipeline neither ends "
            "nor fails, and whatever feeds it stays open (10 of 10 pipelines hung, with 20 files "
            "open, on Node 18, 20, 22, 24 and 26)."
        ),
        also=((b"final", b"flush", b"hrough2", b"ransform", b"write"),),
    ),
    "transform-throws": Entry(
        name="transform-throws",
        module="unleak_codemods.node.transform_throws",
        safety="unsafe",
        node=">=18",
        needles=(
            b"_final",
            b"_flush",
            b"_transform",
            b"_write",
            b'mississippi"',
            b"mississippi'",
            b"mississippi`",
            b"readable-stream/",
            b'stream"',
            b"stream'",
            b"stream`",
            b'through2"',
            b"through2'",
            b"through2`",
        ),
        summary="Fail the stage, not the process, when a chunk cannot be read.",
        why=(
            "What a stage throws goes up into whoever wrote to it. On Node 18, 20 and 22 that is "
            "an uncaught exception behind any source that is a stream: it ends the process, and "
            "where the process listens for those and goes on, the pipeline never settles (10 of "
            "10)."
        ),
        also=((b"JSON.parse", b"decodeURI", b"new URL"),),
    ),
    "transform-waits-for-drain": Entry(
        name="transform-waits-for-drain",
        module="unleak_codemods.node.transform_waits_for_drain",
        safety="safe",
        node=">=18",
        needles=(b"drain",),
        summary="Push everything and call back, in place of a wait for the stage's own 'drain'.",
        why=(
            "'drain' is told by the writable side of a stage, and only when the stage has called "
            "back."
        ),
        also=((b"_write", b"hrough2", b"ransform"),),
    ),
    "unsafe-buffer-escapes": Entry(
        name="unsafe-buffer-escapes",
        module="unleak_codemods.node.unsafe_buffer_escapes",
        safety="unsafe",
        node=">=18",
        needles=(b"SlowBuffer", b"allocUnsafe", b"new Buffer"),
        summary="Fill a new buffer with zeros when some of its bytes may leave unwritten.",
        why=(
            "`Buffer.allocUnsafe(size)` gives memory as it was left: by other requests, by keys "
            "and passwords (a secret that the process had dropped stood in most of them, on Node "
            "18, 20, 22, 24 and 26)."
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
    "writer-without-drain": Entry(
        name="writer-without-drain",
        module="unleak_codemods.python.writer_without_drain",
        safety="unsafe",
        node=">=3.11",
        needles=(b"asyncio",),
        summary="Let a loop that writes to a StreamWriter of asyncio wait until the peer keeps up.",
        why=(
            "`write()` never waits: what the peer has not read is buffered without bound. A loop "
            "that wrote 60 MB to a peer that did not read held 58.8 MB, with `drain()` 0.08 MB "
            "(Python 3.11)."
        ),
        also=((b".write(", b".writelines("), (b"for ", b"while")),
        language="python",
    ),
}
