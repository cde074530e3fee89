"""`unleak fix`: cure in place what is safe to cure."""

import typer

from unleak.cli import options
from unleak.cli.command import Verb
from unleak.cli.guarding import Guard, sensible
from unleak.cli.session import Request, perform

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=Verb)
def fix(
    paths: options.Paths = None,
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
    interactive: options.Interactive = False,
    max_changes: options.MaxChanges = None,
    allow_dirty: options.AllowDirty = False,
    verify: options.Verify = None,
    setup: options.Setup = None,
    allow_red: options.AllowRed = False,
    verify_timeout: options.VerifyTimeout = None,
    output_format: options.OutputFormat = None,
    output_file: options.OutputFile = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    exit_zero: options.ExitZero = False,
) -> int:
    """Fix the leaks in PATHS, in place; report what is left.

    Only safe fixes are made, unless you ask for `--unsafe-fixes`. With `-` the fixed text goes
    to stdout. A file with uncommitted changes is left as it is, and named.
    """
    guard = Guard(max_changes, allow_dirty, verify, setup, allow_red, verify_timeout)
    sensible(guard)
    if stdin_filename is not None and interactive:
        raise typer.BadParameter("stdin is the text, so nobody can answer", param_hint="-i")
    if stdin_filename is not None and guard != Guard():
        raise typer.BadParameter("writes nothing, so nothing is to be guarded", param_hint="-")
    return perform(
        Request(
            action="fix",
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
            color=color,
            quiet=quiet,
            verbose=verbose,
            exit_zero=exit_zero,
            guard=guard,
            interactive=interactive,
        )
    )
