"""Path patterns as configurations write them: `src/gen`, `*.gen.ts`, `packages/**/fixtures`.

They name files and folders, and a folder names all that is in it. A pattern without a slash is
looked for at any depth, one with a slash counts from the folder of whoever wrote it. These are
not ignore files: there is no negation, and git alone reads those.
"""

import re
from collections.abc import Callable, Iterable

_WORKSPACE_TOKEN = re.compile(
    r"\*\*/|/\*\*$|[!?*+@]\([^()]*\)|\*+|\?|\[[!^]?[^]/]+\]|\\.|.", re.DOTALL
)
_REPEATS = {"@": "", "?": "?", "*": "*+", "+": "++"}
"""Possessive: a star within a repeat could be tried in more ways than there is time for."""

_TOKEN = re.compile(r"/?\*\*/|/\*\*$|\*+|\?|\[[!^]?[^]/]+\]|.", re.DOTALL)


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a relative path with slashes, or a folder above it, fits any of `patterns`."""
    regexes = [_translated(pattern) for pattern in patterns]
    fits = re.compile("|".join(regexes) or "(?!)").match
    return lambda path: fits(path) is not None


def exactly(pattern: str) -> Callable[[str], bool]:
    """Whether a folder, by its relative path with slashes, is one that `pattern` names, as package
    managers write them: `packages/*`, `apps/**`, `libs/{a,b}`, `tools/!(old)`.

    What lies in a folder that fits does not; and no `*` means a name that begins with a dot.
    """
    braces = _balanced(pattern)
    parts: list[str] = []
    depth = 0
    before = "/"
    for token in _WORKSPACE_TOKEN.findall("**/*" if pattern == "**" else pattern):
        if token in "{}" and braces:
            depth += 1 if token == "{" else -1
            parts.append("(?:" if token == "{" else ")")
        elif token == "," and depth:
            parts.append("|")
        else:
            parts.append(_workspace_token(token, start=before[-1] == "/"))
        before = token
    fits = re.compile("".join(parts), re.DOTALL).fullmatch
    return lambda path: fits(path) is not None


def _balanced(pattern: str) -> bool:
    depth = 0
    for character in pattern:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def _workspace_token(token: str, *, start: bool) -> str:
    if token == "**/":
        return r"(?:(?!\.)[^/]+/)*"
    if token == "/**":
        return r"(?:/(?!\.)[^/]+)*"
    if len(token) > 2 and token[1] == "(":
        words = "|".join(
            "".join(_workspace_token(one, start=False) for one in _WORKSPACE_TOKEN.findall(word))
            for word in token[2:-1].split("|")
        )
        if token[0] == "!":
            return f"(?!(?:{words})(?:/|$))[^/]*"
        return f"(?:{words}){_REPEATS[token[0]]}"
    if token[0] in "*?" and start:
        return r"(?!\.)" + _token(token)
    return re.escape(token[1]) if token[0] == "\\" and len(token) == 2 else _token(token)


def _translated(pattern: str) -> str:
    body = pattern.removeprefix("./").rstrip("/")
    anchored = "/" in body
    regex = "".join(map(_token, _TOKEN.findall(body.removeprefix("/"))))
    return f"{'' if anchored else '(?:.*/)?'}(?s:{regex})(?:/|$)"


def _token(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "/**/":
            return "/(?:.*/)?"
        case "/**":
            return "/.*"
        case "?":
            return "[^/]"
    if token[0] == "*":
        return "[^/]*"
    if token[0] == "[" and len(token) > 1:
        negated = token[1] in "!^"
        members = token[2 if negated else 1 : -1].replace("\\", r"\\").replace("[", r"\[")
        return f"[{'^/' if negated else ''}{members}]"
    return re.escape(token)
