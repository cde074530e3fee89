"""What is told of a stage that does not call back as it should: why it is left to a hand, by
stable code, and what a reviewer must know. CALLBACK stands for the callback as the code calls it,
LINE for the line a path ends on, HOOK and WHAT for what a message is about."""

from unleak_codemods.streams.reasons import Reason

ENDS_ON = "the path ends on line LINE"
NEVER = "the HOOK does not call back on every path, and the stage hangs there"
SKIPS = "a chunk for which the stage did nothing is now left out, and the next one comes"
ENDS = "the stage now ends on this path, with what it has given so far"

NEVER_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        "Raise engines.node to >=18, or call CALLBACK on every path by hand.",
    ),
    "no-callback": Reason(
        "the function takes no callback, so Node waits for it for ever",
        "Take it, as the last parameter, and call it when the work is done.",
    ),
    "callback-kept": Reason(
        "a path does not call it; elsewhere the callback is kept for later, so it may be called in "
        "a way that is not seen",
        "CALLBACK(); on that path, unless the one that is kept is called for it.",
    ),
    "failure-unsaid": Reason(
        "a path that follows a failure tells nobody of it",
        "return CALLBACK(err); there: the pipeline then fails instead of hanging.",
    ),
    "state-unclear": Reason(
        "a path does not call it, for a reason that lies outside of the chunk: whether the stage "
        "may go on then is not seen",
        "return CALLBACK(); there when it may go on, this.destroy() when it is over.",
    ),
    "path-without-call": Reason(
        "a path does not call it",
        "CALLBACK(); at the end of that path, or CALLBACK(err) when it follows a failure.",
    ),
}

THROWS = "WHAT may throw, which the stage passes to nobody"
FAILS = (
    "what cannot be read now fails the stage, where it ended the process on Node below 24: its "
    "'error' must be heard, as a pipeline does, by somebody who then stops"
)

THROWS_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        "Raise engines.node to >=18, or put it in a try/catch that calls CALLBACK(err) by hand.",
    ),
    "in-a-callback": Reason(
        "what throws stands in a function of its own, from which the stage cannot return",
        "A loop in place of that function, and in it\n"
        "  try { … } catch (err) { return CALLBACK(err); }",
    ),
    "called-before": Reason(
        "the callback may have been called, or handed on, before it throws",
        "Read the chunk first, in try { … } catch (err) { return CALLBACK(err); }, and call back\n"
        "behind that.",
    ),
    "place-unclear": Reason(
        "what throws is part of a larger statement",
        "Read the chunk in a statement of its own, in\n"
        "  try { … } catch (err) { return CALLBACK(err); }\n"
        "and go on behind it. CALLBACK itself stays outside of the try.",
    ),
}

REJECTS = "the async HOOK may reject, and nobody hears of it: the stage hangs"
UNCAUGHT = "when this promise rejects the stage is not told, and hangs"
CAUGHT = (
    "a rejection now fails the stage, where it was unhandled: its 'error' must be heard, as a "
    "pipeline does, by somebody who then stops"
)
THROWN = "what its own function throws is still unhandled"

REJECTS_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        "Raise engines.node to >=18, or catch what rejects and call CALLBACK(err) by hand.",
    ),
    "calls-between": Reason(
        "the hook calls back in the middle of what may reject, and a callback in a try would be "
        "called twice when the next stage throws",
        "try { … } catch (err) { return CALLBACK(err); } around what may reject, with a value set\n"
        "in it; CALLBACK(null, value) behind it.",
    ),
    "returns-between": Reason(
        "the hook returns in the middle of what may reject",
        "try { … } catch (err) { return CALLBACK(err); } around what may reject, and CALLBACK()\n"
        "behind it on every path.",
    ),
    "failure-logged": Reason(
        "a failure is logged, and the stage is not told",
        ".catch((err) => { …; CALLBACK(err); }), or CALLBACK() there when the stage may go on\n"
        "without what failed.",
    ),
    "promise-of-its-own": Reason(
        "an async function in the hook calls back, and its own promise is dropped",
        "try { … } catch (err) { return CALLBACK(err); } in it around what may reject, with the\n"
        "last call of CALLBACK behind that.",
    ),
    "last-call-unclear": Reason(
        "the hook does not end with a plain call of the callback",
        "try { … } catch (err) { return CALLBACK(err); } around what may reject, and CALLBACK()\n"
        "behind it.",
    ),
}

EARLY = "the stage calls back before WHAT is done: nothing waits, and what comes late is lost"
SERIAL = "one chunk is worked on at a time now, in order, and a failure fails the stage"
NOTHING = "null and undefined are left out now, where push(null) ended the stage"

EARLY_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        "Raise engines.node to >=18, or call CALLBACK when the work is done by hand.",
    ),
    "failure-handled": Reason(
        "a failure of the work is handled in a way of its own",
        "work(chunk).then((value) => CALLBACK(null, value), CALLBACK), or where a failure should\n"
        "only leave the chunk out: .then((value) => CALLBACK(null, value), (err) => { …; "
        "CALLBACK(); })",
    ),
    "work-unclear": Reason(
        "more happens when the work is done than that its result is pushed",
        "Call CALLBACK when the work is done: CALLBACK(null, value) behind it, CALLBACK(err) when\n"
        "it fails, and not before.",
    ),
}

DROPS = "what is left in `TEXT` after the last chunk is dropped: the stage has no flush"
BATCH = "what is left in TEXT after the last chunk is dropped: the stage has no flush"
TAIL = "a last part that no separator ends is given out now, where it was dropped"

_FLUSH = "flush(callback) { if (TEXT) this.push(…); callback(); }, with what is done for each part."

DROPS_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        f"Raise engines.node to >=18, or by hand: {_FLUSH}",
    ),
    "kept-elsewhere": Reason(
        "other code reads what is left, too, and may give it out",
        f"{_FLUSH}\nNot where others do so already. The `if` matters: text that ends with a\n"
        "separator leaves an empty part.",
    ),
    "item-unclear": Reason(
        "more happens to each part than that something made of it is pushed",
        f"{_FLUSH}\nThe `if` matters: text that ends with a separator leaves an empty part.",
    ),
    "place-unclear": Reason("there is no clear place for a flush", _FLUSH),
    "batch": Reason(
        "each chunk is added to it, and it is given out when there is enough",
        "flush(callback) gives out what is left, if there is any, and calls back. A timer that\n"
        "gives it out later does not help: the stage has ended by then.",
    ),
}

WAITS = "the stage waits for its own 'drain', which comes only after it has called back: it hangs"

_PUSH = (
    "Push everything, whatever push() says, and call CALLBACK() behind it: Node waits by itself."
)

WAITS_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        f"Raise engines.node to >=18, or by hand. {_PUSH}",
    ),
    "goes-on": Reason(
        "more is to happen at 'drain' than that the stage calls back",
        f"{_PUSH}\nWhat was to happen at 'drain' happens at once.",
    ),
    "shape-unclear": Reason("it is not seen what else is left out then", _PUSH),
}

SIDE = "the stage writes to a second stream and does not ask whether it keeps up: it fills memory"
WAITS_FOR_SIDE = "the stage now takes no chunk before the second stream has taken this one"
FAILS_TOO = "a second stream that fails or is closed now fails the stage, too"

_GIVEN = "SIDE.write(chunk, (err) => CALLBACK(err, chunk)): it calls back when SIDE has the chunk."

SIDE_REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        f"Raise engines.node to >=18, or by hand: {_GIVEN}",
    ),
    "side-unproven": Reason("nothing proves that it is a stream of Node", _GIVEN),
    "side-is-read": Reason(
        "the second stream is read, too, and while nobody reads it its writes do not come back",
        f"Where it has a reader for certain: {_GIVEN}",
    ),
    "several-writes": Reason(
        "more than one write is done for a chunk",
        "Give CALLBACK to the last of them, which comes back behind the others:\n" + _GIVEN,
    ),
    "side-corked": Reason(
        "the second stream is corked: it calls no write back before it is uncorked",
        f"Where it is uncorked within the chunk: {_GIVEN}",
    ),
    "failure-decided": Reason(
        "the code hears the second stream fail and decides itself what that means",
        "Where the stage shall fail with it: " + _GIVEN + "\n"
        "Where it shall go on without: SIDE.write(chunk, () => CALLBACK(null, chunk)).",
    ),
    "order-unclear": Reason(
        "the stage does not call back right behind the write",
        _GIVEN,
    ),
}

GHOST = "the stage works on for the whole chunk when it has been destroyed, for nobody"
GHOST_REASON = Reason(
    "it waits in a loop and never asks whether it is still there",
    "Behind the wait: if (STAGE.destroyed) return CALLBACK();\n"
    "Not at the top of the hook, which Node does not call for a stage that is destroyed.",
    shown=True,
)
