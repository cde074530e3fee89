"""Why a catch of a pipeline is left to a hand, by stable code, what a reviewer is told of one that
is edited, and how the hand should do it."""

from unleak_codemods.streams.reasons import Reason

LEFT_OPEN = "the source stays open when the destination has closed before the pipeline begins"
CRASHES = "destroying a stage with the error crashes the process when the pipeline never started"
MISREAD = "ERR_STREAM_PREMATURE_CLOSE does not tell that the client left"

ANYTHING_CAUGHT = (
    "this `catch` hears of everything in its `try`: the source is closed then too, so check that "
    "nothing after it reads on"
)
NAMED = "the source gets a name, so that the failure can close it; the error goes on as before"
LIKELY = "check that the source is a Node stream: anything else is left as it is"
HANDED_OVER = "the source was handed over: check that nobody reads it after a failure"

OTHERS_HEAR = "whoever else waits for this stage's error does not get it any more"
OWN_DESTROY = "check that what destroys this stage does not need the error"
OTHER_WORK = (
    "a failure of other work in the same `try` ended the process here too: now only the catch "
    "hears of it"
)

GONE = (
    "the code no longer decides, but whether the response closed without an error of its own: a "
    "source that closes early now counts as a failure, and a client that left does not, whatever "
    "the code (measured on Node 18.20 and later; responses of HTTP/2 have no `errored`)"
)
NARROWED = (
    "besides the code, the response must be gone without an error of its own: a source that closes "
    "early now counts as a failure; a client that left with another code does so as before"
)
UPLOAD_GONE = (
    "the code no longer decides, but whether the response is closed and the upload incomplete: a "
    "client that left has the code ECONNRESET, and a stage that closed early has this one"
)
THROWN = "a stage that closes early is thrown on now: check that somebody catches it"
THROWN_CRASHES = (
    "what this handler throws ends the process, as a failed source did before: a source that "
    "closes early now does so too, so better log it here"
)

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where pipelines fail in other ways",
        "Raise engines.node to >=18 (pass --node '>=18' to see what would change).",
    ),
    "no-block": Reason(
        "the source has no name, and stands where it cannot be given one",
        "Name the source in a statement before, then pipeline(source, …) with source.destroy(),\n"
        "without an argument, first in what catches the failure.",
    ),
    "no-destroy": Reason(
        "the source's declared type has no destroy(), so closing it would not compile",
        "Type it as Readable of node:stream, then call source.destroy(), without an argument,\n"
        "first in the catch.",
    ),
    "destroy-needs-error": Reason(
        "the stage has a `_destroy` of its own, which may look at the error",
        "Listen where the stage is made, then destroying it with the error is right:\n"
        "  STAGE.on('error', () => {});",
        shown=True,
    ),
    "not-in-scope": Reason(
        "the response has another name, or none, where the code is tested",
        "Where the response can be named, and only the pipeline fails, the client has left when\n"
        "  TEST\n"
        "whatever the error's code; everything else is a failure.",
    ),
    "handling-differs": Reason(
        "what is done for a client that left is more than to log and return",
        "Give the pipeline a `try` of its own. In its catch the client has left when\n"
        "  TEST\n"
        "whatever the error's code; everything else, a source that closes early too, is a\n"
        "failure. Keep all that must be done in both cases outside of the test.",
    ),
    "test-is-mixed": Reason(
        "the test holds for success too, which has no code",
        "Ask for the error first. Then the client has left when\n"
        "  TEST\n"
        "whatever the error's code; everything else is a failure.",
    ),
    "options-given": Reason(
        "the pipeline has options, and what they do to the response decides too",
        "With { end: false } a failure of the source leaves the response open, so test\n"
        "RESPONSE.destroyed alone; with a signal, test signal.aborted first.",
    ),
    "every-response": Reason(
        "this listener hears of every response, and drops sources that close early too",
        "Koa gives the context as well. The client has left when\n"
        "  ctx !== undefined && ctx.res.destroyed && ctx.res.errored === null\n"
        "whatever the error's code; everything else is a failure, and worth a line.",
        shown=True,
    ),
    "http2": Reason(
        "this file serves HTTP/2, whose responses do not tell of an error",
        "Note who closes first, right before the pipeline begins:\n"
        "  let left = RESPONSE.stream.destroyed;\n"
        "  RESPONSE.once('close', () => {\n"
        "    left = source.readableEnded || !source.destroyed;\n"
        "  });\n"
        "In the catch `left` is true for a client that left, and for no failure of the source.",
    ),
}
