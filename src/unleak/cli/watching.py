"""`--watch`: the same command again whenever something has changed that it could depend on.

Every run is a process of its own, so that it is what the command would be if it were typed anew.
"""

import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence

import typer
from watchfiles import watch

from unleak.cli.entry import INTERRUPTED
from unleak.cli.screen import Screen
from unleak.workspace import git
from unleak.workspace.places import top_of
from unleak_engine.grammars import language_of

BEAT = 100
"""Milliseconds after which one who waits looks up."""

_SETTINGS = (".json", ".toml", ".yaml", ".yml", ".gitignore", ".nvmrc", ".node-version")
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def watched(paths: Sequence[str], output_file: str | None, *, color: str, quiet: bool) -> int:
    """Run until Ctrl-C; the exit code is that of the last run that came to its end."""
    if "-" in paths:
        raise typer.BadParameter("stdin does not change, so there is nothing to watch")
    screen = Screen(color=color, quiet=quiet, output_file=output_file)
    watching = _Watching(paths, output_file, screen)
    try:
        while True:
            watching.while_same(folders_of(paths))
    except KeyboardInterrupt:
        screen.clear()
        return watching.code


class _Watching:
    def __init__(self, paths: Sequence[str], output_file: str | None, screen: Screen) -> None:
        self.code = INTERRUPTED
        self._paths = paths
        self._ours = None if output_file is None else os.path.realpath(output_file)
        self._screen = screen

    def while_same(self, folders: Sequence[str]) -> None:
        """Run again and again, until there are other folders than these to watch."""
        changes = _changes(folders)
        next(changes)  # whatever changes from here on is heard of
        try:
            self._run()
            while folders_of(self._paths) == folders:
                self._screen.say(self._screen.talk("dim", "watching for changes; Ctrl-C ends"))
                while not any(map(self._matters, next(changes))):
                    pass
                self._run()
        finally:
            changes.close()

    def _run(self) -> None:
        if self._screen.to_terminal:
            sys.stdout.write(_CLEAR)
            sys.stdout.flush()
        # Without -P a module that lies in the working directory could be taken for one of ours.
        arguments = [word for word in sys.argv[1:] if word != "--watch"]
        self.code = subprocess.call([sys.executable, "-P", "-m", "unleak", *arguments])

    def _matters(self, path: str) -> bool:
        if os.path.realpath(path) == self._ours:
            return False
        return path.endswith(_SETTINGS) or language_of(path) is not None or os.path.isdir(path)


def _changes(folders: Sequence[str]) -> Generator[set[str], None, None]:
    """The paths that have changed, as soon as some have, and nothing every now and then."""
    polling: bool | None = None
    while True:
        there = [folder for folder in folders if os.path.isdir(folder)]
        try:
            for changes in watch(
                *there,
                watch_filter=None,
                rust_timeout=BEAT,
                yield_on_timeout=True,
                recursive=False,
                force_polling=polling,
                ignore_permission_denied=True,
            ):
                yield {path for _, path in changes}
        except FileNotFoundError:  # gone since
            yield set(folders)
        except OSError:
            if polling:
                raise
            polling = True  # the system does not watch as many


def folders_of(paths: Sequence[str]) -> list[str]:
    """The folders that hold what a run looks at: those at and under `paths`, and those above, for
    configurations and manifests."""
    found: set[str] = set()
    for path in paths:
        start = os.path.realpath(path)
        if not os.path.isdir(start):
            start = os.path.dirname(start)
        else:
            found.update(_under(start))
        top = top_of(start) or start
        while True:
            found.add(start)
            if start == top:
                break
            start = os.path.dirname(start)
    return sorted(found)


def _under(start: str) -> Iterator[str]:
    ignored = _ignored(start)
    for folder, inside, _ in os.walk(start):
        yield folder
        inside[:] = [
            name
            for name in inside
            if name not in (".git", "node_modules") and os.path.join(folder, name) not in ignored
        ]


def _ignored(start: str) -> set[str]:
    if top_of(start) is None:
        return set()
    words = ("ls-files", "-oiz", "--exclude-standard", "--directory")
    answer = git.ask(start, *words)
    names = answer.names if answer is not None and answer.code == 0 else []
    return {os.path.join(start, name.rstrip("/")) for name in names}
