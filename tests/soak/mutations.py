"""Ways to damage, bend and rearrange a source text, each by the dice it is given.

What comes out need not be JavaScript. A mutation that finds nothing to work on gives the text
back as it is.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]
"""Takes a text, the dice, and other texts to borrow from."""

_TOKEN = re.compile(rb"""[\w$]+|\s+|'[^'\n]*'|"[^"\n]*"|=>|\.\.\.|\?\.|[^\w\s]""")
_NAME = re.compile(rb"[A-Za-z_$][\w$]*")
_BRACKETS = b"(){}[]"
_COMMENTS = (b"/* c */", b"// c\n", b"/* .pipe(x) */", b"/**\n * c\n */\n", "/* 🚰 */".encode())
_WORDS = (
    *(b"async ", b"await ", b"return ", b"void ", b"new ", b"!", b"...", b"?.", b";", b","),
    *(b"yield ", b"export default ", b"export ", b"const x = ", b"case 1:", b"break;", b"throw "),
    *(b".pipe(x)", b".on('error', f)", b".once('drain', f)", b".write(x)", b".end()", b"<T>"),
    *(b" as any", b"!.", b": any", b"`${", b"}`", b"/re/.test(x)", b"#!", b"<a>", b"</a>", b"@d "),
)
_WRAPPERS = (
    (b"function w() {\n", b"\n}\n"),
    (b"async function w() {\n", b"\n}\n"),
    (b"function* w() {\n", b"\n}\n"),
    (b"class W { m() {\n", b"\n} }\n"),
    (b"class W { static {\n", b"\n} }\n"),
    (b"for (const i of list) {\n", b"\n}\n"),
    (b"while (true) {\n", b"\nbreak; }\n"),
    (b"if (x) {\n", b"\n} else {}\n"),
    (b"try {\n", b"\n} catch {}\n"),
    (b"switch (x) { case 1:\n", b"\n}\n"),
    (b"label: {\n", b"\n}\n"),
    (b"(async () => {\n", b"\n})();\n"),
    (b"app.get('/', (req, res) => {\n", b"\n});\n"),
    (b"new Promise((resolve, reject) => {\n", b"\n});\n"),
    (b"export const w = () => {\n", b"\n};\n"),
    (b"namespace N {\n", b"\n}\n"),
)


def tokens(text: bytes) -> list[bytes]:
    return _TOKEN.findall(text)


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)


def _drop(parts: list[bytes], dice: Random) -> None:
    start = dice.randrange(len(parts))
    del parts[start : start + dice.choice((1, 1, 1, 2, 5))]


def _double(parts: list[bytes], dice: Random) -> None:
    start = dice.randrange(len(parts))
    end = start + dice.choice((1, 1, 2, 5, 20))
    parts[start:start] = parts[start:end]


def _swap(parts: list[bytes], dice: Random) -> None:
    one, other = dice.randrange(len(parts)), dice.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]


def _on(
    split: Callable[[bytes], list[bytes]], act: Callable[[list[bytes], Random], None]
) -> Mutation:
    def mutation(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
        parts = split(text)
        if parts:
            act(parts, dice)
        return b"".join(parts)

    return mutation


def change_byte(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(text) + 1)
    return text[:at] + bytes([dice.choice(b" \n\t(){}[];.,'\"`/*=>aZ0$_#\\")]) + text[at + 1 :]


def change_bracket(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    places = [at for at, byte in enumerate(text) if byte in _BRACKETS]
    if not places:
        return text
    at = dice.choice(places)
    new = dice.choice((b"", b"((", b"))", b"{", b"}", b"[", b"]"))
    return text[:at] + new + text[at + 1 :]


def change_ends(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """Other line ends, for all lines or for some of them."""
    lines = text.split(b"\n")
    end = dice.choice((b"\r\n", b"\r\n", b"\r", b"\n\n", b" ", b"\n\x0c"))
    share = dice.choice((1.0, 1.0, 0.3))
    return b"".join(
        line + (end if dice.random() < share else b"\n") for line in lines[:-1]
    ) + dice.choice((lines[-1], lines[-1].rstrip(), lines[-1] + b"\n"))


def insert_comment(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    return _insert(text, dice, dice.choice(_COMMENTS))


def insert_word(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    return _insert(text, dice, dice.choice(_WORDS))


def insert_blank(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    return _insert(text, dice, dice.choice((b"\n", b"\r\n", b" ", b"\t", b"\n\n", b"   ")))


def _insert(text: bytes, dice: Random, new: bytes) -> bytes:
    parts = tokens(text)
    parts.insert(dice.randrange(len(parts) + 1), new)
    return b"".join(parts)


def wrap(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """Put some whole lines into a function, a class, a loop, …"""
    lines = _lines(text)
    start = dice.randrange(len(lines) + 1)
    end = dice.randrange(start, len(lines) + 1) if dice.random() < 0.5 else len(lines)
    before, after = dice.choice(_WRAPPERS)
    return b"".join((*lines[:start], before, *lines[start:end], after, *lines[end:]))


def rename(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """Give one name another one, that may be in use."""
    names = sorted(set(_NAME.findall(text)))
    if not names:
        return text
    old = dice.choice(names)
    new = dice.choice((*names, b"pipeline", b"drained", b"resolve", b"fs", b"x", "é".encode()))
    return re.sub(rb"(?<![\w$])" + re.escape(old) + rb"(?![\w$])", lambda _: new, text)


def borrow(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """Some lines of another text, in among these."""
    other = _lines(dice.choice(others))
    lines = _lines(text)
    start = dice.randrange(len(other) + 1)
    at = dice.randrange(len(lines) + 1)
    lines[at:at] = other[start : start + dice.choice((1, 3, 10, 30))]
    return b"".join(lines)


def indent(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    step = dice.choice((b"\t", b"    ", b"  \t "))
    return b"".join(step + line for line in _lines(text))


def on_one_line(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    return re.sub(rb"\s*\n\s*", b" ", text) if b"//" not in text else text


def at_the_start(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    first = (
        b"\xef\xbb\xbf",
        b"#!/usr/bin/env node\n",
        b"'use strict';\n",
        b"/* licence */\n",
        b"\n",
    )
    return (
        dice.choice((*first, b"import 'x';\n", b"const { pipeline } = require('stream');\n")) + text
    )


def discard(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """A line that may be a statement, with a word before it that changes nothing."""
    lines = _lines(text)
    at = dice.randrange(len(lines) + 1)
    line = b"".join(lines[at : at + 1])
    code = line.lstrip()
    blank = line[: len(line) - len(code)]
    words = (b"void ", b"!", b"await ", b"return ", b"ok && ", b"const made = ", b"{ ", b";", b"(")
    lines[at : at + 1] = [blank + dice.choice(words) + code]
    return b"".join(lines)


def twice(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    return text + text if len(text) < 20_000 else text


GENTLE: tuple[Mutation, ...] = (
    *(change_ends, insert_comment, insert_blank, wrap, rename, indent, on_one_line, at_the_start),
    *(
        twice,
        discard,
        discard,
        borrow,
        _on(_lines, _swap),
        _on(_lines, _double),
        _on(_lines, _drop),
    ),
)
"""After most of these a text still is a program."""

ROUGH: tuple[Mutation, ...] = (
    *(change_byte, change_bracket, insert_word, rename, borrow),
    *(_on(tokens, _drop), _on(tokens, _double), _on(tokens, _swap)),
)


def mutated(text: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """`text` after one to five mutations; in two of three cases gentle ones only."""
    kinds = GENTLE if dice.random() < 0.66 else GENTLE + ROUGH + ROUGH
    for _ in range(dice.choice((1, 1, 2, 3, 5))):
        text = dice.choice(kinds)(text, dice, others)
    return text
