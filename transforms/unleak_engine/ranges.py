"""npm's version ranges, counted in majors: all that unleak ever asks of one."""

import re
from dataclasses import dataclass

_NUMBER = r"(?:0|[1-9][0-9]{0,5}|[xX*])"
_VERSION = rf"v?{_NUMBER}(?:\.{_NUMBER}){{0,2}}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_COMPARATOR = re.compile(rf"(\^|~>?|>=?|<=?|=)?\s*({_VERSION})")
_HYPHEN = re.compile(rf"({_VERSION})\s+-\s+({_VERSION})")


@dataclass(frozen=True, slots=True)
class Majors:
    """The lowest and the highest major a range lets in, None where that end is open."""

    floor: int | None = None
    ceiling: int | None = None


def majors(text: str) -> Majors | None:
    """The majors that `text` lets in, gaps between them left aside.

    Takes `>=18`, `^16 || ^18`, `14 - 18`, `v20.1`, `>=18 <21`. None when any part of it cannot be
    read (`latest`, `^16 | ^18`), or when no version can be all it asks for.
    """
    parts = [_majors_of(" ".join(part.split())) for part in text.split("||")]
    known = [part for part in parts if part is not None]
    possible = [part for part in known if not _is_empty(part)]
    if len(known) < len(parts) or not possible:
        return None
    floors = [part.floor for part in possible if part.floor is not None]
    ceilings = [part.ceiling for part in possible if part.ceiling is not None]
    return Majors(
        min(floors) if len(floors) == len(possible) else None,
        max(ceilings) if len(ceilings) == len(possible) else None,
    )


def pinned_major(declared: str, name: str) -> int | None:
    """The one major of the package `name` that a manifest's `declared` lets in.

    None when it lets in several or any, and when it is no range: a tag, an address, `catalog:`,
    or an alias for a package of another name.
    """
    declared = declared.strip().removeprefix("workspace:")
    if declared.startswith("npm:"):
        package, _, declared = declared[4:].rpartition("@")
        if package not in ("", name):
            return None
    found = majors(declared)
    return found.floor if found is not None and found.floor == found.ceiling else None


def _is_empty(part: Majors) -> bool:
    return part.ceiling is not None and part.ceiling < (part.floor or 0)


def _majors_of(part: str) -> Majors | None:
    """The majors of one alternative, whose comparators must all hold."""
    if hyphen := _HYPHEN.fullmatch(part):
        return Majors(_major(hyphen[1]), _major(hyphen[2]))
    floors: list[int] = []
    ceilings: list[int] = []
    at = 0
    while at < len(part):
        comparator = _COMPARATOR.match(part, at)
        if comparator is None:
            return None
        operator, version = comparator[1] or "=", comparator[2]
        major = _major(version)
        if major is not None:
            if operator[0] != "<":
                floors.append(major + (operator == ">" and _is_major(version)))
            if operator[0] != ">":
                ceilings.append(major - (operator == "<" and _is_first(version)))
        at = comparator.end()
        if at < len(part) and part[at] not in " ,":
            return None
        at += len(part[at:]) - len(part[at:].lstrip(" ,"))
    return Majors(max(floors, default=None), min(ceilings, default=None))


def _major(version: str) -> int | None:
    first = _numbers(version)[0]
    return int(first) if first.isdecimal() else None


def _is_major(version: str) -> bool:
    """Whether the version stands for a whole major, so that `>` means the one after it."""
    rest = _numbers(version)[1:2]
    return not rest or rest[0] in {"x", "X", "*"}


def _is_first(version: str) -> bool:
    """Whether nothing of the version's major lies below it, so that `<` means the one before.

    A pre-release of it counts as nothing: `<19.0.0-0` is written to keep even those out.
    """
    return all(number in {"0", "x", "X", "*"} for number in _numbers(version)[1:])


def _numbers(version: str) -> list[str]:
    return version.removeprefix("v").partition("-")[0].partition("+")[0].split(".")
