"""Catch the rejection of a pipeline into a response where nobody else does.

## Why it leaks

`await pipeline(source, res)` rejects whenever a client leaves. In a handler of Express 4 or of
plain `http` nobody takes that rejection: it is unhandled, and Node ends the process with code 1,
and with it every other request (the first client that leaves in the middle of a download does it,
on Node 18, 20, 22, 24 and 26). `.pipe()` survived that. A catch that answers does the same: with
the headers sent, `res.json()` throws, out of the catch.

## What changes

The call gets a catch: it destroys the source, which from Node 23 on a response that is already
gone leaves open, and hands every failure but a client's leaving to `next`, or logs it. A
client's leaving is told by `res.errored`, not by the error's code, which is one of five. There is
nothing to answer: the pipeline has destroyed the response. A source without a name gets one. An
answer in a catch that is there is only given while no headers were sent.

## What is left alone

Handlers whose framework takes rejections (Express 5, Koa, Fastify), that are wrapped, or of which
we do not see who calls them; files that listen for unhandled rejections: silence. Calls with work
behind them that must not run after a failure: declined with the recipe by hand.
"""

from collections.abc import Iterator

from unleak_codemods.aborts.places import is_generator
from unleak_codemods.clients.answering import (
    CaughtAnswer,
    answer_at,
    hides_the_error,
)
from unleak_codemods.clients.answers import declined
from unleak_codemods.clients.escaping import Escape, escape_at, obstacle
from unleak_codemods.clients.escaping_reasons import (
    ANSWERS,
    HIDDEN,
    LOGGED,
    MESSAGE,
    PASSED_ON,
    REASONS,
    UNANSWERED,
)
from unleak_codemods.streams.detaching import destroying, is_plain_name
from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_engine.codemod import Answer, Grounds, Match, Options, Rewrite, Span, codemod
from unleak_engine.edit import Edit, Safety


def _may_pipe(data: bytes, options: Options) -> bool:
    """Whether the file has the `pipeline` that gives a promise."""
    return b"promis" in data


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["pipeline"],
    hits=r"pipeline(?<![\w$]pipeline)\w*\s*\(",
    query="""
        (call_expression function: (_) @callee (#match? @callee "pipeline\\\\w*$")) @call
    """,
    worth=_may_pipe,
    references=[
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
        "https://nodejs.org/api/process.html#event-unhandledrejection",
        "https://expressjs.com/en/guide/error-handling.html",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = escape_at(match.file, match["call"])
    if site is None:
        answer = answer_at(match.file, match["call"])
        if answer is not None:
            yield _guarded(match, answer)
        return
    code = obstacle(match.file, site)
    if code is None:
        yield _rewritten(match, site)
        return
    yield declined(
        match.file,
        Span.of(match["call"]),
        match["call"].start_byte,
        MESSAGE,
        code,
        REASONS,
        names={"RESPONSE": site.exchange.response},
        evidence=_grounds(match, site),
    )


def _guarded(match: Match, answer: CaughtAnswer) -> Answer:
    """The answer in a catch, given only where it can be."""
    served = answer.exchange
    span, anchor = Span.of(answer.answer), answer.answer.start_byte
    if answer.code is not None or answer.statement is None:
        return declined(
            match.file,
            span,
            anchor,
            ANSWERS,
            answer.code or "answer-nested",
            REASONS,
            names={"RESPONSE": served.response},
            evidence=(served.grounds,),
        )
    asked = f"if (!{served.response}.headersSent && !{served.gone}) "
    return Rewrite(
        span=span,
        anchor=anchor,
        message=ANSWERS,
        edits=(Edit.insert(answer.statement.start_byte, asked),),
        safety=Safety.UNSAFE,
        evidence=(served.grounds,),
        notes=(UNANSWERED, HIDDEN) if hides_the_error(match.file, answer) else (UNANSWERED,),
    )


def _grounds(match: Match, site: Escape) -> tuple[Grounds, ...]:
    return grounds(match.file, site.first, site.source), site.exchange.grounds


def _rewritten(match: Match, site: Escape) -> Rewrite:
    source = match.source
    response, after = site.exchange.response, site.exchange.handler.next
    stop = ";" if source.uses_semicolons else ""
    line = source.newline + source.indent(site.call.start_byte)
    edits: list[Edit] = []
    name = source.text(site.first)
    if not is_plain_name(site.first) and site.statement is not None:
        made = site.pipeline.stages[0]
        name = match.bindings.fresh_name("source", site.call)
        constant = f"const {name} = {source.text(made)}{stop}{line}"
        edits.append(Edit.insert(site.statement.start_byte, constant))
        edits.append(Edit.replace(made.start_byte, made.end_byte, name))
    report = f"{after}(err)" if after is not None else "console.error(err)"
    body = [f"{name}{destroying(site.source)}", *_named_stages(match, site)]
    body.append(f"if ({response}.errored !== null) {report}")
    inner = line + source.indent_unit
    caught = "".join(f"{inner}{text}{stop}" for text in body)
    edits.append(Edit.insert(site.call.end_byte, f".catch((err) => {{{caught}{line}}})"))
    return Rewrite(
        span=Span.of(match["call"]),
        anchor=match["call"].start_byte,
        message=MESSAGE,
        edits=tuple(edits),
        safety=Safety.UNSAFE,
        evidence=_grounds(match, site),
        notes=(PASSED_ON if after is not None else LOGGED,),
    )


def _named_stages(match: Match, site: Escape) -> list[str]:
    """The calls that destroy the stages between source and response that have a name."""
    return [
        f"{match.source.text(stage)}{destroying(evidence_of(match.file, stage))}"
        for stage in site.pipeline.stages[1:-1]
        if not is_generator(match.file, stage)
        if stage.type == "identifier"
    ]
