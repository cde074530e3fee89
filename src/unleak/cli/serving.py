"""What `unleak lsp` was asked for, checked."""

import gc

from unleak.cli import entry
from unleak.cli.session import Request, wanted_of
from unleak.lsp.server import serve


def perform(
    select: list[str] | None,
    ignore: list[str] | None,
    codemods: list[str] | None,
    node: str | None,
    baseline: str | None,
    *,
    no_baseline: bool,
) -> int:
    """Serve until the editor says goodbye; the exit code."""
    entry.take_begun()
    gc.enable()
    request = Request(
        action="look",
        paths=None,
        select=select,
        ignore=ignore,
        unsafe_fixes=False,
        node=node,
        no_exclude=False,
        no_cache=True,
        stdin_filename=None,
        output_file=None,
        color="never",
        quiet=True,
        verbose=False,
        exit_zero=False,
        codemods=codemods,
        baseline=baseline,
        no_baseline=no_baseline,
    )
    serve(wanted_of(request))
    return 0
