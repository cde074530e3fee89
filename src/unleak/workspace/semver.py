"""The Node majors a version range lets in, with the names Node's own lines go by."""

from unleak_engine.ranges import Majors, majors

LTS = {
    "argon": 4,
    "boron": 6,
    "carbon": 8,
    "dubnium": 10,
    "erbium": 12,
    "fermium": 14,
    "gallium": 16,
    "hydrogen": 18,
    "iron": 20,
    "jod": 22,
    "krypton": 24,
}
"""Code names of the long-term lines. Later ones are left to be unknown, and so to mean any."""


def node_range(text: str) -> Majors | None:
    """The majors that `text` allows; None when that cannot be read.

    Takes what package.json's `engines`, .nvmrc and their like hold: any npm range, `lts/hydrogen`
    or `lts-hydrogen`. `lts/*`, `node` and `latest` name no version.
    """
    return majors(" || ".join(_plain(part.strip()) for part in text.split("||")))


def node_floor(text: str) -> int | None:
    """The lowest major that `text` allows; None when it allows any, or says nothing readable."""
    found = node_range(text)
    return None if found is None else found.floor


def _plain(part: str) -> str:
    name = part.lower()
    return str(LTS.get(name[4:], part)) if name.startswith(("lts/", "lts-")) else part
