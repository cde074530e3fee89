"""The way in: one process, one command, one exit code, and never a traceback for a closed pipe."""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unleak.cache.early import Begun

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports of a process that SIGINT, or SIGPIPE, has ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `unleak --help`). Raises nothing.

    Without `arguments` those of the process are taken, and it ends here.
    """
    if arguments is not None:
        return _guarded(list(arguments))
    # A start is as long as the work on a file. Not to look for garbage while modules load, nor to
    # take them apart at the end, saves a sixth of both.
    gc.disable()
    _open_standard_streams()
    code = _guarded(sys.argv[1:])
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _open_standard_streams() -> None:
    """Put something in the place of those we were started without.

    Otherwise the next file that is opened, and be it one of the user's, would get what is meant
    for them. stdin can then not be read and stdout not be written, and what is said is not heard.
    """
    for number, flags in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest free number, which is this one
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _guarded(arguments: list[str]) -> int:
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        return nobody_listens()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        path = f"{error.filename}: " if isinstance(error.filename, str) else ""
        complain(f"error: {path}{error.strerror or error}")
        return 2
    except Exception:
        # Python's own exit code for this, 1, would be read as findings.
        import traceback

        complain(f"{traceback.format_exc()}unleak: an error of ours; please report it")
        return 2


_begun: "Begun | None" = None


def take_begun() -> "Begun | None":
    """What was found out before the command was parsed, for the one who goes on with it."""
    global _begun
    begun, _begun = _begun, None
    return begun


_NEW = frozenset(
    {"-", "-h", "-o", "-v", "--fix", "--help", "--no-cache", "--no-exclude", "--since", "--staged"}
    | {"--watch"}
)
"""What there is nothing to tell about from earlier runs."""


def _may_be_known(arguments: Sequence[str]) -> bool:
    """Whether it pays to see if the same has been asked before. For a file it does not."""
    return (
        arguments[:1] in (["check"], ["diff"])
        and _NEW.isdisjoint(arguments)
        and not any(word.startswith("--since=") or os.path.isfile(word) for word in arguments)
    )


def _run(arguments: list[str]) -> int:
    global _begun
    _begun = None
    if _may_be_known(arguments):
        from unleak.cache import early

        _begun = early.begin(arguments)
        code = early.retold(_begun.report) if _begun is not None else None
        if code is not None:
            return code
    from click.exceptions import ClickException

    from unleak.cli.app import command

    try:
        code = command(arguments).main(arguments, prog_name="unleak", standalone_mode=False)
    except ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else 0


def complain(text: str) -> None:
    """Say something on stderr, or to nobody when it is full."""
    encoding = sys.stderr.encoding or "utf-8"
    with contextlib.suppress(OSError):
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stderr.flush()


def nobody_listens() -> int:
    """Send the rest of stdout nowhere, and return the exit code of a process SIGPIPE ended."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return BROKEN_PIPE
