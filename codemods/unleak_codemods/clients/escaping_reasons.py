"""Why a rejection is left to escape from a handler, by stable code, and what a reviewer is told.
RESPONSE stands for the response as the code calls it."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = "nobody catches this pipeline: every client that leaves ends the process"

ANSWERS = "this answer throws when part of one was sent: every client that leaves does that"

UNANSWERED = (
    "nothing is answered any more when part of an answer was sent, or the response is gone: as "
    "before the client sees a cut connection, but the process goes on"
)
HIDDEN = "the catch makes nothing of the error: a failed source is then told to nobody, log it"
LOGGED = (
    "a client that leaves is no error any more, and any other failure is logged, where it ended "
    "the process: the client sees a cut connection either way"
)
PASSED_ON = (
    "a client that leaves is no error any more, and any other failure goes to the error "
    "middleware, where it ended the process: no page can be sent any more, the response is "
    "destroyed by then"
)

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where pipeline misses destinations that are gone",
        "Raise engines.node to >=18, then catch the rejection in the handler.",
    ),
    "work-follows": Reason(
        "more is done after the pipeline, which must not run when it has failed",
        "try { await pipeline(source, RESPONSE); /* the rest */ } catch (err) {\n"
        "  source.destroy();\n"
        "  if (RESPONSE.errored !== null) console.error(err);\n"
        "}",
    ),
    "several-answers": Reason(
        "the catch calls the response more than once",
        "Ask first, around all of it: if (!RESPONSE.headersSent && !RESPONSE.destroyed) { … }",
    ),
    "answer-nested": Reason(
        "the answer in the catch is part of something larger, or more runs when it is left out",
        "Ask first, around all of it: if (!RESPONSE.headersSent && !RESPONSE.destroyed) { … }",
    ),
    "end-false": Reason(
        "the options may leave the response open when the pipeline fails",
        "try { await pipeline(source, RESPONSE, { end: false }); RESPONSE.end(); } catch (err) {\n"
        "  source.destroy();\n"
        "  if (RESPONSE.destroyed) { /* the client left */ }\n"
        "  else if (!RESPONSE.headersSent) { RESPONSE.statusCode = 500; RESPONSE.end(); }\n"
        "  else RESPONSE.destroy(err);\n"
        "}",
    ),
    "unknown-stage": Reason(
        "a stage is not seen to be a Node stream, so what a failure leaves open is not known",
        "try { await pipeline(source, RESPONSE); } catch (err) {\n"
        "  /* close what the source reads from */\n"
        "  if (!RESPONSE.destroyed || RESPONSE.errored !== null) console.error(err);\n"
        "}",
    ),
    "no-destroy": Reason(
        "the source's declared type has no destroy()",
        "Declare it a Readable of node:stream, then catch the rejection and destroy it there.",
    ),
    "no-block": Reason(
        "the call stands without braces, so its source cannot get a name",
        "Add braces, name the source, then pipeline(source, RESPONSE).catch((err) => { … }).",
    ),
}
