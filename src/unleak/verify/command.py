"""A command of the user's, run to its end or to its time, with nothing left of it."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from typing import NamedTuple

LINES = 20
"""How much of the end of an output is told."""

_TAIL_BYTES = 16 << 10
_LOOKS = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]")


class Ran(NamedTuple):
    """How a command ended: `code` as a shell reports it, None when its time was up. `tail` are the
    last lines of what it said, stdout and stderr as they came."""

    code: int | None
    seconds: float
    tail: tuple[str, ...]

    @property
    def ending(self) -> str:
        if self.code is None:
            return f"did not end in {self.seconds:.0f} s"
        return f"exit code {self.code}, {self.seconds:.1f} s"


def run_command(command: str, folder: str, seconds: float, more: Mapping[str, str]) -> Ran:
    """Run `command` by the shell in `folder`, for at most `seconds`, with `more` environment.

    It reads no input. What it has started is ended with it, also when we are interrupted.
    """
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            shell=True,
            cwd=folder,
            env=_environment(more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group that can be ended as a whole
        )
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
        if code is not None and code < 0:
            code = 128 - code
        return Ran(code, time.monotonic() - began, _tail(output.fileno()))


def _environment(more: Mapping[str, str]) -> Mapping[str, str]:
    from unleak.workspace.git import without_repository

    return {**without_repository(os.environ), **more}


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(descriptor: int) -> tuple[str, ...]:
    size = os.fstat(descriptor).st_size
    start = max(0, size - _TAIL_BYTES)
    text = os.pread(descriptor, _TAIL_BYTES, start).decode("utf-8", "replace")
    lines = _LOOKS.sub("", text).rstrip().split("\n")
    return tuple(line.rstrip("\r") for line in lines[-LINES:] if lines != [""])
