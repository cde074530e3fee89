"""The lowest Node major a version range lets in: all that unleak ever asks of a range."""

import re

_LTS = {
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
_NUMBER = r"(?:0|[1-9][0-9]{0,5}|[xX*])"
_VERSION = rf"v?{_NUMBER}(?:\.{_NUMBER}){{0,2}}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_COMPARATOR = re.compile(rf"(\^|~>?|>=?|<=?|=)?\s*({_VERSION})")
_HYPHEN = re.compile(rf"({_VERSION})\s+-\s+{_VERSION}")


def node_floor(text: str) -> int | None:
    """The lowest major that `text` allows; None when it allows any, or says nothing readable.

    Takes what package.json's `engines`, .nvmrc and .node-version hold: `>=18`, `^16 || ^18`,
    `14 - 18`, `v20.1`, `lts/hydrogen`. `lts/*`, `node` and `*` name no version.
    """
    floors = [_floor_of(" ".join(part.split())) for part in text.split("||")]
    known = [floor for floor in floors if floor is not None]
    return min(known) if len(known) == len(floors) else None


def _floor_of(part: str) -> int | None:
    """The floor of one alternative, whose comparators must all hold."""
    if part.lower().startswith("lts/"):
        return _LTS.get(part[4:].lower())
    if hyphen := _HYPHEN.fullmatch(part):
        return _major(hyphen[1])
    floors: list[int] = []
    at = 0
    while at < len(part):
        comparator = _COMPARATOR.match(part, at)
        if comparator is None:
            return None
        operator, version = comparator[1] or "=", comparator[2]
        major = _major(version)
        if major is not None and operator[0] != "<":
            floors.append(major + (operator == ">" and _is_major(version)))
        at = comparator.end()
        if at < len(part) and part[at] not in " ,":
            return None
        at += len(part[at:]) - len(part[at:].lstrip(" ,"))
    return max(floors, default=None)


def _major(version: str) -> int | None:
    first = version.removeprefix("v").partition(".")[0].partition("-")[0].partition("+")[0]
    return int(first) if first.isdecimal() else None


def _is_major(version: str) -> bool:
    """Whether the version stands for a whole major, so that `>` means the one after it."""
    rest = version.split(".")[1:2]
    return not rest or rest[0] in {"x", "X", "*"}
