"""What a Python file tells without libcst: its text, whether that is Python, and its comments."""

import ast
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator

from unleak_engine.codemod import Span
from unleak_engine.source import BOM, MAX_BYTES, UnreadableError, check_readable

MAX_NESTING = 150
"""Deeper trees make libcst slow, and the deepest crash it."""

_COOKIE = re.compile(rb"(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF_8 = frozenset({b"utf-8", b"utf8", b"utf-8-sig", b"ascii", b"us-ascii"})


def read(data: bytes, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file, without its byte order mark. Raises UnreadableError for what cannot be
    read: not UTF-8 ("not-utf-8"), no Python to this interpreter ("syntax-error"), or nested too
    deep."""
    check_readable(data, max_bytes)
    cookie = _COOKIE.match(data.removeprefix(BOM))
    named = cookie[1].lower().replace(b"_", b"-") if cookie else b"utf-8"
    if named not in _UTF_8:
        raise UnreadableError("not-utf-8", f"says it is {named.decode()}; convert it to UTF-8")
    text = data.removeprefix(BOM).decode()
    _check_nesting(_syntax(text))
    return text


def _syntax(text: str) -> ast.AST:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (MemoryError, RecursionError):
            raise UnreadableError("too-deep", "nested too deep to be read") from None
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            major, minor = sys.version_info[:2]
            raise UnreadableError(
                "syntax-error", f"no Python {major}.{minor} at line {line}: {error}"
            ) from None


def _check_nesting(tree: ast.AST) -> None:
    level = [tree]
    for _ in range(MAX_NESTING):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise UnreadableError("too-deep", "nested too deep to be read")


# Comments.

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_OURS = re.compile(r"(?:^|(?<=[ \t]))#+[ \t]*unleak-(?:disable|enable)")
_NEXT = re.compile(r"[ \t]+#+[ \t]*(?=[A-Za-z])")
"""Where a comment for another tool begins, behind ours. A reason may speak of #12."""


def comments_of(data: bytes) -> Iterator[Span]:
    """Where in a file that `read` takes a comment holds one of our words: `# unleak-…` up to the
    line's end, or to the next of several comments in one, as in `# noqa  # unleak-…  # type: …`.

    Raises UnreadableError where the tokenizer knows less than the parser.
    """
    text = data.removeprefix(BOM).decode()
    lines = _LINE.findall(text)
    # The tokenizer ends no line at a carriage return, where the parser does; and its columns are
    # characters.
    plain = (line.rstrip("\r\n") + "\n" for line in lines)
    starts = _starts(lines, len(data) - len(text.encode()))
    try:
        for token in tokenize.generate_tokens(lambda: next(plain, "")):
            if token.type == tokenize.COMMENT and "unleak-" in token.string:
                row, column = token.start
                before = lines[row - 1][:column]
                for start, end in _ours(token.string):
                    at = starts[row - 1] + len((before + token.string[:start]).encode())
                    yield Span(at, at + len(token.string[start:end].encode()))
    except (tokenize.TokenError, SyntaxError) as error:
        raise UnreadableError("syntax-error", f"its comments cannot be told: {error}") from None


def _starts(lines: list[str], first: int) -> list[int]:
    """The byte each of `lines` begins with; the first with `first`."""
    starts = [first]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    return starts


def _ours(comment: str) -> Iterator[tuple[int, int]]:
    """What of the text of a comment is for us, without the blanks around it."""
    for hit in _OURS.finditer(comment):
        stop = _NEXT.search(comment, hit.end())
        yield hit.start(), stop.start() if stop else len(comment.rstrip())
