"""Path patterns as configurations write them: `src/gen`, `*.gen.ts`, `packages/**/fixtures`.

They name files and folders, and a folder names all that is in it. A pattern without a slash is
looked for at any depth, one with a slash counts from the folder of whoever wrote it. These are
not ignore files: there is no negation, and git alone reads those.
"""

import re
from collections.abc import Callable, Iterable

_TOKEN = re.compile(r"/?\*\*/|/\*\*$|\*+|\?|\[[!^]?[^]/]+\]|.", re.DOTALL)


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a relative path with slashes, or a folder above it, fits any of `patterns`."""
    regexes = [_translated(pattern) for pattern in patterns]
    fits = re.compile("|".join(regexes) or "(?!)").match
    return lambda path: fits(path) is not None


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
