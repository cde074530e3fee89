"""Take the listeners of an awaited `finished()` off a stream that is asked again.

## Why it leaks

The promise settles, its listeners stay: four for each call on Node 18, 20, 22 and 24, one on 26.
A stream that lives on, or is asked again after its end, collects them (48 after 12 calls up to 24
and 12 on 26, with a MaxListenersExceededWarning at the 11th).

## What changes

`{ cleanup: true }` takes them off before the promise settles. An error that the stream emits
after that is no longer kept quiet, hence the review.

## What is left alone

A stream that is asked once, in the function that made it: what stays goes with it, silence. So are
calls that say `cleanup` themselves, and `finished` with a callback, which returns its own. A call
that is raced is shown with the recipe: there the listeners stay until the stream ends, whatever
the option says.
"""

from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.owning.finishing import is_promised_finished, may_promise
from unleak_codemods.owning.reasons import LATE_ERRORS, LEFT_ON, LISTENERS
from unleak_codemods.owning.repeated import race_around, repeated
from unleak_codemods.streams.evidence import Evidence, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.pipeline_calls import option
from unleak_codemods.streams.syntax import arguments, named, unwrap
from unleak_engine.codemod import Answer, Declined, File, Match, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["finished"],
    also=[["stream"], ["promis"]],
    hits=r"[\w$](?=\s*\()",
    query="""
        (call_expression
          function: [(identifier) @name (member_expression property: (property_identifier) @name)]
        ) @call
    """,
    worth=may_promise,
    references=[
        "https://nodejs.org/api/stream.html#streamfinishedstream-options",
        "https://github.com/nodejs/node/pull/44862",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    file, call = match.file, match["call"]
    if not is_promised_finished(file, call):
        return
    given = arguments(call)
    if any(node.type == "spread_element" for node in given):
        return
    stream = unwrap(given[0])
    options = unwrap(given[1]) if len(given) > 1 else None
    if option(file, options, "cleanup") is not None:
        return
    evidence = evidence_of(file, stream)
    if race_around(file, call) is not None:
        if option(file, options, "signal") is None and _lives_on(evidence):
            yield _declined(file, call, stream, evidence, "raced")
        return
    if not repeated(file, call, stream):
        return
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        yield _declined(file, call, stream, evidence, "node-too-old")
    elif options is not None and options.type != "object":
        yield _declined(file, call, stream, evidence, "options-elsewhere")
    else:
        yield Rewrite(
            span=Span.of(call),
            anchor=call.start_byte,
            message=LEFT_ON,
            edits=(_cleanup(given[0], options),),
            safety=Safety.UNSAFE,
            evidence=(grounds(file, stream, evidence),),
            notes=(LATE_ERRORS,),
        )


def _lives_on(evidence: Evidence) -> bool:
    """Whether the stream is handed to the function that races, and so may be raced again."""
    return evidence.binding is not None and evidence.owner in (
        Owner.PARAMETER,
        Owner.OUTER,
        Owner.MODULE,
    )


def _cleanup(stream: Node, options: Node | None) -> Edit:
    if options is None:
        return Edit.insert(stream.end_byte, ", { cleanup: true }")
    entries = named(options)
    if not entries:
        return Edit.replace(options.start_byte, options.end_byte, "{ cleanup: true }")
    return Edit.insert(entries[0].start_byte, "cleanup: true, ")


def _declined(file: File, call: Node, stream: Node, evidence: Evidence, code: str) -> Declined:
    reason = LISTENERS[code]
    return Declined(
        span=Span.of(call),
        anchor=call.start_byte,
        message=LEFT_ON,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("STREAM", file.source.text(stream)),
        evidence=(grounds(file, stream, evidence),),
        shown=reason.shown,
    )
