"""Destroy a stage without the error that its pipeline has failed with.

## Why it leaks

When a pipeline fails, it has destroyed its stages: `source.destroy(err)` in the catch does
nothing. It does something only when the pipeline never started, and then it is wrong: nobody
listens to the source yet, so its 'error' ends the process (exit code 1 for the first client that
is gone before its download begins, on Node 24 and 26), where the catch meant to go on.

## What changes

The argument goes. `source.destroy()` closes the source in every case measured, and emits nothing
but 'close'. The error is not lost: the catch has it.

## What is left alone

The destination: `res.destroy(err)` is right. A stage with an 'error' listener, which gets the error
that way; requests, messages of http and sockets, which emit no error that nobody asked for; other
errors than the one that was caught. A stage whose own `_destroy` may look at the error: declined
with the recipe by hand. Callbacks of `pipeline`, which run only when it did start.
"""

from collections.abc import Iterator

from unleak_codemods.catches.blaming import is_everybodys, needs_the_error, rewritten, site_of
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["ipeline"],
    also=[["destroy"], ["stream"], ["promis"]],
    hits=r"destroy(?<![\w$]destroy)\s*(?:\?\.\s*)?\(\s*[\w$<(]",
    query="""
        (call_expression
          function: (member_expression
            property: (property_identifier) @name
            (#eq? @name "destroy"))) @call
    """,
    references=[
        "https://github.com/nodejs/node/issues/65063",
        "https://nodejs.org/api/stream.html#readabledestroyerror",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    site = site_of(match.file, match["call"])
    if site is None or is_everybodys(site):
        return
    floor = match.target.node_floor
    if floor is not None and floor < 18:
        yield site.declined("node-too-old")
    elif needs_the_error(site):
        yield site.declined("destroy-needs-error")
    else:
        yield rewritten(site)
