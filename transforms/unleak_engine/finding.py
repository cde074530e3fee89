"""One site in one file, as every report, patch and editor tells it."""

import hashlib
from typing import NamedTuple

from unleak_engine.codemod import Grounds, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.source import Position


class Finding(NamedTuple):
    """A site with its answer.

    `status` is "fixable", "display" or "declined:<code>", and "suppressed" or "baselined" for what
    a user has accepted, who says why in `why`; `reason` is the code of a site that is not fixable,
    None for one that is or was accepted. `edits` are made for the file as it was analysed and are
    complete by themselves; they are empty unless the status is "fixable". `recipe` is how to do
    it by hand. `start` is where a reader looks (the anchor), `end` where the site ends; `path`
    is as the analysis was given it: relative to the root that fingerprints count from.
    """

    codemod: str
    path: str
    span: Span
    anchor: int
    start: Position
    end: Position
    message: str
    status: str
    safety: Safety
    reason: str | None
    why: str
    recipe: str
    evidence: tuple[Grounds, ...]
    notes: tuple[str, ...]
    edits: tuple[Edit, ...]
    fingerprint: str

    @property
    def fixable(self) -> bool:
        return self.status == "fixable"


def fingerprint(codemod: str, path: str, text: str, occurrence: int) -> str:
    """Stable under edits elsewhere: codemod, path, the site's text without its spacing, and
    which one it is among equal ones. 64 hex digits."""
    parts = (codemod, path, " ".join(text.split()), str(occurrence))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
