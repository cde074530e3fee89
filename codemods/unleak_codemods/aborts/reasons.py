"""Why an abort is left to a hand, by stable code, what a reviewer is told, and how the hand should
do it. RESPONSE, REQUEST and STOP stand for what the code calls them."""

from unleak_codemods.streams.reasons import Reason

EVERY_CLOSE = "'close' of a response follows success too: this aborts work that went well"
REQUEST_CLOSE = "'close' of a request comes once its body is read: this stops the answer too early"

CLOSING: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where requests and responses close in other ways",
        "Raise engines.node to >=18; then listen on the response, and abort only what is not\n"
        "finished: if (!RESPONSE.writableFinished) STOP;",
    ),
    "other-work": Reason(
        "the signal goes to other work than a pipeline into this response, which may count on "
        "being aborted after success too",
        "  RESPONSE.once('close', () => {\n    if (!RESPONSE.writableFinished) STOP;\n  });\n"
        "if that work is done by the time the response is finished.",
        shown=True,
    ),
    "listener-does-more": Reason(
        "the listener does more than stop what feeds the response",
        "Listen for 'close' of RESPONSE for that: it comes when the client leaves and when the\n"
        "response is done. Check that the rest may wait for it as well.",
    ),
}
