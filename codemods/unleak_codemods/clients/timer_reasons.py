"""Why a timer that writes to a response is left to a hand, by stable code, and what a reviewer is
told. RESPONSE stands for the response as the code calls it."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = "this timer writes to the response for ever: nothing clears it when the client leaves"

WORKS = "the timer does more than write: that stops too when the client leaves"
LATE = (
    "the client may be gone before the timer starts, and 'close' is not emitted again: so that is "
    "asked first"
)

REASONS: dict[str, Reason] = {
    "unknown-response": Reason(
        "nothing in this file proves that this is a response of Node's http",
        "If it is, keep the timer in a variable, then\n"
        "RESPONSE.once('close', () => clearInterval(timer)).",
    ),
    "node-too-old": Reason(
        "the package supports Node below 18, where responses close in other ways",
        "Keep the timer in a variable, and clear it on 'close' of RESPONSE and of its request.",
    ),
    "no-block": Reason(
        "the statement stands without braces, so its timer cannot get a name",
        "Add braces, keep the timer in a variable, then\n"
        "RESPONSE.once('close', () => clearInterval(timer)).",
    ),
}
