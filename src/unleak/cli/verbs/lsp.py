"""`unleak lsp`: findings and cures in the editor."""

from importlib.util import find_spec

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def lsp(
    select: options.Select = None,
    ignore: options.Ignore = None,
    codemods: options.Codemods = None,
    node: options.Node = None,
    baseline: options.Baseline = None,
    no_baseline: options.NoBaseline = False,
) -> int:
    """Serve an editor on stdin and stdout, by the Language Server Protocol.

    Editors start it themselves: docs/editors.md says how.
    """
    if find_spec("pygls") is None:
        raise typer.BadParameter("the server needs `pip install 'unleak[lsp]'`", param_hint="lsp")
    from unleak.cli.serving import perform

    return perform(select, ignore, codemods, node, baseline, no_baseline=no_baseline)
