"""The text of a canary: a test for `node --test` that no library and no time of day can fool."""

import json
import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from unleak.canary.subject import Subject, names
from unleak.errors import RefusedError
from unleak_engine.source import UnreadableError, error_count, parse

ITEMS_WRITTEN = 500
ITEMS_READ = 2_000
"""What the counted source gives: enough to see a producer that hoards them."""

OFFERED = ("PassThrough", "compose", "pipeline")
"""What a call may take from Node to put a stage between its source and its reader."""

_ALONE = " //#alone"
_ITEMS = " //#items"


def canary_text(subject: Subject, path: Path, folder: Path, *, slack: int) -> str:
    """A module for `folder` that puts the producer of the file at `path` to the test.

    `slack` is how many items it may write, or push, before it looks at what it was told. Raises
    `RefusedError` when the call is not an expression.
    """
    body = (files(__package__) / f"{'writable' if subject.writes else 'readable'}.mjs").read_text(
        encoding="utf-8"
    )
    start = body.index("\n") + 1
    kept, other = (_ITEMS, _ALONE) if subject.reads else (_ALONE, _ITEMS)
    lines = [
        line.removesuffix(kept) for line in body[start:].split("\n") if not line.endswith(other)
    ]
    text = "\n".join([*_head(subject, path, folder, slack), *lines])
    try:
        sound = error_count(parse("canary.mjs", text.encode()).tree) == 0
    except UnreadableError:
        sound = False
    if not sound:
        raise RefusedError(f"--call {subject.call!r}: not an expression of JavaScript")
    return text


def _head(subject: Subject, path: Path, folder: Path, slack: int) -> Iterator[str]:
    uses = [name for name in OFFERED if names(name, subject.call)]
    uses += ["Readable"] if subject.reads else []
    uses += ["Writable"] if subject.writes else []
    yield f"// Does {path.name}#{subject.name} heed backpressure? Run it: node --test"
    yield ""
    yield "import assert from 'node:assert/strict';"
    if uses:
        yield f"import {{ {', '.join(uses)} }} from 'node:stream';"
    yield f"import {'test, { after }'} from 'node:test';"
    yield "import { setImmediate, setTimeout } from 'node:timers/promises';"
    yield from _imported(subject, _specifier(path, folder))
    yield ""
    yield "// What was caught may hold the process open; it has been judged by then."
    yield "after(() => globalThis.setTimeout(() => process.exit(), 3_000).unref());"
    yield ""
    what = "write before it looks at what write() said" if subject.writes else "push at a time"
    if subject.writes or not subject.reads:
        yield f"/** Items that it may {what}. */"
        yield f"const SLACK = {slack};"
        yield ""
    if subject.reads:
        yield from _source(ITEMS_WRITTEN if subject.writes else ITEMS_READ)
    parameters = [
        name for name, needed in (("sink", subject.writes), ("items", subject.reads)) if needed
    ]
    yield "/** Called anew by each test. */"
    yield f"const produce = ({', '.join(parameters)}) => {subject.call};"


def _source(count: int) -> Iterator[str]:
    yield "/** A source that counts the items it has given, and the items: 4 KB each. */"
    yield f"const ITEMS = {count};"
    yield "const item = (number) => `${String(number).padEnd(4095)}\\n`;"
    yield "function source() {"
    yield "  let pulled = 0;"
    yield "  function* items() {"
    yield "    while (pulled < ITEMS) yield item((pulled += 1));"
    yield "  }"
    yield "  const readable = Readable.from(items(), { highWaterMark: 1 });"
    yield "  return Object.defineProperty(readable, 'pulled', { get: () => pulled });"
    yield "}"
    yield ""


def _imported(subject: Subject, specifier: str) -> Iterator[str]:
    if subject.esm:
        first, *rest = subject.name.split(".")
        if not rest:
            yield f"import {{ {first} as producer }} from {specifier};"
            return
        yield f"import {{ {first} as exported }} from {specifier};"
        yield f"const producer = exported.{'.'.join(rest)};"
    elif subject.whole:
        yield f"import producer from {specifier};"
    else:
        yield f"import exported from {specifier};"
        yield f"const producer = exported.{subject.name};"


def _specifier(path: Path, folder: Path) -> str:
    relative = os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/")
    relative = relative if relative.startswith("../") else f"./{relative}"
    return (
        "'"
        + json.dumps(quote(relative, safe="/@:+,=~ !$&()*;[]{}"))[1:-1].replace("'", "%27")
        + "'"
    )
