"""The command line. `main` is what the console script calls."""

import gc
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `unleak --help`). Raises nothing.

    Without `arguments` those of the process are taken, and it ends here.
    """
    if arguments is not None:
        return _guarded(list(arguments))
    # A start is as long as the work on a file. Not to look for garbage while modules load, nor to
    # take them apart at the end, saves a sixth of both.
    gc.disable()
    code = _guarded(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)


def _guarded(arguments: list[str]) -> int:
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _silence()
        return 141  # as a process that SIGPIPE ended
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _run(arguments: list[str]) -> int:
    from click.exceptions import ClickException

    from unleak.cli.app import command

    try:
        code = command(arguments).main(arguments, prog_name="unleak", standalone_mode=False)
    except ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else 0


def _silence() -> None:
    """Nobody reads stdout any more: keep the interpreter from flushing into it at its end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
