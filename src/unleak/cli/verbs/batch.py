"""`unleak batch`: a monorepo, shard by shard."""

from typing import Annotated

import typer

from unleak.cli import options
from unleak.cli.command import Verb

app = typer.Typer(add_completion=False, rich_markup_mode=None)

CUTTING = "How it is cut"
OUTCOME = "What becomes of a shard"
GOING_ON = "How far it is"
WHERE = "Who looks"


@app.command(cls=Verb)
def batch(
    root: Annotated[
        str | None,
        typer.Argument(
            metavar="[ROOT]",
            help="The folder to migrate; the working directory if none is named.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        options.option(
            "--by",
            help="package (by default), owner, codemod, or dir: each folder in ROOT.",
            panel=CUTTING,
            metavar="WHAT",
        ),
    ] = None,
    max_files: Annotated[
        int | None,
        options.option(
            "--max-files", help="Split what changes more files.", panel=CUTTING, metavar="N"
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        options.option(
            "--only", help="Only these packages or folders.", panel=CUTTING, metavar="GLOB"
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        options.option("--skip", help="Not these.", panel=CUTTING, metavar="GLOB"),
    ] = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    codemods: options.Codemods = None,
    unsafe_fixes: options.UnsafeFixes = False,
    node: options.Node = None,
    helpers: options.Helpers = None,
    no_exclude: options.NoExclude = False,
    no_baseline: options.NoBaseline = False,
    max_bytes: options.MaxBytes = None,
    jobs: options.Jobs = None,
    patches: Annotated[
        str | None,
        options.option(
            "--patches",
            help="Put a patch and a text for its readers there; unleak-batch by default.",
            panel=OUTCOME,
            metavar="DIR",
        ),
    ] = None,
    branches: Annotated[
        str | None,
        options.option(
            "--branches",
            help="Make a branch with one commit as well, PREFIX before its name.",
            panel=OUTCOME,
            metavar="PREFIX",
        ),
    ] = None,
    write: Annotated[
        bool, options.option("--write", help="Write the files as well.", panel=OUTCOME)
    ] = False,
    allow_dirty: options.AllowDirty = False,
    verify: options.Verify = None,
    setup: options.Setup = None,
    allow_red: options.AllowRed = False,
    verify_timeout: options.VerifyTimeout = None,
    max_failures: Annotated[
        int | None,
        options.option(
            "--max-failures", help="Stop after so many shards.", panel=GOING_ON, metavar="N"
        ),
    ] = None,
    dry_run: Annotated[
        bool, options.option("--dry-run", help="List the shards, do nothing.", panel=GOING_ON)
    ] = False,
    resume: Annotated[
        bool, options.option("--resume", help="Go on with what was stopped.", panel=GOING_ON)
    ] = False,
    failed: Annotated[
        bool, options.option("--failed", help="Repeat the shards that failed.", panel=GOING_ON)
    ] = False,
    fresh: Annotated[
        bool, options.option("--fresh", help="Begin anew, whatever was done.", panel=GOING_ON)
    ] = False,
    status: Annotated[
        bool, options.option("--status", help="Say how far it is.", panel=GOING_ON)
    ] = False,
    as_json: Annotated[
        bool, options.option("--json", help="Say it for programs.", panel=GOING_ON)
    ] = False,
    engine: Annotated[
        str | None,
        options.option(
            "--engine",
            help="local, or dask: the workers of a cluster look into the files.",
            panel=WHERE,
            metavar="WHO",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        options.option(
            "--scheduler",
            help="The scheduler of the cluster, tls://HOST:PORT.",
            panel=WHERE,
            metavar="URL",
        ),
    ] = None,
    tree: Annotated[
        str | None,
        options.option(
            "--tree",
            help="The folder in which all workers see the work tree.",
            panel=WHERE,
            metavar="PATH",
        ),
    ] = None,
    remote: Annotated[
        str | None,
        options.option(
            "--remote",
            help="Or where they fetch its commit from.",
            panel=WHERE,
            metavar="URL",
        ),
    ] = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
) -> int:
    """Migrate a monorepo shard by shard, each a patch or a branch with a text for its readers.

    A batch that was stopped, however that was, goes on with `--resume`.
    """
    from unleak.cli.batching import Request, perform
    from unleak.cli.guarding import Guard

    return perform(
        Request(
            root=root,
            by=by,
            max_files=max_files,
            only=only,
            skip=skip,
            select=select,
            ignore=ignore,
            codemods=codemods,
            unsafe_fixes=unsafe_fixes,
            node=node,
            helpers=helpers,
            no_exclude=no_exclude,
            no_baseline=no_baseline,
            max_bytes=max_bytes,
            jobs=jobs,
            patches=patches,
            branches=branches,
            write=write,
            guard=Guard(None, allow_dirty, verify, setup, allow_red, verify_timeout),
            max_failures=max_failures,
            dry_run=dry_run,
            resume=resume,
            failed=failed,
            fresh=fresh,
            status=status,
            as_json=as_json,
            engine=engine,
            scheduler=scheduler,
            tree=tree,
            remote=remote,
            color=color,
            quiet=quiet,
        )
    )
