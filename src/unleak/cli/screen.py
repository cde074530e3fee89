"""The two streams: stdout for data, stderr for talk."""

import os
import sys
from collections.abc import Iterable

import typer

from unleak.cli.entry import complain, nobody_listens
from unleak.report.terminal import Style

LONG = 40
"""Files from which on a run takes long enough to be watched."""


class Screen:
    """Where a command writes. Made once a run; knows what is a terminal and what was silenced."""

    def __init__(self, *, color: str, quiet: bool = False, output_file: str | None = None) -> None:
        self.quiet = quiet
        self.output_file = output_file
        self.to_terminal = output_file is None and sys.stdout.isatty()
        self.out = Style(_colours(color, self.to_terminal), _width())
        self.talk = Style(_colours(color, sys.stderr.isatty()), _width())
        self.heard: list[bytes | str] | None = None
        """What was said since somebody has put a list here: data as bytes, talk as lines."""
        self._counts = sys.stderr.isatty() and not quiet
        self._drawn = False

    def data(self, pieces: Iterable[str]) -> None:
        """Write a report. It is UTF-8 wherever it goes; raises OSError."""
        self.raw(piece.encode("utf-8", "backslashreplace") for piece in pieces)

    def raw(self, pieces: Iterable[bytes]) -> None:
        """Write bytes as they are, to the file of `--output-file` if there is one. Ends the
        command when nobody reads them; raises OSError."""
        if self.heard is not None:
            pieces = [b"".join(pieces)]
            self.heard.append(pieces[0])
        if self.output_file is not None:
            write_whole(self.output_file, pieces)
            return
        stream = sys.stdout.buffer
        try:
            sys.stdout.flush()
            stream.writelines(pieces)
            stream.flush()
        except BrokenPipeError:
            # Typer would make it a 1, which means findings.
            raise typer.Exit(nobody_listens()) from None
        except OSError:
            nobody_listens()  # what is left in the buffer would fail again
            raise

    def say(self, line: str) -> None:
        """Tell what a quiet user does not want to hear."""
        if not self.quiet:
            self.warn(line)

    def warn(self, line: str) -> None:
        """Tell what everybody has to hear."""
        self.clear()
        if self.heard is not None:
            self.heard.append(line.removesuffix("\n"))
        complain(line.removesuffix("\n"))

    def tick(self, done: int, total: int) -> None:
        """Draw how far a long run is, on a terminal; wiped when it is done."""
        if self._counts and done < total and total >= LONG and done % 8 == 0:
            sys.stderr.write(f"\r\x1b[K{self.talk('dim', f'{done}/{total} files')}")
            sys.stderr.flush()
            self._drawn = True
        elif done == total:
            self.clear()

    def clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False


def _colours(when: str, terminal: bool) -> bool:
    if when != "auto":
        return when == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _width() -> int:
    from shutil import get_terminal_size

    return min(get_terminal_size((100, 24)).columns, 160)


def write_whole(path: str, pieces: Iterable[bytes]) -> None:
    """Put a new file at `path`, whole or not at all. Raises OSError."""
    from tempfile import NamedTemporaryFile

    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):  # /dev/stdout, a pipe
        with open(target, "wb") as stream:
            stream.writelines(pieces)
        return
    with NamedTemporaryFile(dir=os.path.dirname(target), prefix=".unleak-", delete=False) as new:
        try:
            new.writelines(pieces)
            new.flush()
            os.fchmod(new.fileno(), _mode(target))
            os.fsync(new.fileno())
            os.replace(new.name, target)
        except BaseException:
            os.unlink(new.name)
            raise


def _mode(target: str) -> int:
    try:
        return os.stat(target).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
