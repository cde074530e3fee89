"""The tree of commands. A verb's module is imported when that verb is named."""

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer
from click import Command, Context, UsageError
from typer.core import TyperGroup

from unleak.cli.entry import complain

VERBS = (
    "check",
    "diff",
    "fix",
    "review",
    "apply",
    "undo",
    "batch",
    "baseline",
    "init",
    "canary",
    "lsp",
    "explain",
    "rules",
    "new",
    "test",
    "doctor",
)
"""In the order of the help page; each is a module in `verbs` with a Typer `app`."""

_COMPLETION = {"--install-completion", "--show-completion", "--help", "-h"}


class Verbs(TyperGroup):
    """Commands that are found by name before they are loaded."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            # A 0 would tell a script whose verb got lost that nothing is left to do.
            complain(ctx.get_help())
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name not in VERBS:
            return None
        # The name is one of ours, so what is imported is not the caller's choice.
        verb = typer.main.get_command(import_module(f"unleak.cli.verbs.{cmd_name}").app)
        verb.name = cmd_name
        return verb

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], VERBS, n=1)
            if close:
                raise UsageError(f"{error.message} Did you mean {close[0]!r}?", ctx) from None
            raise


def command(arguments: Sequence[str]) -> Command:
    """All of unleak as one command. `arguments` tell what need not be set up."""
    completing = "_UNLEAK_COMPLETE" in os.environ or bool(_COMPLETION & {*arguments[:1]})
    app = typer.Typer(
        cls=Verbs,
        add_completion=completing,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(epilog=EPILOG)(unleak)
    return typer.main.get_command(app)


EPILOG = (
    "Exit codes: 0 nothing left to do, 1 findings or changes, 2 a mistake in the call, the "
    "configuration or unleak, 3 some files could not be read, parsed or written."
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"unleak {version('unleak')}")
        raise typer.Exit


def unleak(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Find stream leaks in Node.js code, and cure them by exact edits."""
