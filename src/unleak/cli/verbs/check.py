"""`unleak check`: report findings, and with `--fix` cure them."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.session import Action, Request, perform

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def check(
    paths: options.Paths = None,
    fix: Annotated[
        bool,
        options.option("--fix", help="Fix what is safe, in place.", panel=options.CHOOSING),
    ] = False,
    diff: Annotated[
        bool,
        options.option("--diff", help="Print the fixes as a patch.", panel=options.CHOOSING),
    ] = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    codemods: options.Codemods = None,
    unsafe_fixes: options.UnsafeFixes = False,
    node: options.Node = None,
    helpers: options.Helpers = None,
    no_exclude: options.NoExclude = False,
    force_exclude: options.ForceExclude = False,
    since: options.Since = None,
    staged: options.Staged = False,
    baseline: options.Baseline = None,
    no_baseline: options.NoBaseline = False,
    stdin_filename: options.StdinFilename = None,
    max_bytes: options.MaxBytes = None,
    no_cache: options.NoCache = False,
    jobs: options.Jobs = None,
    output_format: options.OutputFormat = None,
    output_file: options.OutputFile = None,
    statistics: options.Statistics = False,
    watch: options.Watch = False,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    exit_zero: options.ExitZero = False,
    show_settings: Annotated[
        bool,
        options.option(
            "--show-settings", help="Print what holds for PATHS, and stop.", panel=options.SHOWING
        ),
    ] = False,
) -> int:
    """Report the leaks in PATHS."""
    if fix and diff:
        raise typer.BadParameter("--fix writes and --diff does not: choose one")
    if diff and output_format is not None:
        raise typer.BadParameter("--diff prints a patch, so --output-format has no say")
    if watch:
        from unleak.cli.watching import watched

        if fix or diff:
            raise typer.BadParameter("only looks, so it goes with neither --fix nor --diff")
        return watched(paths or ["."], output_file, color=color, quiet=quiet)
    action: Action = "fix" if fix else "diff" if diff else "look"
    if show_settings and (fix or diff):
        raise typer.BadParameter("looks at nothing but settings", param_hint="--show-settings")
    return perform(
        Request(
            action="settings" if show_settings else action,
            paths=paths,
            select=select,
            ignore=ignore,
            codemods=codemods,
            unsafe_fixes=unsafe_fixes,
            node=node,
            helpers=helpers,
            no_exclude=no_exclude,
            force_exclude=force_exclude,
            baseline=baseline,
            no_baseline=no_baseline,
            max_bytes=max_bytes,
            since=since,
            staged=staged,
            no_cache=no_cache,
            jobs=jobs,
            stdin_filename=stdin_filename,
            output_format=output_format,
            output_file=output_file,
            statistics=statistics,
            color=color,
            quiet=quiet,
            verbose=verbose,
            exit_zero=exit_zero,
        )
    )
