"""Tell a generator that feeds a response when the client has left.

## Why it leaks

A pipeline whose last stage before the response is an async generator waits for the generator's
next chunk, and sees only then that the response is closed. While the source is idle the handler
waits for ever and the cursor stays open (on Node 18, 20, 22, 24 and 26; a chain of streams alone
ends at once).

## What changes

`res.once('close', …)` aborts an AbortController unless the response was finished, and the pipeline
takes its `signal`: the source is closed when the client leaves, and the promise rejects. A catch
that tells a client that left by the error's code asks the signal too, since the code is one of
three. With `always = true` under `[codemods.close-does-not-abort]` chains of streams get the signal
as well.

## What is left alone

Chains of streams alone, sources that soon end (files), pipelines with a signal, and handlers with
any listener for 'close': silence. Generators that read by themselves and take no signal, the
callback form, and pipelines whose failure nobody catches or somebody answers: declined with the
recipe by hand.
"""

import re
from collections.abc import Iterator

from unleak_codemods.aborts.telling import tell
from unleak_codemods.aborts.untold import untold_at
from unleak_engine.codemod import Answer, Match, Options, codemod
from unleak_engine.edit import Safety

ALWAYS = "close-does-not-abort.always"
_GENERATOR = re.compile(rb"\basync\s*(?:function\s*)?\*")
_RESPONSE = re.compile(rb"\bre(?:s|sponse|ply)\b|\b(?:ctx|context|c)\.")


def _worth(data: bytes, options: Options) -> bool:
    asked = ALWAYS in options.switches or _GENERATOR.search(data) is not None
    return asked and _RESPONSE.search(data) is not None


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    needles=["pipeline"],
    hits=r"[pP]ipeline\s*\(",
    query="""
        (call_expression
          function: [
            (identifier) @name
            (member_expression property: (property_identifier) @name)
          ]
          (#match? @name "[pP]ipeline$")) @call
    """,
    worth=_worth,
    references=[
        "https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-options",
        "https://nodejs.org/api/globals.html#class-abortcontroller",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = untold_at(match.file, match["call"], always=ALWAYS in match.file.options.switches)
    answer = tell(site) if site is not None else None
    if answer is not None:
        yield answer
