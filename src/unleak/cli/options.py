"""The options that several verbs share, each spelled once."""

from typing import Annotated

import typer

CHOOSING = "What to look for"
FINDING = "Where to look"
SHOWING = "What to print"
WRITING = "Before anything is written"


def option(*names: str, help: str, panel: str, metavar: str | None = None) -> object:
    return typer.Option(
        *names, help=help, metavar=metavar, rich_help_panel=panel, show_default=False
    )


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATHS]...",
        help="Files and folders; `-` reads stdin. The working directory if none is named.",
        show_default=False,
    ),
]
Select = Annotated[
    list[str] | None,
    option(
        "--select", help="Only these codemods (a,b or repeated).", panel=CHOOSING, metavar="NAME"
    ),
]
Ignore = Annotated[
    list[str] | None,
    option("--ignore", help="All codemods but these.", panel=CHOOSING, metavar="NAME"),
]
Codemods = Annotated[
    list[str] | None,
    option(
        "--codemods",
        help="Load codemods of your own: a folder, a module, or an installed pack's name.",
        panel=CHOOSING,
        metavar="PATH",
    ),
]
UnsafeFixes = Annotated[
    bool,
    option("--unsafe-fixes", help="Fix what a reader should look at, too.", panel=CHOOSING),
]
Node = Annotated[
    str | None,
    option(
        "--node",
        help="The Node.js versions the code runs on, as `>=20`; overrides package.json.",
        panel=CHOOSING,
        metavar="RANGE",
    ),
]
Helpers = Annotated[
    str | None,
    option(
        "--helpers",
        help="Where helper functions go: `file` (its end), `inline`, or a module's path.",
        panel=CHOOSING,
        metavar="PLACE",
    ),
]
NoExclude = Annotated[
    bool,
    option(
        "--no-exclude",
        help="Look into node_modules, minified, generated and git-ignored files, too.",
        panel=FINDING,
    ),
]
ForceExclude = Annotated[
    bool,
    option(
        "--force-exclude",
        help="Leave out what is left out by default or by a configuration even if it is named, as "
        "hooks name it.",
        panel=FINDING,
    ),
]
Baseline = Annotated[
    str | None,
    option(
        "--baseline",
        help="The file of old findings, before the one of the configuration.",
        panel=FINDING,
        metavar="FILE",
    ),
]
NoBaseline = Annotated[
    bool, option("--no-baseline", help="Report old findings like new ones.", panel=FINDING)
]
StdinFilename = Annotated[
    str | None,
    option(
        "--stdin-filename",
        help="What `-` is called; says its language.",
        panel=FINDING,
        metavar="FILE",
    ),
]
Since = Annotated[
    str | None,
    option(
        "--since",
        help="Only files that differ from where this branch left REF, committed or not.",
        panel=FINDING,
        metavar="REF",
    ),
]
Staged = Annotated[
    bool, option("--staged", help="Only staged files, as they are staged.", panel=FINDING)
]
NoCache = Annotated[
    bool, option("--no-cache", help="Neither read nor write the cache.", panel=FINDING)
]
Jobs = Annotated[
    int | None,
    option(
        "-j",
        "--jobs",
        help="Processes to work in; by default one for each processor.",
        panel=FINDING,
        metavar="N",
    ),
]
MaxBytes = Annotated[
    int | None,
    option(
        "--max-bytes",
        help="Read files up to this size; by default 2 MB (2097152).",
        panel=FINDING,
        metavar="N",
    ),
]
OutputFormat = Annotated[
    str | None,
    option(
        "--output-format",
        help="full (on a terminal), concise (elsewhere), json, jsonl, github, gitlab, junit,"
        " sarif, rdjson, markdown or html.",
        panel=SHOWING,
        metavar="FORMAT",
    ),
]
OutputFile = Annotated[
    str | None,
    option("--output-file", help="Write the report there.", panel=SHOWING, metavar="FILE"),
]
Statistics = Annotated[
    bool,
    option(
        "--statistics",
        help="Count the findings by codemod instead of listing them; full, concise or json.",
        panel=SHOWING,
    ),
]
Watch = Annotated[
    bool,
    option("--watch", help="Run again whenever a file changes, until Ctrl-C.", panel=SHOWING),
]
Color = Annotated[
    str, option("--color", help="auto, always or never.", panel=SHOWING, metavar="WHEN")
]
Quiet = Annotated[bool, option("-q", "--quiet", help="Findings and errors only.", panel=SHOWING)]
Verbose = Annotated[
    bool, option("-v", "--verbose", help="Say why each site is believed to leak.", panel=SHOWING)
]
ExitZero = Annotated[
    bool, option("--exit-zero", help="Exit with 0 even when there are findings.", panel=SHOWING)
]

Interactive = Annotated[
    bool,
    option("-i", "--interactive", help="Ask about every fix; `?` lists the keys.", panel=WRITING),
]
MaxChanges = Annotated[
    int | None,
    option(
        "--max-changes",
        help="Write nothing if more than N files would change.",
        panel=WRITING,
        metavar="N",
    ),
]
AllowDirty = Annotated[
    bool, option("--allow-dirty", help="Write files with uncommitted changes, too.", panel=WRITING)
]
Verify = Annotated[
    str | None,
    option(
        "--verify",
        help="Run CMD in a copy of the tree; take back what makes it fail.",
        panel=WRITING,
        metavar="CMD",
    ),
]
Setup = Annotated[
    str | None,
    option(
        "--setup",
        help="Run CMD there first, as `npm ci`, instead of linking node_modules.",
        panel=WRITING,
        metavar="CMD",
    ),
]
AllowRed = Annotated[
    bool,
    option("--allow-red", help="Go on if --verify fails before any change.", panel=WRITING),
]
VerifyTimeout = Annotated[
    float | None,
    option(
        "--verify-timeout",
        help="What one run of CMD may take; 600 by default.",
        panel=WRITING,
        metavar="SECONDS",
    ),
]
