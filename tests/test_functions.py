"""Where a node is, what runs after it, and which functions may become async."""

import pytest
from tests.marked import marked
from tree_sitter import Node

from unleak_engine.bindings import Bindings
from unleak_engine.edit import apply_edits
from unleak_engine.functions import Functions
from unleak_engine.source import Source, parse
from unleak_engine.target import UNKNOWN


def functions_of(source: Source) -> Functions:
    return Functions(source, Bindings(source, UNKNOWN))


def ask(text: str, path: str = "a.js") -> tuple[Functions, Node, Node | None]:
    """The functions of a text, the node in ‹›, and the one in «» if there is one."""
    source, asked, expected = marked(text, path)
    assert len(asked) == 1
    assert len(expected) < 2
    return functions_of(source), asked[0], expected[0] if expected else None


# fmt: off
ENCLOSING = {
    "top-level": ("‹f()›", "a.js"),
    "top-level-block": ("{ if (a) { ‹f()› } }", "a.js"),
    "own-node": ("‹function f() {}›", "a.js"),
    "computed-name-of-method": ("class A { [‹f()›]() {} }", "a.js"),
    "decorator": ("class A { @d(‹f()›) m() {} }", "a.js"),
    "parameter-decorator": ("class A { m(@d(‹f()›) a) {} }", "a.ts"),
    "heritage": ("class A extends ‹f()› {}", "a.js"),
    "computed-name-of-field": ("class A { [‹f()›] = 1 }", "a.js"),
    "declaration": ("«function f() { ‹g()› }»", "a.js"),
    "expression": ("a(«function () { ‹g()› }»)", "a.js"),
    "arrow": ("a(«() => { ‹g()› }»)", "a.js"),
    "arrow-expression": ("a(«() => ‹g()›»)", "a.js"),
    "nearest": ("function f() { a(«() => ‹g()›») }", "a.js"),
    "parameter-default": ("«function f(a = ‹g()›) {}»", "a.js"),
    "method": ("class A { «m() { ‹g()› }» }", "a.js"),
    "object-method": ("a({ «m() { ‹g()› }» })", "a.js"),
    "getter": ("a({ «get m() { ‹g()› }» })", "a.js"),
    "generator": ("«function* f() { ‹g()› }»", "a.js"),
    "field": ("class A { «a = ‹g()›» }", "a.js"),
    "typescript-field": ("class A { «private a: B = ‹g()›» }", "a.ts"),
    "arrow-in-field": ("class A { a = «() => ‹g()›» }", "a.js"),
    "static-block": ("class A { «static { ‹g()› }» }", "a.js"),
    "namespace": ("«namespace N { ‹g()› }»", "a.ts"),
    "method-with-computed-name": ("class A { «[a]() { ‹g()› }» }", "a.js"),
}

KINDS = {
    "function": ("‹function f() {}›", "a.js"),
    "arrow": ("a(‹() => 1›)", "a.js"),
    "method": ("a({ ‹m() {}› })", "a.js"),
    "constructor": ("class A { ‹constructor() {}› }", "a.js"),
    "getter": ("class A { ‹static get a() {}› }", "a.js"),
    "setter": ("a({ ‹set a(v) {}› })", "a.js"),
    "generator": ("‹function* f() {}›", "a.js"),
    "async-generator": ("‹async function* f() {}›", "a.js"),
    "field": ("class A { ‹a = 1› }", "a.js"),
    "static-block": ("class A { ‹static {}› }", "a.js"),
    "namespace": ("‹namespace N {}›", "a.ts"),
}
MORE_KINDS = {
    "method-called-get": ("a({ ‹get() {}› })", "method"),
    "object-method-called-constructor": ("a({ ‹constructor() {}› })", "method"),
    "static-method-called-constructor": ("class A { ‹static constructor() {}› }", "method"),
    "generator-method": ("class A { ‹*m() {}› }", "generator"),
    "async-generator-method": ("a({ ‹async *m() {}› })", "async-generator"),
    "async-method": ("class A { ‹static async m() {}› }", "method"),
}

ASYNC = {
    "declaration": ("‹async function f() {}›", True),
    "arrow": ("a(‹async x => 1›)", True),
    "method": ("class A { ‹static async m() {}› }", True),
    "plain": ("‹function f() { async () => 1 }›", False),
    "arrow-of-async-name": ("a(‹async => 1›)", False),
    "method-called-async": ("a({ ‹async() {}› })", False),
}

DOWNLEVELLED = {
    "awaiter": ("__awaiter(this, void 0, void 0, ‹function* () { yield a }›)", True),
    "tslib": ("tslib_1.__awaiter(this, void 0, void 0, ‹function* () {}›)", True),
    "outer": ("‹function f() { return __awaiter(this, void 0, void 0, function* () {}) }›", True),
    "arrow": ("a(‹() => __awaiter(void 0, void 0, void 0, function* () {})›)", True),
    "babel": ("_asyncToGenerator(‹function* () {}›)", True),
    "generator-elsewhere": ("co(‹function* () {}›)", False),
    "more-than-the-awaiter": ("‹function f() { a(); return __awaiter(b) }›", False),
    "really-async": ("‹async function f() {}›", False),
}

FUNCTION_NAMES = {
    "none": ("a(‹() => 1›)", None),
    "computed": ("a({ [b]: ‹() => 1› })", None),
    "pattern": ("const { a } = ‹() => 1›", None),
    "own": ("‹function f() {}›", "f"),
    "variable": ("const f = ‹() => 1›", "f"),
    "own-before-variable": ("const f = ‹function g() {}›", "g"),
    "property": ("a({ b: ‹() => 1› })", "b"),
    "quoted-property": ("a({ 'b-c': ‹() => 1› })", "b-c"),
    "method": ("class A { ‹m() {}› }", "m"),
    "field": ("class A { b = ‹() => 1› }", "b"),
    "assignment": ("exports.copy = ‹function () {}›", "exports.copy"),
    "assigned-variable": ("f = ‹() => 1›", "f"),
    "parenthesised": ("const f = (‹() => 1›)", "f"),
}

PARAMETERS = {
    "none": ("‹function f() {}›", [], "a.js"),
    "single": ("a(‹x => 1›)", ["x"], "a.js"),
    "several": ("‹function f(a, { b }, [c], ...d) {}›", ["a", "{ b }", "[c]", "...d"], "a.js"),
    "defaults": ("‹function f(a = 1, { b } = {}) {}›", ["a", "{ b }"], "a.js"),
    "comment": ("‹function f(a, /* b */ c) {}›", ["a", "c"], "a.js"),
    "types": ("‹function f(this: A, a: B, c?: D, ...e: F[]) {}›", ["a", "c", "...e"], "a.ts"),
    "properties": ("class A { ‹constructor(private a: B, @d() c = 1) {}› }", ["a", "c"], "a.ts"),
}

STATEMENTS = {
    "whole": "«f(‹a›);»",
    "declaration": "«const x = f(‹a›);»",
    "return": "function g() { «return f(‹a›);» }",
    "arrow-expression": "«a(() => f(‹b›));»",
    "arrow-block": "a(() => { «f(‹b›);» });",
    "condition": "«if (f(‹a›)) { g() }»",
    "branch": "if (a) «f(‹b›);»",
    "else-branch": "if (a) b(); else «f(‹b›);»",
    "else-if": "if (a) b(); else «if (‹c›) d();»",
    "block-as-branch": "if (a) «‹{ f() }›»",
    "loop-head": "«for (let i = f(‹a›); i < 1; i++) {}»",
    "for-of": "«for (const x of f(‹a›)) {}»",
    "loop-body": "for (const x of y) «f(‹x›);»",
    "case": "switch (a) { case 1: «f(‹b›);» }",
    "case-value": "«switch (a) { case ‹b›: f() }»",
    "try": "try { «f(‹a›);» } catch {}",
    "field": "«class A { a = f(‹b›) }»",
    "method-name": "«class A { [f(‹b›)]() {} }»",
    "labelled": "x: for (;;) { «‹{ f() }›» }",
    "export-default": "«export default f(‹a›);»",
    "export-const": "«export const x = f(‹a›);»",
    "export-function": "«export function f(a = ‹b›) {}»",
}

WHOLE_STATEMENTS = {
    "call": ("‹f()›;", True),
    "awaited": ("await ‹f()›;", True),
    "void": ("void ‹f()›;", True),
    "parenthesised": ("(‹f()›);", True),
    "assigned": ("a = ‹f()›;", False),
    "argument": ("g(‹f()›);", False),
    "chained": ("‹f()›.then(g);", False),
    "negated": ("!‹f()›;", False),
    "returned": ("function g() { return ‹f()› }", False),
    "arrow": ("a(() => ‹f()›);", False),
    "condition": ("if (‹f()›) {}", False),
    "and": ("a && ‹f()›;", False),
}

LAST_EFFECTS = {
    "only": ("function f() { ‹a();› }", True),
    "followed": ("function f() { ‹a();› b() }", False),
    "followed-outside": ("function f() { if (x) { ‹a();› } b() }", False),
    "declaration-behind": ("function f() { ‹a();› const b = 1 }", False),
    "function-behind": ("function f() { ‹a();› function b() {} }", True),
    "comment-behind": ("function f() { ‹a();› /* b */ ; }", True),
    "bare-return": ("function f() { ‹a();› return; }", True),
    "early-return": ("function f() { if (x) { ‹a();› return; } b() }", True),
    "value-returned": ("function f() { ‹a();› return b }", False),
    "throw": ("function f() { ‹a();› throw b }", False),
    "if": ("function f() { if (x) { ‹a();› } else { b() } }", True),
    "else": ("function f() { if (x) b(); else ‹a();› }", True),
    "else-if": ("function f() { if (x) b(); else if (y) { ‹a();› } }", True),
    "block": ("function f() { { ‹a();› } }", True),
    "label": ("function f() { x: { ‹a();› } }", True),
    "try": ("function f() { try { ‹a();› } catch (e) { b() } }", True),
    "catch": ("function f() { try { b() } catch (e) { ‹a();› } }", True),
    "finally-behind": ("function f() { try { ‹a();› } finally { b() } }", False),
    "return-through-finally": ("function f() { try { ‹a();› return; } finally { b() } }", False),
    "catch-with-finally": ("function f() { try {} catch { ‹a();› } finally { b() } }", False),
    "inside-finally": ("function f() { try { b() } finally { ‹a();› } }", False),
    "try-followed": ("function f() { try { ‹a();› } catch {} b() }", False),
    "loop": ("function f() { for (const x of y) { ‹a();› } }", False),
    "while": ("function f() { while (x) ‹a();› }", False),
    "loop-return": ("function f() { for (const x of y) { ‹a();› return; } b() }", True),
    "loop-break": ("function f() { for (;;) { ‹a();› break; } }", False),
    "loop-inside-callback": ("for (const x of y) g(() => { ‹a();› })", True),
    "case-break": ("function f() { switch (x) { case 1: ‹a();› break; case 2: b() } }", True),
    "case-break-followed": ("function f() { switch (x) { case 1: ‹a();› break; } b() }", False),
    "case-block-break": (
        "function f() { switch (x) { case 1: { ‹a();› break; } default: b() } }", True),
    "case-if-break": (
        "function f() { switch (x) { case 1: if (y) ‹a();› break; default: b() } }", True),
    "case-falls-through": ("function f() { switch (x) { case 1: ‹a();› case 2: b() } }", False),
    "case-last": ("function f() { switch (x) { case 1: b(); default: ‹a();› } }", True),
    "case-return": ("function f() { switch (x) { case 1: ‹a();› return; case 2: b() } c() }", True),
    "case-in-loop": ("function f() { for (;;) switch (x) { case 1: ‹a();› break; } }", False),
    "case-break-in-try": (
        "function f() { switch (x) { case 1: try { ‹a();› break; } finally { b() } } }", False),
    "labelled-break": ("function f() { x: { ‹a();› break x; } b() }", False),
    "using": ("function f() { using x = y; ‹a();› }", False),
    "using-in-other-block": ("function f() { { using x = y; } ‹a();› }", True),
    "arrow": ("g(() => { ‹a();› }); b()", True),
    "method": ("class A { m() { ‹a();› } n() {} }", True),
    "program": ("b(); ‹a();›", True),
    "program-followed": ("‹a();› b();", False),
    "static-block": ("class A { static { ‹a();› } }", True),
    "with": ("function f() { with (x) { ‹a();› } }", False),
}

TRIES = {
    "none": "‹f()›",
    "block": "«try { ‹f()› } catch {}»",
    "nested-in-block": "«try { if (a) { ‹f()› } } finally {}»",
    "handler": "try {} catch { ‹f()› }",
    "finalizer": "try {} finally { ‹f()› }",
    "other-function": "try { g(() => ‹f()›) } catch {}",
    "own-function": "try { g(() => { «try { ‹f()› } catch {}» }) } catch {}",
    "handler-inside-block": "«try { try {} catch { ‹f()› } } catch {}»",
}

LOOPS = {
    "none": "‹f()›",
    "for-of": "«for (const x of y) ‹f()›»",
    "for": "«for (;;) { ‹f()› }»",
    "while": "«while (a) { ‹f()› }»",
    "do": "«do { ‹f()› } while (a)»",
    "while-condition": "«while (‹f()›) {}»",
    "for-increment": "«for (;; ‹f()›) {}»",
    "for-initialiser": "for (let a = ‹f()›;;) {}",
    "for-of-right": "for (const x of ‹f()›) {}",
    "nearest": "for (;;) { «while (a) ‹f()›» }",
    "other-function": "for (;;) g(() => ‹f()›)",
    "through-switch": "«for (;;) switch (a) { case 1: ‹f()› }»",
}

BREAKABLE = {
    "none": "‹f()›",
    "label-alone": "x: { ‹f()› }",
    "loop": "«for (;;) { ‹f()› }»",
    "switch": "for (;;) «switch (a) { case 1: ‹f()› }»",
    "loop-in-switch": "switch (a) { case 1: «for (;;) ‹f()›» }",
    "condition": "while (‹f()›) {}",
    "switch-value": "switch (‹f()›) {}",
    "other-function": "for (;;) g(() => ‹f()›)",
}

# What a function returns, and whether its end is reached.
COMPLETIONS = {
    "empty": ("‹function f() {}›", [], True),
    "bare-return": ("‹function f() { a(); return; }›", [], True),
    "early-bare-return": ("‹function f() { if (a) return; throw b }›", [], True),
    "value": ("‹function f() { return a }›", ["return a"], False),
    "one-path": ("‹function f() { if (a) return b }›", ["return b"], True),
    "both-paths": (
        "‹function f() { if (a) return b; else return c }›", ["return b;", "return c"], False),
    "early": ("‹function f() { if (a) return b; return c }›", ["return b;", "return c"], False),
    "nested-function": ("‹function f() { g(() => { return a }) }›", [], True),
    "word-in-string": ("‹function f() { 'return a' /* return a */; a.return }›", [], True),
    "throws": ("‹function f() { throw a }›", [], False),
    "throws-on-one-path": ("‹function f() { if (a) throw b }›", [], True),
    "expression": ("x(‹() => a›)", ["a"], False),
    "endless": ("‹function f() { for (;;) a() }›", [], False),
    "endless-while": ("‹function f() { while (true) { a() } }›", [], False),
    "endless-with-break": ("‹function f() { for (;;) { if (a) break } }›", [], True),
    "break-of-inner-loop": ("‹function f() { for (;;) { while (a) break } }›", [], False),
    "loop": ("‹function f() { while (a) return b }›", ["return b"], True),
    "for-of": ("‹function f() { for (const x of y) return x }›", ["return x"], True),
    "switch": ("‹function f() { switch (a) { case 1: return b } }›", ["return b"], True),
    "switch-with-default": (
        "‹function f() { switch (a) { case 1: return b; default: throw c } }›",
        ["return b;"], False),
    "switch-break": (
        "‹function f() { switch (a) { case 1: break; default: throw c } }›", [], True),
    "switch-break-in-the-middle": (
        "‹function f() { switch (a) { default: if (b) break; case 1: return c } }›",
        ["return c"], True),
    "switch-without-default": ("‹function f() { switch (a) { case 1: throw b } }›", [], True),
    "break-in-closure": (
        "‹function f() { for (;;) { g(() => { for (;;) { break } }) } }›", [], False),
    "try": ("‹function f() { try { return a } catch {} }›", ["return a"], True),
    "try-and-catch": (
        "‹function f() { try { return a } catch { throw b } }›", ["return a"], False),
    "finally": ("‹function f() { try { a() } finally { throw b } }›", [], False),
    "label": ("‹function f() { x: { if (a) break x; throw b } }›", [], True),
    "label-not-left": ("‹function f() { x: { throw b } }›", [], False),
}

CALL_SITES = {
    "exported": "export function ‹f›() {} f()",
    "exported-below": "function ‹f›() {} f(); export { f }",
    "exported-default": "function ‹f›() {} f(); export default f",
    "exported-const": "export const ‹f› = () => 1; f()",
    "module-exports": "function ‹f›() {} f(); module.exports = f",
    "shorthand": "function ‹f›() {} f(); module.exports = { f }",
    "passed": "function ‹f›() {} f(); g(f)",
    "stored": "function ‹f›() {} f(); const g = f",
    "constructed": "function ‹f›() {} new f()",
    "member-called": "function ‹f›() {} f.call(a)",
    "re-assigned": "let ‹f› = () => 1; f(); f = g",
    "twice-declared": "function ‹f›() {} function f() {} f()",
    "tagged": "function ‹f›() {} f`a`",
    "in-jsx": "function ‹F›() {} <F/>",
    "none": "function ‹f›() {}",
    "one": "function ‹f›() {} «f()»",
    "several": "«f(1)»; function ‹f›() {} g(() => «f(2)»)",
    "const": "const ‹f› = () => 1; «f()»",
    "let-never-written": "let ‹f› = function () {}; «f()»",
    "recursive": "function ‹f›() { «f()» } «f()»",
    "shadowed-elsewhere": "function ‹f›() {} «f()»; g((f) => h(f))",
    "property-of-same-name": "function ‹f›() {} «f()»; g.f; ({ f: 1 })",
    "called-at-once": "«(function ‹f›() {})()»",
    "called-at-once-and-within": "«(function ‹f›() { «f()» })()»",
    "optional-call": "const ‹f› = () => 1; «f?.()»",
}

REFUSED_ASYNC = {
    "generator": ("‹function* f() {}›", "generator"),
    "getter": ("class A { ‹get a() {}› }", "getter"),
    "setter": ("class A { ‹set a(v) {}› }", "setter"),
    "constructor": ("class A { ‹constructor() {}› }", "constructor"),
    "field": ("class A { ‹a = f()› }", "field"),
    "static-block": ("class A { ‹static {}› }", "static-block"),
    "exported": ("export ‹function f() {}›", "not seen"),
    "callback": ("g(‹() => { a() }›)", "not seen"),
    "method": ("class A { ‹m() {}› }", "not seen"),
    "not-called": ("‹function f() {}›", "nowhere"),
    "floating": ("‹function f() {}›\nf()", "line 2"),
    "one-floating": ("‹function f() {}› async function g() { await f() }\nf()", "line 2"),
    "used-as-value": ("‹function f() { return 1 }› const x = f()", "without await"),
    "returned-by-sync": ("‹function f() {}› function g() { return f() }", "without await"),
    "returned-in-try": (
        "‹function f() {}› async function g() { try { return f() } catch {} }", "without await"),
    "recursive": ("‹function f() { f() }› async function g() { await f() }", "without await"),
    "then": ("‹function f() { return a }› f().then(b)", "without await"),
    "promise-on-one-path": (
        "export ‹function f() { if (a) return; return new Promise(b) }›", "not seen"),
    "function-of-file": ("function g() {} export ‹function f() { return g() }›", "not seen"),
    "async-generator-of-file": (
        "async function* g() {} export ‹function f() { return g() }›", "not seen"),
    "async-function-replaced": (
        "let g = async () => 1; g = h; export ‹function f() { return g() }›", "not seen"),
    "async-iterator-of-node": (
        "import { watch } from 'fs/promises'; export ‹function f() { return watch(a) }›",
        "not seen"),
    "own-promise-class": (
        "import Promise from 'x'; export ‹function f() { return new Promise(a) }›", "not seen"),
    "downlevelled": (
        "export ‹function f() { return __awaiter(this, void 0, void 0, function* () {}) }›",
        "compiled"),
}
ALLOWED_ASYNC = {
    "already": "export ‹async function f() {}›",
    "async-generator": "export ‹async function* f() {}›",
    "new-promise": "export ‹function f() { return new Promise(a) }›",
    "new-promise-arrow": "g(‹() => new Promise(a)›)",
    "promise-on-both-paths": (
        "export ‹function f() { if (a) return Promise.reject(b); return new Promise(c) }›"),
    "promise-or-throw": "export ‹function f() { if (a) throw b; return Promise.all(c) }›",
    "chained-promise": "export ‹function f() { return new Promise(a).then(b) }›",
    "imported-promise": (
        "import { pipeline } from 'stream/promises';"
        "export ‹function f() { return pipeline(a, b) }›"),
    "async-function-of-file": "async function g() {} export ‹function f() { return g() }›",
    "async-arrow-of-file": "const g = async () => 1; export ‹function f() { return g() }›",
    "ternary": "export ‹function f() { return a ? Promise.resolve() : new Promise(b) }›",
    "awaited": "‹function f() {}› async function g() { await f() }",
    "awaited-everywhere": "‹function f() {}› async function g() { await f(); return f() }",
    "awaited-at-top": "‹function f() {}› await f(); export {}",
    "arrow-hands-on": "‹function f() {}› const g = async () => f()",
    "parenthesised": "‹function f() {}› async function g() { await (f()) }",
}

ASYNC_EDITS = {
    "already": ("‹async function f() {}›", "async function f() {}", "a.js"),
    "declaration": ("‹function f() {}›", "async function f() {}", "a.js"),
    "export-default": (
        "export default ‹function f() {}›", "export default async function f() {}", "a.js"),
    "expression": ("a(‹function () {}›)", "a(async function () {})", "a.js"),
    "arrow": ("a(‹() => 1›)", "a(async () => 1)", "a.js"),
    "arrow-single": ("a(‹x => 1›)", "a(async x => 1)", "a.js"),
    "arrow-generic": ("a(‹<T,>(x: T) => 1›)", "a(async <T,>(x: T) => 1)", "a.ts"),
    "object-method": ("a({ ‹m() {}› })", "a({ async m() {} })", "a.js"),
    "method": ("class A { ‹m() {}› }", "class A { async m() {} }", "a.js"),
    "static-method": ("class A { ‹static m() {}› }", "class A { static async m() {} }", "a.js"),
    "private-method": ("class A { ‹#m() {}› }", "class A { async #m() {} }", "a.js"),
    "computed-method": ("class A { ‹[a]() {}› }", "class A { async [a]() {} }", "a.js"),
    "decorated-method": ("class A { ‹@d() m() {}› }", "class A { @d() async m() {} }", "a.js"),
    "modifiers": (
        "class A { ‹private static override m() {}› }",
        "class A { private static override async m() {} }", "a.ts"),
    "return-type": ("‹function f(): void {}›", "async function f(): Promise<void> {}", "a.ts"),
    "return-union": ("a(‹(): A | B => b›)", "a(async (): Promise<A | B> => b)", "a.ts"),
    "return-promise": (
        "‹function f(): Promise<A> {}›", "async function f(): Promise<A> {}", "a.ts"),
}

ORDER = {
    "same-list": ("«a()»; ‹b()›", True),
    "reversed": ("‹b()›; «a()»", False),
    "nested-later": ("«a()»; if (x) { ‹b()› }", True),
    "nested-earlier": ("if (x) { «a()» } ‹b()›", True),
    "condition": ("if («a()») { ‹b()› }", True),
    "branches": ("if (x) { «a()» } else { ‹b()› }", False),
    "ternary": ("x ? «a()» : ‹b()›", False),
    "closure": ("«a()»; f(() => ‹b()›)", False),
    "same-closure": ("f(() => { «a()»; ‹b()› })", True),
    "body-before-increment": ("for (;; ‹b()›) { «a()» }", True),
    "increment-after-body": ("for (;; «a()») { ‹b()› }", False),
    "condition-before-increment": ("for (; «a()»; ‹b()›) {}", True),
    "try-before-catch": ("try { «a()» } catch { ‹b()› }", True),
    "itself-around": ("«a(‹b()›)»", False),
}
# fmt: on


@pytest.mark.parametrize(("text", "path"), ENCLOSING.values(), ids=ENCLOSING)
def test_enclosing(text: str, path: str) -> None:
    functions, node, expected = ask(text, path)
    assert functions.enclosing(node) == expected


@pytest.mark.parametrize(("text", "path", "kind"), [(*c, k) for k, c in KINDS.items()], ids=KINDS)
def test_kind(text: str, path: str, kind: str) -> None:
    functions, node, _ = ask(text, path)
    assert functions.kind(node) == kind


@pytest.mark.parametrize(("text", "kind"), MORE_KINDS.values(), ids=MORE_KINDS)
def test_kind_by_more_than_its_word(text: str, kind: str) -> None:
    functions, node, _ = ask(text)
    assert functions.kind(node) == kind


@pytest.mark.parametrize(("text", "expected"), ASYNC.values(), ids=ASYNC)
def test_is_async(text: str, expected: bool) -> None:
    functions, node, _ = ask(text)
    assert functions.is_async(node) is expected


@pytest.mark.parametrize(("text", "expected"), DOWNLEVELLED.values(), ids=DOWNLEVELLED)
def test_is_downlevelled_async(text: str, expected: bool) -> None:
    functions, node, _ = ask(text)
    assert functions.is_downlevelled_async(node) is expected


@pytest.mark.parametrize(("text", "name"), FUNCTION_NAMES.values(), ids=FUNCTION_NAMES)
def test_name_of(text: str, name: str | None) -> None:
    functions, node, _ = ask(text)
    assert functions.name_of(node) == name


@pytest.mark.parametrize(("text", "expected", "path"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters(text: str, expected: list[str], path: str) -> None:
    functions, node, _ = ask(text, path)
    assert [functions.source.text(found) for found in functions.parameters(node)] == expected
    names = [functions.parameter_name(node, index) for index in range(len(expected) + 1)]
    assert names == [name if name.isidentifier() else None for name in expected] + [None]


@pytest.mark.parametrize("text", STATEMENTS.values(), ids=STATEMENTS)
def test_statement_of(text: str) -> None:
    functions, node, expected = ask(text)
    found = functions.statement_of(node)
    assert expected is not None
    assert (found.start_byte, found.end_byte) == (expected.start_byte, expected.end_byte)
    assert found.type.endswith(("statement", "declaration", "statement_block"))


@pytest.mark.parametrize(("text", "expected"), WHOLE_STATEMENTS.values(), ids=WHOLE_STATEMENTS)
def test_is_statement(text: str, expected: bool) -> None:
    functions, node, _ = ask(text)
    assert functions.is_statement(node) is expected


@pytest.mark.parametrize(("text", "expected"), LAST_EFFECTS.values(), ids=LAST_EFFECTS)
def test_is_last_effect(text: str, expected: bool) -> None:
    functions, node, _ = ask(text)
    assert functions.is_last_effect(node) is expected


@pytest.mark.parametrize("text", TRIES.values(), ids=TRIES)
def test_enclosing_try(text: str) -> None:
    functions, node, expected = ask(text)
    assert functions.enclosing_try(node) == ([] if expected is None else [expected])


def test_enclosing_try_innermost_first() -> None:
    source, asked, expected = marked("«try { «try { ‹f()› } catch {}» } catch {}»")
    assert functions_of(source).enclosing_try(asked[0]) == expected[::-1]


@pytest.mark.parametrize("text", LOOPS.values(), ids=LOOPS)
def test_enclosing_loop(text: str) -> None:
    functions, node, expected = ask(text)
    assert functions.enclosing_loop(node) == expected


@pytest.mark.parametrize("text", BREAKABLE.values(), ids=BREAKABLE)
def test_breakable(text: str) -> None:
    functions, node, expected = ask(text)
    assert functions.breakable(node) == expected


def test_labels() -> None:
    functions, loop, _ = ask("function f() { a: ‹for (;;) { b: { break a } }› }")
    assert functions.label_of(loop) == "a"
    assert functions.fresh_label("a", loop) == "a2"
    assert functions.fresh_label("c", loop) == "c"
    functions, loop, _ = ask("function f() { ‹for (;;) {}› } a: g()")
    assert functions.label_of(loop) is None
    assert functions.fresh_label("a", loop) == "a"


@pytest.mark.parametrize(("text", "returns", "falls"), COMPLETIONS.values(), ids=COMPLETIONS)
def test_completions(text: str, returns: list[str], falls: bool) -> None:
    functions, node, _ = ask(text)
    found = functions.completions(node)
    assert [functions.source.text(value) for value in found.returns] == returns
    assert found.falls_through is falls
    assert found.returns_value is bool(returns)
    assert found.always_throws is (not returns and not falls)


@pytest.mark.parametrize("text", CALL_SITES.values(), ids=CALL_SITES)
def test_call_sites(text: str) -> None:
    source, asked, expected = marked(text, "a.jsx" if "<" in text else "a.js")
    functions = functions_of(source)
    owner = asked[0].parent
    assert owner is not None
    value = owner.child_by_field_name("value") if owner.type == "variable_declarator" else owner
    assert value is not None
    found = functions.call_sites(value)
    if expected or text == CALL_SITES["none"]:
        assert found is not None
        assert [source.text(call) for call in found] == [source.text(call) for call in expected]
    else:
        assert found is None


@pytest.mark.parametrize(("text", "why"), REFUSED_ASYNC.values(), ids=REFUSED_ASYNC)
def test_may_not_become_async(text: str, why: str) -> None:
    functions, node, _ = ask(text)
    refusal = functions.may_become_async(node)
    assert refusal is not None
    assert why in refusal


@pytest.mark.parametrize("text", ALLOWED_ASYNC.values(), ids=ALLOWED_ASYNC)
def test_may_become_async(text: str) -> None:
    functions, node, _ = ask(text, "a.mjs")
    assert functions.may_become_async(node) is None


def test_types_may_keep_a_function_from_becoming_async() -> None:
    overloads = "function f(a: 1): void; ‹function f(a: any) {}› async function g() { await f(1) }"
    functions, node, _ = ask(overloads, "a.ts")
    assert functions.may_become_async(node) == "has overloads"
    functions, node, _ = ask("‹function f(a): a is string { return true }›", "a.ts")
    assert functions.may_become_async(node) == "narrows a type by what it returns"


@pytest.mark.parametrize(("text", "after", "path"), ASYNC_EDITS.values(), ids=ASYNC_EDITS)
def test_async_edits(text: str, after: str, path: str) -> None:
    functions, node, _ = ask(text, path)
    result = apply_edits(functions.source.data, functions.async_edits(node))
    assert result.decode() == after
    assert not parse(path, result).root.has_error


def test_a_declared_type_other_than_promise_stays() -> None:
    functions, node, _ = ask("g(‹(): Bluebird<A> => new Promise(a)›)", "a.ts")
    assert functions.may_become_async(node) == "declares that it returns something but a Promise"
    functions, node, _ = ask("g(‹(): Promise<A> => new Promise(a)›)", "a.ts")
    assert functions.may_become_async(node) is None


def test_no_async_edits_for_what_cannot_be_async() -> None:
    functions, node, _ = ask("class A { ‹get a() {}› }")
    with pytest.raises(ValueError, match="getter"):
        functions.async_edits(node)


@pytest.mark.parametrize(("text", "expected"), ORDER.values(), ids=ORDER)
def test_runs_before(text: str, expected: bool) -> None:
    functions, node, other = ask(text)
    assert other is not None
    assert functions.runs_before(other, node) is expected


def test_expression_bodies() -> None:
    functions, node, _ = ask("a(‹() => 1›)")
    assert functions.is_expression_body(node)
    functions, node, _ = ask("a(‹() => { 1 }›)")
    assert not functions.is_expression_body(node)
    functions, node, _ = ask("‹function f() { 1 }›")
    assert not functions.is_expression_body(node)
