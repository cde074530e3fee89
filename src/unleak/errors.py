"""Errors that several commands tell, apart from what raises them, so that to catch one costs no
start-up time."""


class JournalError(Exception):
    """The journal cannot be used; the message says where it lies and what is wrong."""


class LockedError(JournalError):
    """Another run is writing in the same place."""
