"""Errors that several commands tell, apart from what raises them, so that to catch one costs no
start-up time."""

from collections.abc import Sequence


class JournalError(Exception):
    """The journal cannot be used, so no file is written; the message says where it lies, what is
    wrong, and what to do."""


class LockedError(JournalError):
    """Another run is writing in the same place."""


class RefusedError(Exception):
    """What was asked for is not done at all; the message says why, and what was said on the way
    stands behind it, in `lines`."""

    def __init__(self, message: str, lines: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.lines = tuple(lines)


class ClusterError(Exception):
    """The cluster is gone, or does not do its work; the message says which and why."""
