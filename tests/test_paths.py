"""How often `cb` is called on the paths through a function.

A case is `// name: what is said`, and the body of a function. Said is each end as the line it
stands on and the count there: 0, 1, 2 for more, with + where somebody was handed the callback and
? where the path skips a loop or a switch. Ends by a throw are said with ! and where it stands.
"""

import re

import pytest
from tree_sitter import Node

from unleak_engine.paths import Effect, End, ends_of
from unleak_engine.source import parse
from unleak_engine.syntax import FUNCTIONS


def ask(node: Node) -> Effect | None:
    text = (node.text or b"").decode()
    if node.type == "call_expression":
        callee = (node.child_by_field_name("function") or node).text
        return {b"cb": Effect.CALLS, b"exit": Effect.STOPS}.get(callee or b"")
    if text == "there":
        return Effect.HOLDS
    if node.type == "identifier" and text == "cb":
        parent = node.parent
        is_called = parent is not None and parent.type == "call_expression"
        return None if is_called else Effect.HANDS_ON
    return Effect.HANDS_ON if node.type in FUNCTIONS and re.search(r"\bcb\b", text) else None


def ends(body: str, *, throws: bool) -> str:
    source = parse("a.ts", f"async function f() {{\n{body}\n}}".encode())
    function = source.root.named_children[0].child_by_field_name("body")
    assert function is not None
    assert not source.error_count
    found = ends_of(function, ask)
    assert found is not None
    wanted = [end for end in found if throws or end.kind != "throw"]

    def said(end: End) -> str:
        line = source.position(end.node.start_byte).line - 1
        place = "end" if end.kind == "end" else f"{'!' * (end.kind == 'throw')}{line}"
        return f"{place}:{end.calls}{'+' * end.handed}{'?' * end.doubted}"

    return " ".join(sorted({said(end) for end in wanted}))


def cases(table: str) -> list:
    parts = re.split(r"^// ([\w-]+): (.*)\n", table, flags=re.MULTILINE)
    found = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
    assert len({name for name, _, _ in found}) == len(found) > 0
    return [pytest.param(expected, code.rstrip(), id=name) for name, expected, code in found]


PATHS = r"""
// nothing: end:0
a();

// one-call: end:1
cb();

// two-calls: end:2
cb(); cb(); cb();

// early-return: 1:0 end:1
if (a) return;
cb();

// early-return-with-call: 1:1 end:1
if (a) return cb();
cb();

// missing-return: end:1 end:2
if (a) cb(a);
cb();

// one-branch: end:0 end:1
if (a) { cb(); }

// both-branches: end:1
if (a) { cb(); } else if (b) cb(); else cb();

// nested-else: end:0 end:1
if (a) { cb(); } else if (b) cb();

// asked-twice: end:1
if (a) { b(); cb(); }
c();
if (!a) cb();

// asked-twice-otherwise: end:0 end:2
if (a) cb();
if (a) cb();

// asked-in-parts: end:1
if (a && b) cb();
if (!a || !b) cb();

// unequal: end:1
if (a.b === 'c') cb();
if (a.b !== 'c') cb();

// asked-again-after-a-change: end:0 end:1 end:2
if (a) cb();
a = next();
if (!a) cb();

// flag: 3:1 end:1
let called = false;
if (a) { called = true; cb(); }
if (called) return;
cb();

// flag-turned-back: end:0
let called = true;
called = false;
if (called) cb();

// and: end:0 end:1
a && cb();

// or: end:0 end:1
a || cb();

// nullish: end:0 end:1
a ?? cb();

// both-ways-by-operators: end:1
a && b ? cb() : cb();

// ternary: end:0 end:1
a ? cb() : b();

// there-for-certain: end:1
if (there) cb();

// not-there-for-certain: end:1
if (!there) return;
cb();

// constant-condition: end:1
if (true) cb(); else b();

// handed: end:0+
work(a, cb);

// captured: end:0+
work(a, () => cb());

// stored: end:0+
this.cb = cb;

// handed-in-one-branch: 1:0 end:0+
if (!a) return;
work(a, cb);

// called-and-handed: 1:1 end:0+
if (!a) return cb();
work(a, cb);

// for-of: end:0? end:1 end:2
for (const x of list) cb();

// found-in-a-loop: 1:1 end:0 end:0?
for (const x of list) { if (x.ok) { return cb(); } }

// while: end:0 end:0? end:1
while (a()) { if (b) { cb(); break; } c(); }

// endless: 1:1
for (;;) { if (a()) return cb(); }

// endless-while-with-break: end:1
while (true) { if (a()) { cb(); break; } }

// do-while: end:1 end:2
do { cb(); } while (a);

// do-while-once: end:1
do { cb(); } while (false);

// increment: end:0? end:1 end:2
for (let i = 0; i < n; cb(), i++) a();

// continue: end:0 end:0? end:1 end:2
for (const x of list) { if (x) continue; cb(); }

// labelled-break: end:0 end:0? end:1 end:1?
outer: for (const x of list) {
  for (const y of x) { if (y) { cb(); break outer; } }
}

// labelled-continue: end:0 end:0? end:1
outer: for (const x of list) {
  for (;;) { if (x.a) continue outer; if (x.b) { cb(); break outer; } }
}

// labelled-block: end:0 end:1
done: { if (a) break done; cb(); }

// switch: end:0 end:1
switch (a) { case 1: cb(); break; case 2: break; default: cb(); }

// switch-without-default: end:0? end:1
switch (a) { case 1: cb(); break; case 2: cb(); }

// switch-falls-through: end:1 end:2
switch (a) { case 1: cb(); default: cb(); }

// switch-returns: 1:1 2:0 end:1
switch (a) { case 1: return cb();
  case 2: return;
  default: cb(); }

// switch-in-a-loop: end:0 end:0? end:1 end:2
for (const x of list) { switch (x) { case 1: continue; default: break; } cb(); }

// try: 1:1 end:1
try { a(); } catch (e) { return cb(e); }
cb();

// caught-silently: end:0 end:1
try { a(); cb(); } catch (e) { log(e); }

// call-in-a-try: end:1
try { cb(null, parse(a)); } catch (e) { cb(e); }

// call-then-more-in-a-try: end:1 end:2
try { cb(null, parse(a)); b(); } catch (e) { cb(e); }

// nothing-can-throw: end:0
try { const b = 1; } catch (e) { cb(e); }

// finally: 1:1 end:1
try { if (a) return; b(); } finally { cb(); }

// finally-returns: 1:1
try { a(); } finally { return cb(); }

// finally-and-catch: end:1 end:2
try { a(); } catch (e) { cb(e); } finally { cb(); }

// caught-further-out: end:0 end:1
try { try { a(); } finally { b(); } cb(); } catch (e) {}

// thrown-to-the-catch: 1:1 end:1
try { if (a) throw new Error('no'); } catch (e) { cb(e); return; }
cb();

// exit: end:1
if (a) { exit(1); }
cb();

// awaited: end:1
const b = await a;
cb(null, b);

// nested-function-left-alone: end:0
function later() { return 1; }
const other = () => 2;

// hoisted-function: end:0
function later() { cb(); }

// assigned-condition: end:0 end:1
let line;
if ((line = next())) cb(line);

// bare-block: end:1
{ { cb(); } }

// types: end:1
const a: typeof cb = b as typeof cb;
cb();
"""


@pytest.mark.parametrize(("expected", "body"), cases(PATHS))
def test_how_often_it_is_called(expected: str, body: str) -> None:
    assert ends(body, throws=False) == expected


THROWS = r"""
// nothing-throws: end:1
const a = 1;
cb(null, a);

// a-call: !1:0 end:1
a();
cb();

// before-the-call: !1:0 end:1
cb(null, parse(a));

// behind-the-call: !2:1 end:1
cb();
a();

// await: !1:0 end:1
const b = await a;
cb(null, b);

// for-await: !1:0 !2:0 end:1
for await (const x of list) {
  a(x);
}
cb();

// statement: !1:0 end:1
if (a) throw a;
cb();

// caught: 1:1 end:1
try { a(); } catch (e) { return cb(e); }
cb();

// thrown-in-the-catch: !2:0 !3:0 end:1
try { a(); } catch (e) {
  log(e);
  throw e;
}
cb();

// behind-a-finally: !1:1 end:1
try { a(); } finally { cb(); }
"""


@pytest.mark.parametrize(("expected", "body"), cases(THROWS))
def test_what_may_throw(expected: str, body: str) -> None:
    said = ends(body, throws=True).replace("end:0? ", "").replace("end:1?", "end:1")
    assert " ".join(dict.fromkeys(said.split())) == expected


def test_the_way_to_an_end() -> None:
    body = "if (a) { while (b()) { if (c) return; } }\ncb();"
    source = parse("a.js", f"function f() {{\n{body}\n}}".encode())
    block = source.root.named_children[0].child_by_field_name("body")
    assert block is not None
    found = ends_of(block, ask)
    assert found is not None
    (unmatched,) = (end for end in found if end.is_unmatched and end.kind != "throw")

    ways = [(turn.node.type, turn.way) for turn in unmatched.turns]
    assert ways == [("if_statement", "then"), ("if_statement", "then")]


def test_an_arrow_that_is_an_expression() -> None:
    source = parse("a.js", b"f((a) => a ? cb() : b());")
    arrow = source.root.descendant_for_byte_range(2, 23)
    assert arrow is not None
    body = arrow.child_by_field_name("body")
    assert body is not None
    found = ends_of(body, ask)

    assert found is not None
    assert {(end.kind, end.calls) for end in found} == {("return", 0), ("return", 1), ("throw", 0)}


def test_too_many_paths_are_no_answer() -> None:
    lines = [f"if (a{n}) b(); if (a{n}) b();" for n in range(20)]
    source = parse("a.js", "function f() {{ {} }}".format(" ".join(lines)).encode())
    block = source.root.named_children[0].child_by_field_name("body")
    assert block is not None

    assert ends_of(block, ask) is None
