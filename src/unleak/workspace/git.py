"""The git that is asked which files there are.

Nothing of a repository is run on the way: no pager, no hook, no file system monitor. Settings that
would change what git prints are set, and the variables a hook leaves behind are taken out.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_SETTINGS = {
    "core.fsmonitor": "false",
    "core.quotePath": "true",
    "grep.fullName": "false",
    "grep.fallbackToNoIndex": "false",
    "grep.threads": "0",
}
_FROM_HOOKS = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
}
_FILTERS = r"^filter\..*\.(clean|smudge|process)$"
_PIPE_BYTES = 1 << 20


class Answer(NamedTuple):
    """How a git command ended: its exit code, its output, and its complaints line by line."""

    code: int
    out: bytes
    complaints: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The output of a `-z` command as paths."""
        return [os.fsdecode(name) for name in self.out.split(b"\0") if name]


class Running:
    """A git command at work. It is waited for, and gone, when its answer is taken."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def answer(self, stdin: bytes | None = None) -> Answer:
        out, err = self._process.communicate(stdin)
        complaints = tuple(err.decode("utf-8", "surrogateescape").splitlines())
        return Answer(self._process.returncode, out, complaints)


def start(
    folder: str,
    *args: str,
    needles: Sequence[bytes] = (),
    ceiling: str | None = None,
    index: bool = False,
    more: Mapping[str, str] | None = None,
) -> Running | None:
    """Start `git args` in `folder`; None when there is no git or no such folder.

    Every needle is handed over behind the args as `-e needle`. Above `ceiling` no repository is
    looked for. With `index` the index counts that a hook was told of: that of the commit to be.
    `more` is environment to add.
    """
    command: list[str | bytes] = ["git", "--no-pager", "--no-optional-locks"]
    for name, value in _SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    options, dashes, rest = _parted(args)
    command += options
    for needle in needles:
        command += ["-e", needle]
    command += [*dashes, *rest]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**_environment(ceiling, folder if index else None), **(more or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A command that has told all it found should not wait for us to read it.
            pipesize=_PIPE_BYTES if sys.platform == "linux" else -1,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    return Running(process)


def ask(
    folder: str,
    *args: str,
    stdin: bytes | None = None,
    index: bool = False,
    more: Mapping[str, str] | None = None,
) -> Answer | None:
    """The answer of `git args` in `folder`; None when there is no git or no such folder."""
    running = start(folder, *args, index=index, more=more)
    return None if running is None else running.answer(stdin)


def filters_of(folder: str) -> list[str]:
    """The settings that name a filter of the repository, which git would run as it likes."""
    told = ask(folder, "config", "-z", "--name-only", "--get-regexp", _FILTERS)
    return told.names if told is not None else []


def switched_off(filters: Sequence[str]) -> list[str]:
    """The words that switch those settings off."""
    off = [word for name in filters for word in ("-c", f"{name}=")]
    return off + [
        word for name in filters for word in ("-c", f"{name.rpartition('.')[0]}.required=no")
    ]


def filters_off(folder: str) -> list[str]:
    """The words that switch off each filter of the repository."""
    return switched_off(filters_of(folder))


def _parted(args: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """`args` before `--`, the `--`, and behind it."""
    if "--" not in args:
        return list(args), [], []
    at = args.index("--")
    return list(args[:at]), ["--"], list(args[at + 1 :])


def without_repository(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without what a hook says of the repository it runs for."""
    return {name: value for name, value in environment.items() if name not in _FROM_HOOKS}


def _environment(ceiling: str | None, top: str | None) -> Mapping[str, str]:
    env = without_repository(os.environ)
    if top is not None and "GIT_INDEX_FILE" in os.environ:
        # git names it from the top of the work tree, where hooks are run.
        env["GIT_INDEX_FILE"] = os.path.join(top, os.environ["GIT_INDEX_FILE"])
    env["LC_ALL"] = "C"
    if ceiling is not None:
        env["GIT_CEILING_DIRECTORIES"] = ceiling
    return env
