"""`unleak explain NAME`: all there is to know about one codemod."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from unleak import registry
from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.screen import Screen
from unleak.report.terminal import Style, visible_lines
from unleak_codemods.table import Entry
from unleak_engine.exemptions import CODES

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def explain(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A codemod's name.", show_default=False)
    ],
    codemods: options.Codemods = None,
    color: options.Color = "auto",
) -> int:
    """Explain a codemod.

    Why it leaks, what changes, what is left alone, and an example.
    """
    registry.begin(codemods, ["."])
    screen = Screen(color=color)
    if name in CODES:
        screen.data(line + "\n" for line in prose(COMMENTS, screen.out))
        return 0
    try:
        entry = registry.entry(name)
    except registry.UnknownNameError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from None
    screen.data(line + "\n" for line in page(entry, screen.out))
    return 0


COMMENTS = """\
Comments that suppress a finding.

    // unleak-disable-next-line NAME -- reason
    foo(); // unleak-disable-line NAME, NAME -- reason
    /* unleak-disable NAME until=2027-01-31 -- reason */
    /* unleak-enable NAME */
    /* unleak-disable-file NAME -- reason */

## bad-suppression

The comment cannot be followed: it names no codemod, or one that there is not, or no day. It
suppresses nothing until it is mended.

## unused-suppression

Nothing that the comment names is found where it speaks of. `unleak fix` takes it out, or the name.

## expired-suppression

The day behind `until=` is over, so that the finding counts again. `unleak fix` takes the comment
out.
"""


def page(entry: Entry, style: Style) -> Iterator[str]:
    """The lines about one codemod, from its docstring, its declaration and its golden example."""
    from unleak.golden import example

    codemod = registry.load(entry.name)
    yield style("bold", entry.name)
    yield ""
    yield from prose(codemod.doc, style)
    yield ""
    yield from _labelled("Safety", MEANING[codemod.safety], style)
    if codemod.opt_in:
        yield from _labelled("Runs", f"only when it is named: `--select {entry.name}`.", style)
    yield from _labelled(codemod.language.capitalize(), codemod.node, style)
    diff = example(entry.name, _golden(entry.name))
    if diff:
        yield ""
        yield style("bold", "Example")
        yield ""
        yield from coloured(diff, style)
    if codemod.references:
        yield ""
        yield style("bold", "References")
        yield ""
        yield from (f"  {reference}" for reference in codemod.references)


def _golden(name: str) -> Path | None:
    """Where the cases of a pack's codemod lie; None for those of unleak's own."""
    if name not in {entry.name for entry in registry.added()}:
        return None
    from unleak.packs.loading import pack_of

    pack = pack_of(name)
    return None if pack is None else Path(pack.golden)


MEANING = {
    "safe": (
        "safe where every stream is proven to be a Node stream and a copy that works gives what it "
        "gave before: `unleak fix` makes it without asking. Unsafe where somebody may see a "
        "difference: a note says which, and it takes `--unsafe-fixes`. Any other site keeps its "
        "code: the report shows a recipe (display) or says why not (declined)."
    ),
    "unsafe": (
        "unsafe everywhere: somebody may see a difference, so a note says which, and it takes "
        "`--unsafe-fixes`. Where that would be wrong, the code is kept: the report shows a recipe "
        "(display) or says why not (declined)."
    ),
    "display": "display: the report shows a recipe to place by hand; nothing is ever written.",
}
"""What becomes of a codemod's sites, by the best that it does."""


def _labelled(label: str, text: str, style: Style) -> Iterator[str]:
    """A paragraph beside a bold label."""
    indent = " " * 8
    lines = textwrap.wrap(text, min(style.width, 88) - len(indent), break_on_hyphens=False) or [""]
    yield style("bold", label) + indent[len(label) :] + lines[0]
    yield from (indent + line for line in lines[1:])


def prose(doc: str, style: Style) -> Iterator[str]:
    """A docstring in Markdown as lines: headings stand out, paragraphs fill the width."""
    width = min(style.width, 88)
    for index, block in enumerate(re.split(r"\n\s*\n", textwrap.dedent(doc).strip())):
        if index:
            yield ""
        if block.startswith("#"):
            yield style("bold", block.lstrip("# ").strip())
        elif re.match(r"\s{2,}|\s*(?:[-*|]|\d+\.) |```", block):
            yield from (f"  {line}".rstrip() for line in block.split("\n"))
        else:
            indent = "  " if index else ""
            yield from textwrap.wrap(
                block,
                width,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )


def coloured(diff: str, style: Style) -> Iterator[str]:
    """The hunks of a diff, without its header."""
    body = diff[diff.find("@@") :] if "@@" in diff else diff
    for line in visible_lines(body.rstrip("\n")).split("\n"):
        look = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1])
        yield "  " + (style(look, line) if look else line)
