"""Give back what waits for a stream also when the stream fails.

## Why it leaks

`finished(stream).then(release)` releases when the stream ends, and only then. When it fails, or is
destroyed before its end, the promise rejects: nothing is released, and as a rule nobody catches,
so the process ends (0 of 1 released and exit code 1, on Node 18, 20, 22, 24 and 26).

## What changes

`.then(release)` becomes `.finally(release)`, which runs on every end and passes the failure on to
whoever awaits, returns or catches the promise. Where the promise is left alone and a pipeline
tells of the stream's failures, or the stream only fails because a client left, it becomes
`.then(() => release(), () => release())`. Either way the release gets no argument: one that takes
an error would discard what it is given back.

## What is left alone

Callbacks that do more than give back, a `then` with two handlers, a `catch` before it, and
`finished` with a callback: silence. What is also given back in another place, and promises whose
value is used: declined with the recipe by hand.
"""

from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.owning.finishing import may_promise
from unleak_codemods.owning.reasons import (
    ABORTED,
    CLIENT_LEFT,
    GIVES_BACK,
    HEARD_ELSEWHERE,
    LIKELY_STREAM,
    MISSED,
    RELEASES,
    STILL_REJECTS,
    UNSEEN_CATCH,
    VALUE_GONE,
)
from unleak_codemods.owning.releases import (
    kept_for_failure,
    released_elsewhere,
    surely_given_back,
)
from unleak_codemods.owning.settled import (
    Release,
    heard_by_pipeline,
    link_of,
    listened_to,
    place_of,
    release_at,
    released_on_failure,
    value_matters,
)
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.pipeline_calls import option
from unleak_codemods.streams.syntax import FUNCTIONS, arguments, callee, named, unwrap
from unleak_engine.codemod import Answer, Declined, File, Match, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_LONGEST = 60


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["finished"],
    also=[["stream"], ["promis"]],
    hits=r"\bthen\b",
    query="""
        (member_expression
          object: (call_expression) @call
          property: (property_identifier) @then
          (#eq? @then "then"))
    """,
    worth=may_promise,
    references=[
        "https://nodejs.org/api/stream.html#streamfinishedstream-options",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    file = match.file
    release = release_at(file, match["call"])
    if release is None or released_on_failure(file, release):
        return
    code = _obstacle(file, release)
    yield _declined(file, release, code) if code is not None else _rewritten(file, release)


def _obstacle(file: File, release: Release) -> str | None:
    if _is_generator(file, release.stream):
        return "async-generator"
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if released_elsewhere(file, release.name, release.chained):
        return "released-elsewhere"
    chain, place = _end_of(file, release)
    if kept_for_failure(file, release.given, release.chained, chain.end_byte):
        return "still-used"
    if any(node.type == "type_arguments" for node in release.chained.children):
        return "value-used"
    if chain == release.chained and place == "used" and value_matters(file, release, place):
        return "value-used"
    if chain != release.chained and not _is_catch(file, release):
        return "value-used"
    return None


def _end_of(file: File, release: Release) -> tuple[Node, str]:
    """The whole chain of calls behind the release, and where its promise goes."""
    chain = release.chained
    while (link := link_of(chain)) is not None:
        chain = link[1]
    return chain, place_of(chain)


def _is_catch(file: File, release: Release) -> bool:
    link = link_of(release.chained)
    return link is not None and file.source.text(link[0]) in ("catch", "finally")


def _is_generator(file: File, stream: Node) -> bool:
    binding = file.bindings.resolve(stream) if stream.type == "identifier" else None
    made = unwrap(binding.value) if binding is not None and binding.value is not None else stream
    target = callee(made) if made.type == "call_expression" else None
    called = file.bindings.resolve(target) if target is not None else None
    return called is not None and "generator" in called.declaration.type


def _rewritten(file: File, release: Release) -> Answer:
    chain, place = _end_of(file, release)
    notes: list[str] = []
    safety = Safety.SAFE
    edits: tuple[Edit, ...]
    caught = chain != release.chained
    edits = _finally(release)
    if not caught and place == "floating":
        by_pipeline = heard_by_pipeline(file, release)
        client = release.evidence.owner is Owner.HANDLER
        if by_pipeline or client or listened_to(file, release):
            both = _twice(file, release)
            if both is None:
                return _declined(file, release, "release-too-long")
            edits = both
            notes.append(CLIENT_LEFT if client else HEARD_ELSEWHERE)
            safety = Safety.SAFE if by_pipeline and not client else Safety.UNSAFE
        else:
            notes.append(STILL_REJECTS)
    elif not caught and value_matters(file, release, place):
        notes.append(VALUE_GONE)
        safety = Safety.UNSAFE
    elif caught and not _catch_is_seen(file, release):
        notes.append(UNSEEN_CATCH)
        safety = Safety.UNSAFE
    if not surely_given_back(file, release.given):
        notes.append(GIVES_BACK)
        safety = Safety.UNSAFE
    if _may_be_aborted(file, release.call):
        notes.append(ABORTED)
        safety = Safety.UNSAFE
    if not release.evidence.proven:
        notes.append(LIKELY_STREAM)
        safety = Safety.UNSAFE
    return Rewrite(
        span=_span(release),
        anchor=release.call.start_byte,
        message=MISSED,
        edits=edits,
        safety=safety,
        evidence=(grounds(file, release.stream, release.evidence),),
        notes=tuple(notes),
    )


def _may_be_aborted(file: File, call: Node) -> bool:
    """Whether a signal may end the promise before the stream."""
    given = arguments(call)
    if len(given) < 2:
        return False
    options = unwrap(given[1])
    entries = [entry.type for entry in named(options)]
    if options.type != "object" or "spread_element" in entries:
        return True
    return option(file, options, "signal") is not None


def _finally(release: Release) -> tuple[Edit, ...]:
    """The edits that make `then` a `finally`, which takes no second handler."""
    edits = (Edit.replace(release.then.start_byte, release.then.end_byte, "finally"),)
    others = arguments(release.chained)[1:]
    if not others:
        return edits
    return (*edits, Edit.delete(release.given.end_byte, others[-1].end_byte))


def _twice(file: File, release: Release) -> tuple[Edit, ...] | None:
    """The edits that give back in both handlers, None when that is too long to be written twice."""
    given = release.given
    text = file.source.text(given)
    others = arguments(release.chained)[1:]
    end = others[0].end_byte if others else given.end_byte
    if unwrap(given).type not in FUNCTIONS:
        both = f"() => {text}(), () => {text}()"
        return (Edit.replace(given.start_byte, end, both),)
    if len(text) > _LONGEST or "\n" in text or "//" in text:
        return None
    return (Edit.replace(given.end_byte, end, f", {text}"),)


def _catch_is_seen(file: File, release: Release) -> bool:
    """Whether the function that catches behind the release stands here, or only logs."""
    link = link_of(release.chained)
    given = arguments(link[1]) if link is not None else []
    handler = unwrap(given[0]) if given else None
    if handler is None or handler.type in FUNCTIONS:
        return True
    return file.source.text(handler).startswith(("console.", "log.", "logger."))


def _span(release: Release) -> Span:
    return Span(release.call.start_byte, release.chained.end_byte)


def _declined(file: File, release: Release, code: str) -> Declined:
    reason = RELEASES[code]
    recipe = reason.recipe.replace("STREAM", file.source.text(release.stream))
    return Declined(
        span=_span(release),
        anchor=release.call.start_byte,
        message=MISSED,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=recipe.replace("RELEASE", release.name),
        evidence=(grounds(file, release.stream, release.evidence),),
        shown=reason.shown,
    )
