"""What of a file's findings its users have accepted, by comments or by a baseline.

An accepted finding is kept in sight and never cured. suppressions.py reads the comments; it is
loaded where there is one, which is seldom.
"""

from collections.abc import Collection
from typing import NamedTuple

NEEDLE = b"unleak-disable"
"""The bytes without which a file has no comment for us."""

SUPPRESSED, BASELINED = "suppressed", "baselined"
ACCEPTED = frozenset({SUPPRESSED, BASELINED})
"""The statuses of what was accepted."""

UNUSED, EXPIRED, BAD = "unused-suppression", "expired-suppression", "bad-suppression"
CODES = (UNUSED, EXPIRED, BAD)
"""What a finding about a comment is called, where others have their codemod."""


class Exemptions(NamedTuple):
    """What of a file's findings its users have accepted.

    `today`, as 2027-01-31, is the day by which comments expire; on "" none does. `ran` are the
    codemods that were asked for, so that a comment for another is not unused; `known` all there
    are. `baseline` are the fingerprints that were there before.
    """

    today: str = ""
    ran: Collection[str] = frozenset()
    known: Collection[str] = frozenset()
    baseline: Collection[str] = frozenset()
