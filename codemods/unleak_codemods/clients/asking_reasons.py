"""Why a question for the client is left to a hand, by stable code, and what a reviewer is told.
RESPONSE stands for the response as the code calls it."""

from unleak_codemods.streams.reasons import Reason

READ_IS_GONE = "`{asked}` is true as soon as the body was read, with the client still there"
ABORTED_IS_LATE = "`{asked}` stays false when a client leaves whose body was read"
NEVER_TRUE = "`{asked}` is never true on HTTP/2, whoever has left"

LOOKS_LIKE = "check that these are a request and a response: here that is only likely"
STOPS_NOW = (
    "a client that leaves after its body was read now stops the work here, where it went on; so "
    "does a response that was already sent"
)
HANDED_ON = "the request is handed on behind this test: check that it is not about the upload"
TOLD = "others are told the answer: check what each makes of it"
OVER_2 = "the work now stops when the client leaves, where it always went on"

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where requests and responses close in other ways",
        "On Node >= 18 ask RESPONSE.destroyed; below, listen for 'close' of the response.",
    ),
    "protocol-unseen": Reason(
        "nothing here shows whether an HTTP/2 server hands these objects out, where "
        "RESPONSE.destroyed is undefined",
        "With HTTP/1 ask RESPONSE.destroyed, with HTTP/2 RESPONSE.stream.destroyed.",
    ),
}
