"""The little of YAML that package managers write: mappings of words, one key a line.

Lists, flow collections (`{a: 1}`), anchors, tags, escapes and texts over several lines are passed
over, with all that is in them.
"""

import re
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import TypeAlias

Mapping: TypeAlias = "dict[str, str | Mapping]"

_TOP = re.compile(r"\n(?=[^\s#])")
_SPECIAL = frozenset(["", *"-?:,[]{}#&*!|>'\"%@`"])
"""What no word begins with that means itself."""


def documents(text: str, wanted: Container[str]) -> Iterator[Mapping]:
    """Every document of `text`, with those of its top-level keys that are `wanted`."""
    lines: list[str] = []
    text = f"\n{text}"  # an anchor at the start of each line makes the search four times slower
    tops = [found.end() for found in _TOP.finditer(text)]
    for start, end in pairwise((*tops, len(text))):
        if text.startswith("---", start):
            yield _mapping(lines)
            lines = []
        elif text[start:end].partition(":")[0].strip("\"' ") in wanted:
            lines += text[start:end].splitlines()
    yield _mapping(lines)


def listed(text: str, key: str) -> list[str]:
    """The words of the list under a top-level `key`; none when there is no such list."""
    text = f"\n{text}"
    tops = [found.end() for found in _TOP.finditer(text)]
    words: list[str] = []
    inside = False
    for start, end in pairwise((*tops, len(text))):
        if inside and text.startswith("- ", start):
            words += _items(text[start:end])  # a list may stand as far left as its key
            continue
        head, colon, rest = text[start:end].partition(":")
        inside = bool(colon) and head.strip("\"' ") == key
        if inside:
            words = _flow(rest) if rest.lstrip().startswith("[") else _items(rest)
    return words


def _items(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    items = (_word(line[2:].strip()) for line in lines if line.startswith("- "))
    return [word for word in items if word]


def _flow(text: str) -> list[str]:
    inside = re.sub(r"(?m)(?:^|\s)#.*$", "", text).strip()[1:].partition("]")[0]
    return [word for part in inside.split(",") if (word := _word(part.strip()))]


def _mapping(lines: list[str]) -> Mapping:
    top: Mapping = {}
    around: list[tuple[int, Mapping]] = [(-1, top)]
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        while around[-1][0] >= indent:
            around.pop()
        key, rest = _parted(text)
        value = _word(rest)
        if key and value:
            around[-1][1][key] = value
            continue
        inner: Mapping = {}
        if key and not rest:
            around[-1][1][key] = inner
        # Of what is not understood, all that is written further in belongs to nobody.
        around.append((indent, inner))
    return top


def _parted(text: str) -> tuple[str, str]:
    """The key of a line, and what stands behind its colon; no key when the line has none."""
    if text[0] in "\"'":
        end = text.find(text[0], 1)
        key, rest = text[1:end], text[end + 1 :].lstrip()
        if end < 0 or not rest.startswith(":") or rest[1:2] not in ("", " "):
            return "", ""
        rest = rest[1:]
    else:
        key, _, rest = f"{text} ".partition(": ")
        key = key.rstrip()
        if key == text or key[:1] in _SPECIAL or " #" in key:
            return "", ""
    return key, "" if rest.lstrip().startswith("#") else rest.strip()


def _word(text: str) -> str:
    """The word that `text` is, without its quotes; empty when it is anything else."""
    if text[:1] in ("'", '"'):
        word, _, rest = text[1:].partition(text[0])
        ends = not rest or rest.lstrip().startswith("#")
        return word if ends and "\\" not in word else ""
    return "" if text[:1] in _SPECIAL else text.partition(" #")[0].rstrip()
