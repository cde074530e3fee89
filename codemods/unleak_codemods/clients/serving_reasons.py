"""Why a late source is left to a hand, by stable code, and what a reviewer is told. RESPONSE stands
for the response as the code calls it."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = (
    "the source is opened even if the client left during the wait, and Node >= 23 leaves it open"
)

SKIPS = (
    "a client that left during the wait ends the handler here: what follows is skipped, and what "
    "the pipeline's failure would have told is not told"
)

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where responses close in other ways",
        "On Node >= 18, right before the source is opened: if (RESPONSE.destroyed) return;",
    ),
}
