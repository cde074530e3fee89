"""What went wrong with a path, said once and the same way everywhere."""

import os
from pathlib import Path
from typing import NamedTuple


class Problem(NamedTuple):
    """A path that could not be dealt with: a stable `code`, and a sentence for a reader."""

    path: Path
    code: str
    message: str


def told(error: OSError) -> str:
    """What the system says, without number and path: "permission denied"."""
    text = os.strerror(error.errno) if error.errno else str(error)
    return text[:1].lower() + text[1:]
