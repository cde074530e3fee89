"""What a run says, in the form a reader asked for. Each form is a module, loaded when named."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from unleak.report.terminal import PLAIN, Style
from unleak.run import Outcome

FORMATS = (
    *("full", "concise", "json", "jsonl", "github", "gitlab", "junit", "sarif", "rdjson"),
    *("markdown", "html"),
)
"""Each is a module here. SARIF, github and gitlab name files from the top of the work tree, the
others from the working directory."""

QUOTING = frozenset({"full", "junit", "sarif", "rdjson", "markdown", "html"})
"""Those that need the texts of the files."""

FLEETING = frozenset({"html"})
"""Those that say more than what was found: the day, and what other runs have found."""


class View(NamedTuple):
    """How a reader wants to see it. Paths are shown relative to the folder `cwd`."""

    cwd: str
    style: Style = PLAIN
    verbose: bool = False


def render(name: str, outcome: Outcome, view: View) -> Iterator[str]:
    """The report called `name`, piece by piece."""
    form: Callable[[Outcome, View], Iterator[str]]
    form = import_module(f"unleak.report.{name}").render
    return form(outcome, view)
