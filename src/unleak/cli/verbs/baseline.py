"""`unleak baseline`: set the findings of today aside, and let their number only shrink."""

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.session import Request

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Keep a file of old findings, so that a run tells of new ones only.",
)


@app.command(cls=Verb)
def write(
    paths: options.Paths = None,
    baseline: options.Baseline = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    node: options.Node = None,
    no_exclude: options.NoExclude = False,
    max_bytes: options.MaxBytes = None,
    jobs: options.Jobs = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Put all findings in PATHS into the baseline.

    It is `.unleak-baseline.json` beside the configuration that counts, or at the top of the git
    work tree. What it holds about other paths and codemods stays.
    """
    from unleak.cli.baselining import written

    return written(
        _request(
            paths, baseline, select, ignore, node, no_exclude, max_bytes, jobs, color, quiet=quiet
        )
    )


@app.command(cls=Verb)
def prune(
    paths: options.Paths = None,
    baseline: options.Baseline = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    node: options.Node = None,
    no_exclude: options.NoExclude = False,
    max_bytes: options.MaxBytes = None,
    jobs: options.Jobs = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Take out of the baseline what is found no more in PATHS. Nothing is added to it."""
    from unleak.cli.baselining import pruned

    return pruned(
        _request(
            paths, baseline, select, ignore, node, no_exclude, max_bytes, jobs, color, quiet=quiet
        )
    )


def _request(
    paths: list[str] | None,
    baseline: str | None,
    select: list[str] | None,
    ignore: list[str] | None,
    node: str | None,
    no_exclude: bool,
    max_bytes: int | None,
    jobs: int | None,
    color: str,
    *,
    quiet: bool,
) -> Request:
    return Request(
        action="look",
        paths=paths,
        select=select,
        ignore=ignore,
        unsafe_fixes=False,
        node=node,
        no_exclude=no_exclude,
        no_cache=False,
        stdin_filename=None,
        output_file=None,
        color=color,
        quiet=quiet,
        verbose=False,
        exit_zero=True,
        jobs=jobs,
        max_bytes=max_bytes,
        baseline=baseline,
    )
