"""What a user answers: single keys on a terminal, lines elsewhere."""

import os
import re
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from types import FrameType
from typing import Any

_STEERING = re.compile(rb"\x1b[\[O][0-9;]*[A-Za-z~]")
_ARROWS = {b"A": "k", b"B": "j", b"C": "j", b"D": "k"}
"""What the last byte of an arrow key stands for: up and left go back, down and right go on."""

END = ""
"""What is read when nobody answers any more."""


class Keys:
    """Where answers come from: stdin. The terminal is as it was whenever no key is waited for, so
    that nothing that happens meanwhile can leave it otherwise."""

    def __init__(self) -> None:
        self.single = sys.stdin.isatty()
        if isinstance(sys.stdin, TextIOWrapper):  # what is not UTF-8 is no reason to stop
            sys.stdin.reconfigure(errors="replace")
        self._typed = b""
        self._rest = ""

    def key(self, prompt: str) -> str:
        """The next key, or the first character of the next line that has one; END at the end."""
        if not self.single:
            _show(prompt)
            return self._letter()
        key = self._key(prompt)
        _show(f"{key if key.isprintable() else ''}\n")
        return END if key == "\x04" else key

    def line(self, prompt: str) -> str | None:
        """A line, without its end and blanks around it; None at the end of all."""
        rest, self._rest = self._rest.strip(), ""
        if rest:
            return rest
        _show(prompt)
        given = self._line()
        if not self.single:
            _show("\n")
        return given.strip() if given else None

    def _letter(self) -> str:
        while given := self._line():
            word, _, self._rest = given.strip().partition(" ")
            if word:
                _show(f"{word[0]}\n")
                return word[0]
        _show("\n")
        return END

    def _line(self) -> str:
        """A line with its end, "" at the end of all. What was typed ahead of it comes first."""
        typed, self._typed = self._typed, b""
        head, newline, self._typed = typed.partition(b"\n")
        text = head.decode(errors="replace")
        if newline:
            return text + "\n"
        try:
            return text + sys.stdin.readline()
        except OSError:  # the terminal has hung up
            return text

    def _key(self, prompt: str) -> str:
        with _at_once(sys.stdin.fileno()) as read:
            _show(prompt)
            self._typed = self._typed or read()
        steering = _STEERING.match(self._typed)
        if steering:
            self._typed = self._typed[steering.end() :]
            return _ARROWS.get(steering[0][-1:], "\x1b")
        whole = self._typed.decode(errors="replace")
        key = whole[:1]
        self._typed = self._typed[len(key.encode()) :] if key != "�" else b""
        return "\n" if key == "\r" else key


@contextmanager
def _at_once(descriptor: int) -> Iterator[Callable[[], bytes]]:
    """While it lasts what is typed can be read without Enter, and is not shown."""
    before = _settings(descriptor)

    def set_up(number: int = 0, frame: FrameType | None = None) -> None:
        now = _settings(descriptor)
        if now:
            now[3] &= ~(termios.ICANON | termios.ECHO)
            now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
            _set(descriptor, now)

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)  # by the way out that puts the terminal right

    def read() -> bytes:
        try:
            return os.read(descriptor, 1024)
        except OSError:  # the terminal has hung up
            return b""

    # A shell that stops us and goes on has set the terminal as it likes it.
    handlers: dict[int, Callable[[int, FrameType | None], None]]
    handlers = {signal.SIGCONT: set_up, signal.SIGTERM: end, signal.SIGHUP: end}
    held = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        set_up()
        yield read
    finally:
        if before:
            _set(descriptor, before)
        for number, handler in held.items():
            signal.signal(number, handler)


def _settings(descriptor: int) -> list[Any]:
    """How a terminal is set; nothing when it has hung up."""
    try:
        return termios.tcgetattr(descriptor)
    except termios.error:
        return []


def _set(descriptor: int, settings: list[Any]) -> None:
    with suppress(termios.error):
        termios.tcsetattr(descriptor, termios.TCSADRAIN, settings)


def _show(text: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    with suppress(OSError):
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()
