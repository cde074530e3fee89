"""Abort the work for a response when its client left, not whenever something closes.

## Why it leaks

A response emits 'close' after success too. An `abort()` there rejects every successful pipeline
with a generator stage (10 of 10 complete downloads ended in an AbortError, on Node 18, 20, 22, 24
and 26), and a request emits 'close' as soon as its body is read: what is stopped there never
answers a parsed POST at all (0 of 5 came whole).

## What changes

`abort()` on the response's 'close' gets the test that tells the two apart:
`if (!res.writableFinished)`. What listens on the request listens on the response instead. Both
only where the signal, or the stream that is stopped, serves nothing but this response.

## What is left alone

Listeners that ask for themselves (`writableFinished`, a flag), that log, count or unsubscribe, and
uploads, for which the request is the right place: silence; so is an abort after a pipeline of
streams alone, which has settled by then. A signal that other work takes too is shown the recipe.
"""

import re
from collections.abc import Iterator

from unleak_codemods.aborts.closing import closing_at
from unleak_codemods.aborts.guarding import on_request, on_response
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety

_STOPS = re.compile(
    rb"""\(\s*['"]close['"]\s*,.{0,300}?\.\s*(?:abort|destroy|kill|cancel)\s*\(""", re.DOTALL
)
_FED_BY = (b"AbortController", b".pipe(", b"pipeline(", b".body", b".send(")


def _worth(data: bytes, options: Options) -> bool:
    return any(word in data for word in _FED_BY) and _STOPS.search(data) is not None


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["'close'", '"close"'],
    also=[[word.decode() for word in _FED_BY]],
    hits=r"""\.\s*(?:on|once|addListener|prependListener|prependOnceListener)\s*\(\s*['"]close['"]""",
    query="""
        (call_expression
          function: (member_expression property: (property_identifier) @on)
          arguments: (arguments . (string (string_fragment) @name (#eq? @name "close")))) @call
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/http.html#event-close_2",
        "https://nodejs.org/api/http.html#event-close_3",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    found = closing_at(match.file, match["call"])
    if found is None:
        return
    judge = on_response if found.side == "response" else on_request
    answer = judge(match.file, found)
    if answer is not None:
        yield answer
