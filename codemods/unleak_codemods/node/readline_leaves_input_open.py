"""Close what readline reads when a loop over its lines is left early.

## Why it leaks

`break`, `return` and `throw` in `for await (const line of rl)` end the loop and leave the input
open: paused, with its file descriptor kept for good (1 of 1, on Node 18, 20, 22, 24 and 26), or
not yet paused and read to its end for nobody. From Node 20 on the interface stays open too, and
with it stdin: the process does not end before its input does. `rl.close()` closes the interface
and never the input, in a 'line' listener as well.

## What changes

The loop goes into a `try` whose `finally` closes the interface and, where the input is a file
stream made here, destroys it; an inline one gets a name first. Where the input is stdin or belongs
to the caller, only the interface is closed. For `rl.close()` in a 'line' listener the destroy that
it lacks is shown, not written.

## What is left alone

Loops that read to the end, and inputs that are destroyed already: silence. Inputs that come out of
a pipe or a child process, that are read or used elsewhere, and interfaces that are used again:
declined with the recipe by hand. So is an `await` between the interface and the loop, which loses
lines.
"""

from collections.abc import Iterator

from unleak_codemods.reading.lines import closed_in_listener, left_loop
from unleak_engine.codemod import Answer, Match, codemod
from unleak_engine.edit import Safety


@codemod(
    safety=Safety.SAFE,
    node=">=18",
    needles=["readline"],
    also=[["createInterface"], ["await", ".close("]],
    hits=r"""for\s+await\b|line(?<=["']line)(?=["'])""",
    query="""
        (for_in_statement "await" right: (_)) @loop
        (call_expression
          arguments: (arguments . (string (string_fragment) @event (#eq? @event "line")))) @call
    """,
    references=[
        "https://nodejs.org/api/readline.html#rlsymbolasynciterator",
        "https://nodejs.org/api/readline.html#rlclose",
    ],
)
def find(match: Match) -> Iterator[Answer]:
    loop, call = match.get("loop"), match.get("call")
    answer = left_loop(match.file, loop) if loop is not None else None
    if call is not None:
        answer = closed_in_listener(match.file, call)
    if answer is not None:
        yield answer
