"""Ask the response, not the request, whether the client is gone.

## Why it leaks

A request is destroyed as soon as its body was read to the end: `req.destroyed` is then true for a
client that waits for its answer (every POST whose body was parsed, on Node 18, 20, 22, 24 and 26),
and the handler gives it none. `req.aborted`, long deprecated, errs the other way: it stays false
when such a client leaves, so a source is opened for nobody, and from Node 23 on left open. On
HTTP/2 `req.destroyed` is never true at all.

## What changes

The response is asked: `res.destroyed` is true when the client has left and only then, until the
response was sent. In a handler of HTTP/2 that is `res.stream.destroyed`. Nothing else is touched.

## What is left alone

Handlers that look after the upload itself (`req.pipe`, listeners for its data), conditions that
look at the state of the streams some other way too, listeners of the request or response, and
logs: silence. `req.aborted` where an HTTP/2 server may be at work: declined, since it is right
there.
"""

import re
from collections.abc import Iterator

from unleak_codemods.clients import asking_reasons
from unleak_codemods.clients.answers import declined, is_too_old
from unleak_codemods.clients.asking import Question, question_at
from unleak_codemods.clients.asking_reasons import REASONS
from unleak_codemods.clients.exchange import Exchange, exchange_at
from unleak_engine.codemod import Answer, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety

_ANSWERS = re.compile(rb"(?<![\w$])(?:res|resp|response|reply|ctx|context)(?![\w$])")


def _may_answer(data: bytes, options: Options) -> bool:
    """Whether the file names a response at all."""
    return _ANSWERS.search(data) is not None


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=[".destroyed", ".aborted", ".closed"],
    also=[["req.", "req!.", "request.", "request!.", "raw.", "raw!."]],
    hits=r"(?:req|request|raw)!?\.(?:destroyed|aborted|closed)(?![\w$])",
    query="""
        (member_expression
          object: (_) @request
          property: (property_identifier) @asked
          (#match? @asked "^(destroyed|aborted|closed)$")) @whole
    """,
    worth=_may_answer,
    references=[
        "https://nodejs.org/api/http.html#class-httpincomingmessage",
        "https://nodejs.org/api/http.html#messageaborted",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    found = exchange_at(match.file, match["whole"])
    if found is None or match.text("request") != found.request:
        return
    over_2 = found.handler.framework == "http2"
    if over_2 and match.text("asked") == "aborted":
        return
    question = question_at(match.file, match["whole"], found)
    if question is None:
        return
    code = _obstacle(match, found)
    if code is None:
        yield _rewritten(match, found, question)
        return
    yield declined(
        match.file,
        Span.of(match["whole"]),
        match["asked"].start_byte,
        _message(match, over_2=over_2),
        code,
        REASONS,
        names={"RESPONSE": found.response},
        evidence=(found.grounds,),
    )


def _obstacle(match: Match, found: Exchange) -> str | None:
    if is_too_old(match.file):
        return "node-too-old"
    if match.text("asked") == "aborted" and not found.http_1:
        return "protocol-unseen"
    return None


def _message(match: Match, *, over_2: bool) -> str:
    words = asking_reasons.ABORTED_IS_LATE
    if match.text("asked") != "aborted":
        words = asking_reasons.NEVER_TRUE if over_2 else asking_reasons.READ_IS_GONE
    return words.format(asked=match.text("whole"))


def _rewritten(match: Match, found: Exchange, question: Question) -> Rewrite:
    over_2 = found.handler.framework == "http2"
    notes: list[str] = []
    if not found.handler.sure:
        notes.append(asking_reasons.LOOKS_LIKE)
    if over_2:
        notes.append(asking_reasons.OVER_2)
    elif match.text("asked") == "aborted":
        notes.append(asking_reasons.STOPS_NOW)
    if question.handed:
        notes.append(asking_reasons.HANDED_ON)
    if question.how == "tells":
        notes.append(asking_reasons.TOLD)
    request, asked = match["request"], match["asked"]
    before, _, after = found.gone.rpartition(".")
    edits = [Edit.replace(request.start_byte, request.end_byte, before)]
    if match.text("asked") != after:
        edits.append(Edit.replace(asked.start_byte, asked.end_byte, after))
    return Rewrite(
        span=Span.of(match["whole"]),
        anchor=asked.start_byte,
        message=_message(match, over_2=over_2),
        edits=tuple(edits),
        safety=Safety.UNSAFE if notes else Safety.SAFE,
        evidence=(found.grounds,),
        notes=tuple(notes),
    )
