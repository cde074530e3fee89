"""Drop the body of an HTTP answer on the paths that do not read it.

## Why it leaks

An answer that was given to a listener keeps its connection until the last byte of its body is
read. A path that looks at the status alone, or leaves early, never reads it: the socket stays
open, and its place in the agent is taken (of 6 requests through an agent of 2 sockets only 2 were
answered, on Node 18, 20, 22, 24 and 26; a body of 5 bytes, an empty one, 204 and HEAD are no
better).

## What changes

`res.resume()` reads and drops what is left, where such a path begins: at the top of a listener
that reads nothing, before the early return, in the other branch. A reviewer should look at it,
since the body is now downloaded to its end.

## What is left alone

Answers that are read, destroyed or handed to any other function on that path, requests that are
torn down there, paths on which the process exits, and requests without a listener, whose answers
Node drops by itself: silence. So is `fetch`: a short body that nobody reads costs it nothing (20
calls share one connection), and the pages that come with an error are short. Requests that others
hold too, and answers or requests whose 'end' or 'close' would be heard as a second result:
declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.owning.answers import Answered, answered_at
from unleak_codemods.owning.asking import may_answer
from unleak_codemods.owning.dropping import drop, drop_at_once
from unleak_codemods.owning.reading import Uses
from unleak_codemods.owning.reasons import ANSWERS, DROPPED, END_COMES, UNREAD
from unleak_codemods.owning.unread import unread_paths
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.syntax import inside, wrapped
from unleak_engine.codemod import Answer, Declined, File, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_LOADED = ("http", "https", "follow-redirects")


def _worth(data: bytes, _: Options) -> bool:
    return may_answer(data)


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=[f"{name}{quote}" for name in _LOADED for quote in "'\"`"],
    hits=r"""(?:g(?<!\wg)et|r(?<!\wr)equest)(?=\s*\()|response(?<=["']response)(?=["'])""",
    query="""
        (call_expression
          function: [(identifier) @name (member_expression property: (property_identifier) @name)]
          (#any-of? @name "get" "request")) @call
        (call_expression
          function: (member_expression property: (property_identifier) @on)
          arguments: (arguments . (string (string_fragment) @name))
          (#any-of? @on "on" "once") (#eq? @name "response")) @call
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/http.html#class-httpclientrequest",
        "https://nodejs.org/api/http.html#httpgetoptions-callback",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    file = match.file
    answered = answered_at(file, match["call"])
    body = file.functions.body(answered.function) if answered is not None else None
    if answered is None or body is None or b"process.exit(" in file.source.bytes(body):
        return
    uses = Uses(file, answered)
    if not uses.takes(body):
        yield _dropped(file, answered, uses)
    elif body.type == "statement_block":
        paths = unread_paths(file, body, uses.takes)
        name = answered.answer.name if answered.answer is not None else ""
        if not paths.gaps:
            return
        code = _obstacle(file, answered)
        code = code or ("listens-already" if any(map(uses.hears_end, paths.gaps)) else None)
        code = code or ("paths-unclear" if paths.unclear else None)
        if code is not None or not name:
            yield _declined(file, answered, code or "answer-taken-apart")
            return
        edits = tuple(edit for gap in paths.gaps for edit in drop(file, gap, name))
        yield _rewrite(file, answered, edits, name)


def _obstacle(file: File, answered: Answered) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if answered.handed_on:
        return "request-handed-on"
    return "close-awaited" if answered.hears_close else None


def _dropped(file: File, answered: Answered, uses: Uses) -> Answer:
    """The answer to a listener that reads nothing on any path."""
    code = _obstacle(file, answered) or ("listens-already" if uses.hears_twice else None)
    if code is not None:
        return _declined(file, answered, code)
    function = answered.function
    edits: tuple[Edit, ...] = ()
    if answered.answer is not None:
        name = answered.answer.name
    elif file.functions.parameters(function):
        return _declined(file, answered, "answer-taken-apart")
    else:
        holder = function.child_by_field_name("parameters")
        if holder is None or wrapped(function).parent is None or not _is_literal(answered):
            return _declined(file, answered, "answer-not-named")
        body = file.functions.body(function)
        assert body is not None
        free = (n for n in ("res", "response") if file.bindings.name_is_free(n, body))
        name = next(free, None) or file.bindings.fresh_name("answer", body)
        edits = (Edit.insert(holder.start_byte + 1, name),)
    notes = (END_COMES,) if uses.listens else ()
    return _rewrite(file, answered, (*edits, *drop_at_once(file, function, name)), name, notes)


def _is_literal(answered: Answered) -> bool:
    parent = wrapped(answered.function).parent
    return parent is not None and parent.type == "arguments"


def _span(answered: Answered) -> Span:
    call, function = answered.call, answered.function
    last = call if inside(function, call) else answered.listening
    return Span(call.start_byte, max(call.end_byte, last.end_byte))


def _rewrite(
    file: File,
    answered: Answered,
    edits: tuple[Edit, ...],
    name: str,
    notes: tuple[str, ...] = (),
) -> Rewrite:
    return Rewrite(
        span=_span(answered),
        anchor=answered.call.start_byte,
        message=UNREAD,
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, answered.call, answered.evidence),),
        notes=(DROPPED.replace("ANSWER", name), *notes),
    )


def _declined(file: File, answered: Answered, code: str) -> Declined:
    reason = ANSWERS[code]
    name = answered.answer.name if answered.answer is not None else "res"
    return Declined(
        span=_span(answered),
        anchor=answered.call.start_byte,
        message=UNREAD,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("ANSWER", name),
        evidence=(grounds(file, answered.call, answered.evidence),),
    )
