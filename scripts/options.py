"""Write docs/options.md, every verb with its options, from what `--help` prints.

python -m scripts.options            write it
python -m scripts.options --check    write nothing; exit with 1 when it is stale
"""

import sys
from pathlib import Path

import click

from unleak.cli.app import command

PAGE = Path(__file__).resolve().parent.parent / "docs" / "options.md"
HEAD = """\
# Every verb and option

Written from `--help` by `python -m scripts.options`: do not edit by hand. What `unleak` alone
offers is at the end. [README.md](../README.md) tells what the verbs are for.
"""


def walked(verb: click.Command, *names: str) -> list[click.Context]:
    """Every command from `verb` down, with `unleak` and its name as a user types it."""
    context = click.Context(verb, info_name=" ".join(names), terminal_width=80)
    below: list[click.Context] = []
    if isinstance(verb, click.Group):
        for name in verb.list_commands(context):
            inner = verb.get_command(context, name)
            assert inner is not None
            below += walked(inner, *names, name)
    return [*below, context]


def page() -> str:
    """docs/options.md as it should be."""
    parts = [HEAD]
    for context in walked(command(["--help"]), "unleak"):
        parts.append(f"## {context.info_name}\n\n```text\n{context.get_help().strip()}\n```\n")
    return "\n".join(parts)


def main() -> int:
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("stale: docs/options.md; run `python -m scripts.options`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
