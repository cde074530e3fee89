"""What is told of meters and gates of memory, by stable code."""

from unleak_codemods.streams.reasons import Reason

PINS = "this timer keeps the stream it looks at, and the process, after the stream is done"
FORGETS = "what the meter calls hears nothing more when the stream has closed"
LATE_METER = (
    "where the stream has closed before the timer is set, nothing clears it: it no longer keeps "
    "the process alive, but the stream"
)
HEAP_ONLY = "heapUsed alone does not see the memory of streams: {missing} are not read here"
LATCHES = "a limit on RSS that answers 503 stays shut after the memory was given back"

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where streams close in other ways",
        "Raise engines.node to >=18, then clear the timer on 'close' of STREAM.",
    ),
    "meter-without-braces": Reason(
        "the statement stands without braces, so nothing can be put behind it",
        "  const timer = setInterval(…);\n"
        "  timer.unref();\n"
        "  STREAM.once('close', () => clearInterval(timer));",
    ),
    "bytes-unseen": Reason(
        "the chunks of streams are outside of the heap, so a queue of 200 MB moves heapUsed by 1",
        "  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();\n"
        "Tell all of them: `arrayBuffers` is the chunks that streams hold, `external` those and\n"
        "what else native code holds for JavaScript, `rss` what the system has given.",
        shown=True,
    ),
    "rss-stays": Reason(
        "the allocator keeps what it was given, so RSS stays high when every buffer is gone",
        "Decide by what is in use, and keep RSS for an alert:\n"
        "  const { heapUsed, external } = process.memoryUsage();\n"
        "  if (heapUsed + external > limit) { /* 503 */ }",
        shown=True,
    ),
}
