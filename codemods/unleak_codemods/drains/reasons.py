"""Why a wait for 'drain' is left to a hand, by stable code, what a reviewer is told, and how the
hand should do it. WRITABLE stands for the stream as the code calls it."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = "waiting for 'drain' never ends when the stream ends or closes first"

HANDED_OVER = (
    "the stream is not made here: when it closes early, this now rejects with "
    "ERR_STREAM_PREMATURE_CLOSE where it waited for ever, so check that every caller catches"
)
RESPONSE = (
    "a client that leaves now makes this reject with ERR_STREAM_PREMATURE_CLOSE: check that the "
    "handler catches it, Express 4 does not"
)
IN_HANDLER = (
    "when the client leaves, the loop ends early: check that nothing after it reports success "
    "for truncated output"
)
CAUGHT_IN_HANDLER = "a stream that closes early now lands in the `catch` around it"
LIKELY = "check that this is a Node stream: here it is only likely"
FOREIGN = "the stream is not one of Node's own: check that it emits 'close' when it is destroyed"
CAUGHT_IN_LOOP = (
    "a `catch` inside the loop now gets ERR_STREAM_PREMATURE_CLOSE: check that it does not go on "
    "writing"
)
NEW_REJECTION = (
    "an error of the stream during the wait now rejects here; before, it went past the wait"
)
LISTENER_GONE = (
    "the old wait left an 'error' listener behind that kept later errors of the stream quiet: "
    "add one if there is none"
)
CLOSE_REJECTS = "a stream that closes during the wait now ends the work, before it went on"
UNTESTED = "no test of write() stands right before the wait: without one, 'drain' may not come"
DRAIN_MISSED = (
    "something else is awaited between write() and this wait, so 'drain' may be over by then: "
    "the wait is skipped when nothing needs draining"
)
WRITTEN_TWICE = (
    "the loop wrote the chunk again after each 'drain'; write() takes a chunk also when it says "
    "false, so it is now written once"
)
CALLBACK = "this function is handed to another one: check that it waits and catches"
READER_HEARS = "leaving the loop calls the 'error' listeners of what it reads with an AbortError"

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where streams close in other ways",
        "Raise engines.node to >=18, or race the wait with 'close' by hand.",
    ),
    "value-used": Reason(
        "the wait is part of a larger expression",
        "Wait in a statement of its own: once(WRITABLE, 'drain') settles for 'drain' and for an\n"
        "error, and must be raced with 'close' and 'finish' (finished() of node:stream).",
    ),
    "wait-handed-on": Reason(
        "the promise of the wait is returned, so its callers decide what a closed stream means",
        "Return a promise of true for 'drain' and of false for a stream that ended or closed\n"
        "(finished() of node:stream), and let the callers stop writing when it is false.",
    ),
    "wait-chained": Reason(
        "handlers are chained to the wait",
        "Await the wait in a statement of its own, then do what the handlers do.",
    ),
    "signal-given": Reason(
        "a signal can end this wait, and nothing here shows what aborts it",
        "Abort the signal when the stream closes: WRITABLE.once('close', () =>\n"
        "controller.abort()), and test WRITABLE.destroyed before the wait.",
    ),
    "race-does-more": Reason(
        "the race has other runners than the stream's own events",
        "Add the end of the stream to the race: finished(WRITABLE, { readable: false, signal,\n"
        "cleanup: true }) of node:stream/promises, with a signal that is aborted in `finally`.",
    ),
    "executor-does-more": Reason(
        "the promise's executor does more than wait for 'drain'",
        "Write first, then wait: if (WRITABLE.write(chunk) === false) await …, and settle the\n"
        "promise on 'close' and 'finish' as well.",
    ),
    "promise-not-native": Reason(
        "`Promise` is not the native one here",
        "Use a native promise and settle it on 'close' and 'finish' as well.",
    ),
    "callback-not-awaited": Reason(
        "nobody waits for the callback that waits here, so the wait holds nothing back",
        "Use for...of (or for await...of) in place of the callback: there the wait stops the\n"
        "loop, and a closed stream can end it.",
    ),
    "inside-a-stage": Reason(
        "a stream's own method waits here, and must answer through its callback",
        "When WRITABLE ends or closes instead of draining, call the method's callback with an\n"
        "error; a method that throws after an await is an unhandled rejection.",
    ),
    "handler-without-loop": Reason(
        "a request handler waits here outside of any loop, so what to leave is not plain",
        "if (WRITABLE.write(chunk) === false && !(await drained(WRITABLE))) return; where drained\n"
        "gives false when the response ended or closed. Do not throw: Express 4 does not catch it.",
    ),
    "handler-rejects": Reason(
        "a request handler would reject when this stream closes early, and nothing catches it",
        "Wrap the writing in try/catch and answer with an error there; when the stream ends or\n"
        "closes instead of draining, throw.",
    ),
    "callers-unseen": Reason(
        "the callers of this helper are not all seen, nor what they pass",
        "Let the helper give true for 'drain' and false for a stream that ended or closed\n"
        "(finished() of node:stream), and let every caller stop writing when it is false.",
    ),
    "called-by-handler": Reason(
        "a request handler calls this helper, and should leave its loop rather than reject",
        "Let the helper give true for 'drain' and false for a stream that ended or closed\n"
        "(finished() of node:stream), and in the handler: if (!(await …)) break.",
    ),
    "drain-missed": Reason(
        "something else is awaited between write() and the wait, so 'drain' may be over by then",
        "Test WRITABLE.writableNeedDrain right before the wait.",
    ),
    "unknown-writable": Reason(
        "nothing in this file proves that this is a Node stream",
        "If it is, race the wait with 'close' and 'finish' (finished() of node:stream).",
    ),
    "legacy-stream": Reason(
        "the stream is not a core stream, and ends or closes in its own way",
        "Settle the wait on the events by which this stream tells that it is gone.",
    ),
    "receiver-computed": Reason(
        "the stream is computed anew each time it is named",
        "Keep it in a variable first.",
    ),
    "optional-chain": Reason(
        "the stream may be missing here",
        "Test first: if (WRITABLE) …",
    ),
    "no-import-place": Reason(
        "there is no place in this file for an import",
        "Import finished from node:stream where the file loads its modules, and race the wait\n"
        "with it.",
    ),
}
