"""`unleak diff`: the fixes as a patch, to be read, kept, and given to git."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.session import Request, perform

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def diff(
    paths: options.Paths = None,
    output_file: Annotated[
        str | None,
        options.option(
            "-o",
            "--output-file",
            help="Write the patch there.",
            panel=options.SHOWING,
            metavar="FILE",
        ),
    ] = None,
    mail: Annotated[
        bool,
        options.option("--mail", help="Make it a mail for `git am`.", panel=options.SHOWING),
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
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    exit_zero: options.ExitZero = False,
) -> int:
    """Print the fixes for PATHS as a patch that `git apply` takes.

    Names in it count from the top of the git work tree, or outside git from the working
    directory. What the patch leaves is listed on stderr.
    """
    return perform(
        Request(
            action="diff",
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
            output_file=output_file,
            mail=mail,
            color=color,
            quiet=quiet,
            verbose=verbose,
            exit_zero=exit_zero,
        )
    )
