"""What of a new buffer leaves unwritten, and codemods that run only when they are named."""

import pytest

from unleak import registry
from unleak_codemods.memory.buffers import allocation_at
from unleak_codemods.memory.unwritten import gap_of
from unleak_codemods.streams.syntax import walk
from unleak_engine.codemod import File
from unleak_engine.source import parse

FUNCTION = """
import fs, {{ readSync }} from 'node:fs';
import {{ Socket }} from 'node:net';
const SIZE = 4 * 8;
export function f(x, fd, callback, socket = new Socket()) {{
  {body}
}}
"""


def gap(body: str) -> str | None:
    """What is said of the first `Buffer.allocUnsafe` of a function's body."""
    file = File(parse("a.mjs", FUNCTION.format(body=body).encode()))
    names = (n for n in walk(file.source.root) if n.text in (b"allocUnsafe", b"allocUnsafeSlow"))
    allocation = allocation_at(file, next(names))
    assert allocation is not None
    found = gap_of(file, allocation)
    return found.kind if found is not None else None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("socket.write(Buffer.allocUnsafe(9));", "never-written"),
        ("const b = Buffer.allocUnsafe(x); callback(null, b);", "never-written"),
        ("const b = Buffer.allocUnsafe(x); return b.toString('hex');", "never-written"),
        ("const b = Buffer.allocUnsafe(x); return x ? b : null;", "never-written"),
        ("const b = Buffer.allocUnsafe(x); fs.writeFileSync('a', b);", "never-written"),
        ("return Buffer.concat([x, Buffer.allocUnsafe(3)]);", "never-written"),
        ("const b = Buffer.allocUnsafe(8); b.writeUInt32BE(x, 4); return b;", "partly-written"),
        ("const b = Buffer.allocUnsafe(3); b[0] = 1; b[2] = 2; return b;", "partly-written"),
        ("const b = Buffer.allocUnsafe(SIZE); b.writeDoubleLE(x, 0); return b;", "partly-written"),
        ("const b = Buffer.allocUnsafe(8); b.write('RIFF'); return b;", "partly-written"),
        ("const b = Buffer.allocUnsafe(SIZE); b.write(x, 0, 'utf8'); return b;", "shorter-text"),
        ("const b = Buffer.allocUnsafe(2 * x.length); b.write(x); return b;", "shorter-text"),
        ("const b = Buffer.allocUnsafe(64); readSync(fd, b); return b;", "short-read"),
        ("const b = Buffer.allocUnsafe(x); readSync(fd, b); return b;", "read-unchecked"),
    ],
)
def test_bytes_leave_unwritten(body: str, kind: str) -> None:
    assert gap(body) == kind


@pytest.mark.parametrize(
    "body",
    [
        "const b = Buffer.allocUnsafe(x); x.copy(b); return b;",
        "const b = Buffer.allocUnsafe(x); b.fill(0); return b;",
        "const b = Buffer.allocUnsafe(x); b.set(x); return b;",
        "const b = Buffer.allocUnsafe(x); x.encode(b); return b;",
        "const b = Buffer.allocUnsafe(x); const c = b; c.fill(1); return b;",
        "const b = Buffer.allocUnsafe(x); x.map((y, i) => { b[i] = y; }); return b;",
        "const b = Buffer.allocUnsafe(2); for (let i = 0; i < 2; i += 1) b[i] = x; return b;",
        "const b = Buffer.allocUnsafe(8); b.writeBigUInt64LE(x); return b;",
        "const b = Buffer.allocUnsafe(4); b.write('RIFF'); return b;",
        "const b = Buffer.allocUnsafe(8); b.writeUIntBE(x, 0, 6); return b;",
        "const b = Buffer.allocUnsafe(SIZE); const n = b.write(x); return b.slice(0, n);",
        "const b = Buffer.allocUnsafe(SIZE); b.write(x, 'hex'); return b;",
        "const b = Buffer.allocUnsafe(x.length); b.write(x); return b;",
        "const b = Buffer.allocUnsafe(64); const n = readSync(fd, b); return b.subarray(0, n);",
        "const b = Buffer.allocUnsafe(64); if (readSync(fd, b) < 64) throw x; return b;",
        "const b = Buffer.allocUnsafe(64); while (x()) readSync(fd, b); return b;",
        "const b = Buffer.allocUnsafe(64); readSync(fd, b); return b.readUInt32LE(0);",
        "let b = Buffer.allocUnsafe(64); b = x; return b;",
        "const b = Buffer.allocUnsafe(64); return x.digest(b);",
        "return Buffer.allocUnsafe(0);",
        "x.list.push(Buffer.allocUnsafe(4));",
    ],
)
def test_bytes_that_may_have_been_written(body: str) -> None:
    assert gap(body) is None


def test_an_opt_in_codemod_runs_when_it_is_named() -> None:
    offered = {entry.name for entry in registry.select((), ())}
    named = {entry.name for entry in registry.select(("repeated-stage-chain",), ())}

    assert named == {"repeated-stage-chain"}
    assert {entry.name for entry in registry.entries() if entry.opt_in} == {
        "repeated-stage-chain",
        "transform-class-as-generator",
    }
    assert offered == {entry.name for entry in registry.entries() if not entry.opt_in}
    assert all(registry.load(entry.name).opt_in == entry.opt_in for entry in registry.entries())
