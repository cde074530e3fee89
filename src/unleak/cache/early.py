"""The quick way through a run that has nothing new to tell: before a command is even parsed.

git is asked what the folder holds, which takes longer than all the rest. If the same words were
said there before, over the same files, what was told then is told again.
"""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from unleak.cache import store
from unleak.workspace.places import users_file
from unleak.workspace.state import Asking, State, UnsettledError

_LOOKS = ("NO_COLOR", "TERM", "COLUMNS", "LINES")


class Begun(NamedTuple):
    """A run that has begun: `report` is the name of what is told about its folder now."""

    state: State
    began: int
    report: str


def begin(arguments: Sequence[str]) -> Begun | None:
    """Ask about the folder that is meant, as far as that can be seen; None where git cannot be
    asked."""
    try:
        here = os.getcwd()
        words = [word for word in arguments[1:] if not word.startswith("-")]
        folders = [os.path.join(here, word) for word in words if os.path.isdir(word)] or [here]
        folder = os.path.commonpath([os.path.normpath(one) for one in folders])
        if os.path.realpath(folder) != folder:
            return None
        asking = Asking(folder)
        state = asking.taken()
    except (OSError, ValueError, UnsettledError):
        return None
    told = store.key(state.folder, state.fingerprint, here, *_looks(), *arguments)
    return Begun(state, asking.began, f"{told}.report")


def retold(report: str) -> int | None:
    """Tell the report of that name once more, and return its exit code; None when there is none,
    or something it was about is not as it was."""
    from unleak.cache.replay import recall

    known = recall(report)
    if known is None:
        return None
    from unleak.cli.entry import complain, nobody_listens
    from unleak.workspace.problem import told

    try:
        for piece in known.said:
            if isinstance(piece, bytes):
                sys.stdout.flush()
                sys.stdout.buffer.write(piece)
                sys.stdout.buffer.flush()
            else:
                complain(piece)
    except BrokenPipeError:
        raise
    except OSError as error:
        nobody_listens()
        complain(f"error: cannot write stdout: {told(error)}")
        return 2
    return known.code


def _looks() -> list[object]:
    """What a report depends on, beside the words of the command: where it is shown, and what the
    user's own file may name."""
    told: list[object] = [os.environ.get(name) for name in _LOOKS]
    try:
        own = os.stat(users_file())
        told += [own.st_mtime_ns, own.st_size, own.st_ino]
    except OSError:
        told.append(None)
    for stream in (sys.stdout, sys.stderr):
        told.append(stream.encoding)
        try:
            told += [stream.isatty(), *os.get_terminal_size(stream.fileno())]
        except (OSError, ValueError):
            told.append(None)
    return told
