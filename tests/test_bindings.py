"""What names mean, where they come from, and how one more is imported."""

import pytest
from tests.marked import marked
from tree_sitter import Node

from unleak_engine.bindings import Bindings, Origin, module_system
from unleak_engine.edit import apply_edits
from unleak_engine.source import parse
from unleak_engine.target import UNKNOWN, Target


def ask(text: str, path: str = "a.js") -> tuple[Bindings, Node]:
    source, asked, _ = marked(text, path)
    assert len(asked) == 1
    return Bindings(source, UNKNOWN), asked[0]


# fmt: off
UNRESOLVED = {
    "undeclared": ("‹x›()", "a.js"),
    "property": ("const x = 1; a.‹x›", "a.js"),
    "key": ("const x = 1; f({ ‹x›: 1 })", "a.js"),
    "method-name": ("const x = 1; class A { ‹x›() {} }", "a.js"),
    "declared-in-sibling-block": ("{ const x = 1 } ‹x›", "a.js"),
    "declared-in-loop-head": ("for (const x of y) {} ‹x›", "a.js"),
    "declared-in-for-head": ("for (let x = 0;;) {} ‹x›", "a.js"),
    "declared-in-switch": ("switch (a) { case 1: let x; } ‹x›", "a.js"),
    "catch-parameter-outside": ("try {} catch (x) {} ‹x›", "a.js"),
    "parameter-outside": ("function f(x) {} ‹x›", "a.js"),
    "own-name-of-function-expression": ("(function x() {}); ‹x›", "a.js"),
    "own-name-of-class-expression": ("(class x {}); ‹x›", "a.js"),
    "function-in-block-of-module": ("export {}; { function x() {} } ‹x›", "a.js"),
    "function-in-block-strict": ("'use strict'; { function x() {} } ‹x›", "a.js"),
    "async-function-in-block": ("{ async function x() {} } ‹x›", "a.js"),
    "var-in-static-block": ("class A { static { var x } } ‹x›", "a.js"),
    "default-sees-no-body": ("function f(a = ‹x›) { var x }", "a.js"),
    "with": ("const x = 1; with (o) { ‹x› }", "a.js"),
    "element-name": ("const div = 1; <‹div›/>", "a.jsx"),
    "attribute-name": ("const a = 1; <B ‹a›={1}/>", "a.jsx"),
    "re-export": ("const x = 1; export { ‹x› } from 'y'", "a.js"),
    "export-alias": ("const x = 1; export { y as ‹x› }", "a.js"),
    "type-name": ("class X {} let a: ‹X›", "a.ts"),
    "typeof-in-type": ("const x = 1; let a: typeof ‹x›", "a.ts"),
    "type-parameter-name": ("type F = (x: number) => void; ‹x›", "a.ts"),
    "signature-parameter": ("function f(x: number): void; function f() { ‹x› }", "a.ts"),
    "interface-method": ("const x = 1; interface I { m(‹x›: number): void }", "a.ts"),
    "interface-is-no-value": ("interface x {} ‹x›()", "a.ts"),
    "type-alias-is-no-value": ("type x = 1; ‹x›()", "a.ts"),
    "enum-member": ("const A = 1; enum E { A = 2, B = ‹A› }", "a.ts"),
    "inside-namespace": ("namespace N { var x = 1 } ‹x›", "a.ts"),
    "type-predicate": ("const x = 1; function f(y): ‹x› is string { return 1 }", "a.ts"),
    "namespace-export": ("const x = 1; export * as ‹x› from 'y'", "a.js"),
}

RESOLVED = {
    "const": ("const «x» = 1; ‹x›", "const", "a.js"),
    "let": ("let «x»; ‹x›", "let", "a.js"),
    "hoisted-var": ("‹x›; { var «x» = 1 }", "var", "a.js"),
    "hoisted-function": ("‹x›(); function «x»() {}", "function", "a.js"),
    "function-in-sloppy-block": ("{ function «x»() {} } ‹x›", "function", "a.js"),
    "function-in-block-inside": ("export {}; { ‹x›(); function «x»() {} }", "function", "a.js"),
    "generator": ("function* «x»() {} ‹x›", "function", "a.js"),
    "inner-shadows-outer": ("const x = 1; { const «x» = 2; ‹x› }", "const", "a.js"),
    "outer-after-inner": ("const «x» = 1; { const x = 2 } ‹x›", "const", "a.js"),
    "hoisted-shadow": ("const x = 1; function f() { ‹x›; var «x» }", "var", "a.js"),
    "parameter": ("const x = 1; function f(«x») { ‹x› }", "param", "a.js"),
    "single-arrow-parameter": ("const x = 1; f(«x» => ‹x›)", "param", "a.js"),
    "default-parameter": ("function f(«x», y = ‹x›) {}", "param", "a.js"),
    "default-sees-outer": ("const «x» = 1; function f(a = ‹x›) { var x = 2 }", "const", "a.js"),
    "destructured-parameter": ("function f({ a: { «x» = 1 } }) { ‹x› }", "param", "a.js"),
    "rest-parameter": ("function f(...«x») { ‹x› }", "param", "a.js"),
    "method-parameter": ("class A { m(«x») { ‹x› } }", "param", "a.js"),
    "computed-key-sees-outside": ("const «x» = 1; class A { [‹x›](x) {} }", "const", "a.js"),
    "parameter-and-var": ("function f(«x») { var x; ‹x› }", "param", "a.js"),
    "catch": ("const x = 1; try {} catch («x») { ‹x› }", "catch", "a.js"),
    "catch-pattern": ("try {} catch ({ message: «x» }) { ‹x› }", "catch", "a.js"),
    "for-of": ("for (const «x» of y) ‹x›", "const", "a.js"),
    "for-var": ("for (var «x» in y) {} ‹x›", "var", "a.js"),
    "for-head": ("for (let «x» = 0; ‹x› < 1;) {}", "let", "a.js"),
    "switch-case": ("switch (a) { case 1: let «x»; default: ‹x› }", "let", "a.js"),
    "closure-in-loop": ("for (const «x» of y) f(() => ‹x›)", "const", "a.js"),
    "class": ("class «A» {} new ‹A›()", "class", "a.js"),
    "own-name-of-expression": ("(function «x»() { ‹x›() })", "function", "a.js"),
    "body-over-own-name": ("(function x() { const «x» = 1; ‹x› })", "const", "a.js"),
    "class-expression-name": ("(class «A» { m() { ‹A› } })", "class", "a.js"),
    "static-block": ("class A { static { var «x» = 1; ‹x› } }", "var", "a.js"),
    "field-value": ("const «x» = 1; class A { y = ‹x› }", "const", "a.js"),
    "shorthand": ("const «x» = 1; f({ ‹x› })", "const", "a.js"),
    "shorthand-assignment": ("let «x»; ({ ‹x› } = y)", "let", "a.js"),
    "template": ("const «x» = 1; `${‹x›}`", "const", "a.js"),
    "export-specifier": ("const «x» = 1; export { ‹x› as y }", "const", "a.js"),
    "label-is-apart": ("const «x» = 1; x: for (;;) { ‹x›; break x }", "const", "a.js"),
    "default-import": ("import «x» from 'y'; ‹x›", "import", "a.js"),
    "named-import": ("import { a as «x» } from 'y'; ‹x›", "import", "a.js"),
    "namespace-import": ("import * as «x» from 'y'; ‹x›", "import", "a.js"),
    "component": ("import «Foo» from 'y'; <‹Foo›/>", "import", "a.jsx"),
    "member-component": ("import «foo» from 'y'; <‹foo›.Bar/>", "import", "a.jsx"),
    "using": ("{ using «x» = f(); ‹x› }", "using", "a.js"),
    "declaration-itself": ("const «‹x›» = 1", "const", "a.js"),
    "value-beside-redeclared": ("var x; var «x» = 1; ‹x›", "var", "a.js"),
    "dollar": ("const $x = 1, «x» = 2; ‹x›", "const", "a.js"),
    "non-ascii": ("const «é» = 1; ‹é›", "const", "a.js"),
    "class-in-typescript": ("class «A» {} new ‹A›()", "class", "a.ts"),
    "abstract-class": ("abstract class «A» {} f(‹A›)", "class", "a.ts"),
    "enum": ("enum «E» { A } ‹E›.A", "enum", "a.ts"),
    "namespace": ("namespace «N» { export const a = 1 } ‹N›.a", "namespace", "a.ts"),
    "inside-namespace": ("namespace N { const «x» = 1; f(‹x›) }", "const", "a.ts"),
    "import-require": ("import «x» = require('y'); ‹x›", "import", "a.ts"),
    "import-alias": ("import «x» = a.b; ‹x›", "import", "a.ts"),
    "alias-target": ("import * as «a» from 'y'; import x = ‹a›.b", "import", "a.ts"),
    "parameter-property": ("class A { constructor(private «x»: B) { ‹x› } }", "param", "a.ts"),
    "optional-parameter": ("function f(«x»?: number) { ‹x› }", "param", "a.ts"),
    "overloaded": ("function x(a: 1): void; function «x»(a: any) {} ‹x›(1)", "function", "a.ts"),
    "ambient": ("declare const «x»: number; ‹x›", "const", "a.ts"),
    "ambient-function": ("declare function «x»(): void; ‹x›()", "function", "a.ts"),
    "satisfies": ("const «x» = 1; ‹x› satisfies T", "const", "a.ts"),
    "decorator": ("import { «d» } from 'y'; @‹d› class A {}", "import", "a.ts"),
    "parameter-decorator": (
        "import { «d» } from 'y'; class A { m(@‹d›() d) {} }", "import", "a.ts"),
    "export-equals": ("const «x» = 1; export = ‹x›", "const", "a.ts"),
}

PATHS = {
    "plain": ("const ‹x› = v", ()),
    "shorthand": ("const { ‹x› } = v", ("x",)),
    "renamed": ("const { a: ‹x› } = v", ("a",)),
    "nested": ("const { a: { b: ‹x› } } = v", ("a", "b")),
    "default": ("const { a: ‹x› = 1 } = v", ("a",)),
    "default-shorthand": ("const { ‹x› = 1 } = v", ("x",)),
    "string-key": ("const { 'a': ‹x› } = v", ("a",)),
    "computed-key": ("const { [a]: ‹x› } = v", ("*",)),
    "array": ("const [a, , ‹x›] = v", (2,)),
    "array-default": ("const [‹x› = 1] = v", (0,)),
    "mixed": ("const { a: [, { ‹x› }] } = v", ("a", 1, "x")),
    "rest": ("const { a, ...‹x› } = v", ("...",)),
    "array-rest": ("const [a, ...‹x›] = v", (1, "...")),
    "default-of-nested": ("const { a: { ‹x› } = {} } = v", ("a", "x")),
}

WRITES = {
    "none": "let ‹x› = 1; f(x); x.y = 1; x[0]++",
    "assignment": "let ‹x›; «x» = 1",
    "compound": "let ‹x› = 1; «x» += 1; «x» ??= 2",
    "update": "let ‹x› = 1; «x»++; --«x»",
    "for-of-head": "let ‹x›; for («x» of y) {}",
    "for-in-head": "let ‹x›; for («x» in y) {}",
    "for-of-right-is-read": "let ‹x›; for (const y of x) {}",
    "object-pattern": "let ‹x›; ({ a: «x» } = y)",
    "shorthand-pattern": "let ‹x›; ({ «x» } = y)",
    "shorthand-default": "let ‹x›; ({ «x» = 1 } = y)",
    "array-pattern": "let ‹x›; [a, «x» = 1, ...b] = y",
    "rest-pattern": "let ‹x›; [...«x»] = y",
    "key-of-pattern-is-read": "let ‹x›; ({ [x]: y } = z)",
    "default-in-pattern-is-read": "let ‹x›; ({ a = x } = z)",
    "parenthesised": "let ‹x›; («x») = 1",
    "right-side-is-read": "let ‹x›, y; y = x",
    "in-closure": "let ‹x›; f(() => { «x» = 1 })",
    "shadowed": "let ‹x›; f((x) => { x = 1 })",
    "second-var-with-value": "var ‹x› = 1; var «x» = 2",
    "second-var-without": "var ‹x› = 1; var x",
    "var-after-parameter": "function f(‹x›) { var «x» = 1 }",
    "second-function": "function ‹x›() {} function «x»() {}",
    "parameter": "function f(‹x›) { «x» = 1 }",
}

NO_ORIGIN = {
    "lazily-another": (
        "function _fs() { const data = require('fs'); _fs = function () { return own; }; "
        "return data; } ‹_fs().x›", "a.js"),
    "lazily-and-again": (
        "function _fs() { const data = require('fs'); _fs = function () { return data; }; "
        "return data; } _fs = own; ‹_fs().x›", "a.js"),
    "lazily-but-more": (
        "function _fs(a) { const data = require('fs'); if (a) return own; "
        "_fs = function () { return data; }; return data; } ‹_fs().x›", "a.js"),
    "a-function-that-requires": ("function f() { return require('fs'); } ‹f().x›", "a.js"),
    "undeclared": ("‹fs.createReadStream›()", "a.js"),
    "shadowed-by-parameter": ("const fs = require('fs'); function f(fs) { ‹fs.x›() }", "a.js"),
    "shadowed-by-later-var": ("import fs from 'fs'; function f() { ‹fs.x›(); var fs }", "a.js"),
    "re-assigned": ("let fs = require('fs'); fs = require('y'); ‹fs.x›()", "a.js"),
    "assigned-not-initialised": ("let fs; fs = require('fs'); ‹fs.x›()", "a.js"),
    "required-shadowed": ("function f(require) { const fs = require('fs'); ‹fs.x›() }", "a.js"),
    "require-of-computed": ("const fs = require(name); ‹fs.x›()", "a.js"),
    "require-of-template": ("const fs = require(`f${s}`); ‹fs.x›()", "a.js"),
    "conditional": ("const fs = a ? require('fs') : require('b'); ‹fs.x›()", "a.js"),
    "fallback": ("const fs = a || require('fs'); ‹fs.x›()", "a.js"),
    "promisified": ("const p = promisify(require('stream').pipeline); ‹p›()", "a.js"),
    "call-result": ("const fs = require('fs'); ‹fs.x()›.y", "a.js"),
    "rest": ("const { a, ...fs } = require('fs'); ‹fs.x›()", "a.js"),
    "computed-destructuring": ("const { [a]: x } = require('fs'); ‹x›()", "a.js"),
    "computed-member": ("const fs = require('fs'); ‹fs[a]›()", "a.js"),
    "own-circle": ("const a = a.b; ‹a.c›()", "a.js"),
    "two-in-circle": ("const a = b.x, b = a.x; ‹a.c›()", "a.js"),
    "pending-import": ("const fs = import('fs'); ‹fs.x›()", "a.js"),
    "import-meta-require": ("const fs = import.meta.require('fs'); ‹fs.x›()", "a.js"),
    "own-process": ("const process = 1; ‹process.getBuiltinModule('fs')›.x", "a.js"),
    "function-called-like-it": ("function pipeline() {} ‹pipeline›()", "a.js"),
    "loop-variable": ("for (const fs of [require('fs')]) ‹fs.x›()", "a.js"),
    "parameter-default": ("function f(fs = require('fs')) { ‹fs.x›() }", "a.js"),
    "type-only-import": ("import type fs from 'fs'; ‹fs.x›()", "a.ts"),
    "type-only-specifier": ("import { type open } from 'fs'; ‹open›()", "a.ts"),
    "type-only-require": ("import type fs = require('fs'); ‹fs.x›()", "a.ts"),
    "instance": ("const s = new (require('stream').Readable)(); ‹s.pipe›()", "a.js"),
}

ORIGINS = {
    "default": ("import fs from 'fs'; ‹fs.open›()", "a.js", "fs", "open"),
    "default-itself": ("import Stream from 'stream'; ‹Stream›", "a.js", "stream", ""),
    "default-of-package": ("import tar from 'tar'; ‹tar›()", "a.js", "tar", "default"),
    "namespace": ("import * as fs from 'node:fs'; ‹fs.open›()", "a.js", "node:fs", "open"),
    "namespace-default": ("import * as fs from 'fs'; ‹fs.default.open›()", "a.js", "fs", "open"),
    "named": ("import { open } from 'fs'; ‹open›()", "a.js", "fs", "open"),
    "aliased": ("import fs, { a as b } from 'fs'; ‹b›()", "a.js", "fs", "a"),
    "named-default": ("import { default as fs } from 'fs'; ‹fs.open›()", "a.js", "fs", "open"),
    "string-name": ("import { 'a-b' as x } from 'y'; ‹x›()", "a.js", "y", "a-b"),
    "relative": ("import { x } from './y.js'; ‹x›()", "a.js", "./y.js", "x"),
    "relative-default": ("import y from './y.js'; ‹y.x›()", "a.js", "./y.js", "default.x"),
    "const": ("const fs = require('fs'); ‹fs.open›()", "a.js", "fs", "open"),
    "var-list": ("var a = 1, fs = require('fs'); ‹fs.open›()", "a.js", "fs", "open"),
    "let-never-written": ("let fs = require('fs'); ‹fs.open›()", "a.js", "fs", "open"),
    "in-function": ("function f() { const fs = require('fs'); ‹fs.open›() }", "a.js", "fs", "open"),
    "destructured": ("const { open } = require('fs'); ‹open›()", "a.js", "fs", "open"),
    "destructured-alias": ("const { open: o } = require('fs'); ‹o›()", "a.js", "fs", "open"),
    "destructured-deep": (
        "const { promises: { open } } = require('fs'); ‹open›()", "a.js", "fs", "promises.open"),
    "member-of-require": (
        "const p = require('fs').promises; ‹p.open›()", "a.js", "fs", "promises.open"),
    "require-in-place": ("‹require('fs').open›()", "a.js", "fs", "open"),
    "template-literal": ("‹require(`fs`).open›()", "a.js", "fs", "open"),
    "subscript": ("const fs = require('fs'); ‹fs['open']›()", "a.js", "fs", "open"),
    "optional-chain": ("const fs = require('fs'); ‹fs?.open›()", "a.js", "fs", "open"),
    "later-alias": ("const fs = require('fs'); const o = fs.open; ‹o›()", "a.js", "fs", "open"),
    "later-destructuring": (
        "import fs from 'fs'; const { open } = fs; ‹open›()", "a.js", "fs", "open"),
    "alias-before-module": (
        "const o = fs.open; var fs = require('fs'); ‹o›()", "a.js", "fs", "open"),
    "comma-call": ("const fs_1 = require('fs'); (‹0, fs_1.open›)()", "a.js", "fs", "open"),
    "parenthesised": ("const fs = require('fs'); ‹(fs).open›()", "a.js", "fs", "open"),
    "import-default-helper": (
        "const fs_1 = __importDefault(require('fs')); ‹fs_1.default.open›()", "a.js", "fs", "open"),
    "import-star-helper": (
        "const fs = tslib_1.__importStar(require('fs')); ‹fs.open›()", "a.js", "fs", "open"),
    "comma-helper": (
        "const fs = (0, tslib_1.__importDefault)(require('fs')); ‹fs.default.x›",
        "a.js", "fs", "x"),
    "babel": (
        "var _fs = _interopRequireDefault(require('fs')); ‹_fs.default.x›", "a.js", "fs", "x"),
    "babel-two-lines": (
        "var _a = require('fs'); var _b = _interopRequireDefault(_a); ‹_b.default.x›",
        "a.js", "fs", "x"),
    "swc": (
        "const _fs = _interop_require_default(require('fs')); ‹_fs.default.x›", "a.js", "fs", "x"
    ),
    "rollup": ("var fs = _interopDefaultCompat(require('fs')); ‹fs.default.x›", "a.js", "fs", "x"),
    "lazily": (
        "function _fs() { const data = require('fs'); _fs = function () { return data; }; "
        "return data; } ‹_fs().x›", "a.js", "fs", "x"),
    "lazily-by-default": (
        "function _fs() { const data = _interop_require_default(require('fs')); "
        "_fs = function _fs() { return data; }; return data; } ‹_fs().default.x›",
        "a.js", "fs", "x"),
    "esbuild": ("var i = __toESM(require('fs'), 1); ‹i.default.x›", "a.js", "fs", "x"),
    "dynamic": ("const fs = await import('node:fs'); ‹fs.open›()", "a.mjs", "node:fs", "open"),
    "dynamic-in-place": ("‹(await import('fs')).open›()", "a.mjs", "fs", "open"),
    "dynamic-default": ("const { default: fs } = await import('fs'); ‹fs.x›", "a.mjs", "fs", "x"),
    "builtin-getter": ("const fs = process.getBuiltinModule('fs'); ‹fs.x›", "a.js", "fs", "x"),
    "created-require": (
        "import { createRequire } from 'module'; const require = createRequire(import.meta.url);"
        "const fs = require('fs'); ‹fs.x›", "a.mjs", "fs", "x"),
    "import-equals": ("import fs = require('fs'); ‹fs.open›()", "a.ts", "fs", "open"),
    "import-alias": (
        "import fs = require('fs'); import p = fs.promises; ‹p.open›()",
        "a.ts", "fs", "promises.open"),
    "as": ("import fs from 'fs'; ‹(fs as any).open›()", "a.ts", "fs", "open"),
    "non-null": ("import fs from 'fs'; ‹fs!.open›()", "a.ts", "fs", "open"),
    "satisfies": ("import fs from 'fs'; ‹(fs satisfies T).open›()", "a.ts", "fs", "open"),
    "angle-brackets": ("import fs from 'fs'; ‹(<any>fs).open›()", "a.ts", "fs", "open"),
    "value-beside-type": ("import { type A, open } from 'fs'; ‹open›()", "a.ts", "fs", "open"),
    "default-value": ("const { open = 1 } = require('fs'); ‹open›()", "a.js", "fs", "open"),
}

SAME_IMPORT = {
    "scheme-there": ("import { pipeline } from 'node:stream/promises'; ‹pipeline›()", True),
    "scheme-not-there": ("import { pipeline } from 'stream/promises'; ‹pipeline›()", True),
    "promises-of-stream": ("import stream from 'stream'; ‹stream.promises.pipeline›()", True),
    "class-of-itself": ("const s = require('stream').Stream; ‹s.promises.pipeline›()", True),
    "promises-import": ("import { promises } from 'node:stream'; ‹promises.pipeline›()", True),
    "callback-pipeline": ("import { pipeline } from 'stream'; ‹pipeline›()", False),
    "another-name": ("import { finished } from 'stream/promises'; ‹finished›()", False),
    "another-module": ("import { pipeline } from './stream/promises'; ‹pipeline›()", False),
}

MODULE_SYSTEMS = {
    "mjs": ("require('x')", "a.mjs", False, "esm"),
    "cjs": ("import 'x'", "a.cjs", True, "cjs"),
    "mts": ("", "a.mts", False, "esm"),
    "import": ("import 'x'", "a.js", False, "esm"),
    "export": ("export const a = 1", "a.js", False, "esm"),
    "import-over-require": ("import 'x'; require('y')", "a.js", False, "esm"),
    "import-meta": ("import.meta.url", "a.js", False, "esm"),
    "dynamic-import": ("require('y'); import('x')", "a.js", True, "cjs"),
    "require": ("require('x')", "a.js", True, "cjs"),
    "exports": ("module.exports = 1", "a.js", True, "cjs"),
    "nothing": ("f()", "a.js", False, "cjs"),
    "nothing-in-esm-package": ("f()", "a.js", True, "esm"),
    "export-equals": ("const a = require('x'); export = a", "a.ts", False, "cjs"),
    "import-equals": ("import a = require('x')", "a.ts", False, "esm"),
}
# fmt: on


@pytest.mark.parametrize(("text", "path"), UNRESOLVED.values(), ids=UNRESOLVED)
def test_means_no_variable(text: str, path: str) -> None:
    bindings, node = ask(text, path)
    assert bindings.resolve(node) is None


@pytest.mark.parametrize(("text", "kind", "path"), RESOLVED.values(), ids=RESOLVED)
def test_resolves(text: str, kind: str, path: str) -> None:
    source, asked, expected = marked(text, path)
    bindings = Bindings(source, UNKNOWN)
    binding = bindings.resolve(asked[0])
    assert binding is not None
    assert (binding.node, binding.kind) == (expected[0], kind)
    assert asked[0] in bindings.references(binding)
    assert expected[0] in bindings.references(binding)


@pytest.mark.parametrize(("text", "steps"), PATHS.values(), ids=PATHS)
def test_path_of_destructuring(text: str, steps: tuple[str | int, ...]) -> None:
    bindings, node = ask(text)
    binding = bindings.resolve(node)
    assert binding is not None
    assert binding.path == steps
    assert binding.value is not None
    assert bindings.source.text(binding.value) == "v"


@pytest.mark.parametrize("text", WRITES.values(), ids=WRITES)
def test_writes(text: str) -> None:
    source, asked, expected = marked(text)
    bindings = Bindings(source, UNKNOWN)
    binding = bindings.resolve(asked[0])
    assert binding is not None
    assert bindings.writes(binding) == expected
    assert bindings.is_constant(binding) == (not expected)


def test_references_in_text_order() -> None:
    source, asked, expected = marked(
        "‹«x»›; var «x» = 1; f({ «x», x: 2 }, a.x); // x\n"
        "x: for (;;) { 'x'; break x }\n"
        "g((x) => x); h(() => { «x»++ }); class A { x() {} #x }\n"
    )
    bindings = Bindings(source, UNKNOWN)
    binding = bindings.resolve(asked[0])
    assert binding is not None
    assert bindings.references(binding) == expected


def test_a_jsx_tag_is_a_reference_at_both_ends() -> None:
    source, _, expected = marked("const «A» = 1; <«A»>a</«A»>", "a.jsx")
    bindings = Bindings(source, UNKNOWN)
    binding = bindings.resolve(expected[0])
    assert binding is not None
    assert bindings.references(binding) == expected


@pytest.mark.parametrize(("text", "path"), NO_ORIGIN.values(), ids=NO_ORIGIN)
def test_comes_from_no_module(text: str, path: str) -> None:
    bindings, node = ask(text, path)
    assert bindings.origin(node) is None


@pytest.mark.parametrize(("text", "path", "module", "name"), ORIGINS.values(), ids=ORIGINS)
def test_comes_from(text: str, path: str, module: str, name: str) -> None:
    bindings, node = ask(text, path)
    assert bindings.origin(node) == Origin(module, name)


@pytest.mark.parametrize(("text", "same"), SAME_IMPORT.values(), ids=SAME_IMPORT)
def test_is_the_pipeline_of_stream_promises(text: str, same: bool) -> None:
    bindings, node = ask(text)
    assert bindings.is_import(node, {"stream/promises"}, "pipeline") is same


def test_a_package_is_its_own_default() -> None:
    for text in ("import a from 'tar'; ‹a›()", "const a = require('tar'); ‹a›()"):
        bindings, node = ask(text)
        assert bindings.is_import(node, {"tar"}, "default")
    bindings, node = ask("import * as a from './tar'; ‹a›()")
    assert not bindings.is_import(node, {"./tar"}, "default")


@pytest.mark.parametrize(
    ("text", "path", "esm", "expected"), MODULE_SYSTEMS.values(), ids=MODULE_SYSTEMS
)
def test_module_system(text: str, path: str, esm: bool, expected: str) -> None:
    assert module_system(parse(path, text.encode()), Target(esm=esm)) == expected


# fmt: off
NAMES = {
    "unused": ("{ ‹f›() }", True),
    "visible": ("const x = 1; { ‹f›() }", False),
    "used-as-global-inside": ("{ ‹f›(); x() }", False),
    "used-as-global-in-closure": ("{ ‹f›(); g(() => x) }", False),
    "used-outside-only": ("x(); { ‹f›() }", True),
    "declared-beside": ("{ const x = 1 } { ‹f›() }", True),
    "declared-deeper": ("{ ‹f›(); g((x) => x) }", True),
    "declared-in-nested-block": ("{ ‹f›(); { let x; x } }", True),
    "var-of-nested-block": ("function g() { ‹f›(); { var x } }", False),
    "only-a-property": ("{ ‹f›(); a.x; ({ x: 1 }) }", True),
    "only-in-text": ("{ ‹f›(); 'x' /* x */ }", True),
    "declared-later": ("{ ‹f›(); let x }", False),
}
# fmt: on


@pytest.mark.parametrize(("text", "free"), NAMES.values(), ids=NAMES)
def test_name_is_free(text: str, free: bool) -> None:
    bindings, node = ask(text)
    assert bindings.name_is_free("x", node) is free
    assert bindings.fresh_name("x", node) == ("x" if free else "x2")


def test_fresh_name_for_the_whole_file() -> None:
    bindings, _ = ask("f(x => x); type2.x3; ‹g›(x2)")
    assert bindings.fresh_name("x") == "x3"
    assert bindings.fresh_name("y") == "y"
    assert bindings.fresh_name("await") == "await2"


def test_a_type_takes_its_name() -> None:
    bindings, _ = ask("interface x {} ‹g›()", "a.ts")
    assert bindings.fresh_name("x") == "x2"


def planned(
    text: str,
    path: str = "a.js",
    module: str = "stream/promises",
    name: str = "pipeline",
    target: Target = UNKNOWN,
    prefer: str | None = None,
) -> tuple[str, str] | None:
    """What `import_name` says to write, and the file with its edits; None when it refuses."""
    source, asked, _ = marked(text, path)
    plan = Bindings(source, target).import_name(module, name, asked[0], prefer=prefer)
    if plan is None:
        return None
    after = apply_edits(source.data, plan.edits)
    assert not parse(path, after).root.has_error
    return plan.expression, after.decode()


# fmt: off
NO_PLACE = {
    "amd": "define(['a'], function (a) { ‹f›() })",
    "amd-with-require": "define(function (require) { var fs = require('fs'); ‹f›() })",
    "umd": (
        "(function (factory) {\n"
        "  if (typeof define === 'function' && define.amd) define(['x'], factory)\n"
        "  else factory(require('x'))\n"
        "})(function (x) { ‹f›() })"
    ),
    "umd-negated": "!function (r) { define.amd ? define(r) : r() }(function () { ‹f›() })",
    "own-require": "function require(x) {} ‹f›()",
}

REUSED = {
    "named": ("import { pipeline } from 'stream/promises'; ‹f›()", "pipeline"),
    "scheme": ("import { pipeline } from 'node:stream/promises'; ‹f›()", "pipeline"),
    "aliased": ("import { pipeline as p } from 'stream/promises'; ‹f›()", "p"),
    "namespace": ("import * as sp from 'stream/promises'; ‹f›()", "sp.pipeline"),
    "default": ("import sp from 'stream/promises'; ‹f›()", "sp.pipeline"),
    "required": ("const { pipeline } = require('stream/promises'); ‹f›()", "pipeline"),
    "required-member": ("const p = require('stream/promises').pipeline; ‹f›()", "p"),
    "required-object": ("const sp = require('stream/promises'); ‹f›()", "sp.pipeline"),
    "promises-of-stream": ("const { promises: sp } = require('stream'); ‹f›()", "sp.pipeline"),
    "pipeline-of-promises": (
        "const { promises: { pipeline } } = require('stream'); ‹f›()", "pipeline"),
    "in-function": (
        "function g() { const { pipeline } = require('stream/promises'); ‹f›() }", "pipeline"),
    "below-a-function": (
        "function g() { ‹f›() } const { pipeline } = require('stream/promises')", "pipeline"),
    "typescript-output": (
        "const promises_1 = require('stream/promises'); ‹f›()", "promises_1.pipeline"),
    "default-helper": (
        "const sp_1 = __importDefault(require('stream/promises')); ‹f›()", "sp_1.default.pipeline"),
    "star-helper": ("const sp = __importStar(require('stream/promises')); ‹f›()", "sp.pipeline"),
    "second-import-counts": (
        "import { finished } from 'stream/promises';"
        "import { pipeline } from 'stream/promises'; ‹f›()",
        "pipeline"),
    "named-before-member": (
        "import sp, { pipeline as p } from 'stream/promises'; ‹f›()", "p"),
}

# Each text is followed by what is written at the mark and what the file becomes.
PLANS = {
    # Not what is there, since it means something else where it is needed.
    "shadowed": (
        "import { pipeline } from 'stream/promises';\nfunction g(pipeline) { ‹f›() }\n",
        "streamPipeline",
        "import { pipeline, pipeline as streamPipeline } from 'stream/promises';\n"
        "function g(pipeline) { f() }\n",
    ),
    "in-another-function": (
        "function g() { const { pipeline } = require('stream/promises') }\n‹f›();\n",
        "streamPipeline",
        "const { pipeline: streamPipeline } = require('stream/promises');\n\n"
        "function g() { const { pipeline } = require('stream/promises') }\nf();\n",
    ),
    "required-too-late": (
        "‹f›();\nconst { pipeline } = require('stream/promises');\n",
        "streamPipeline",
        "const { pipeline: streamPipeline } = require('stream/promises');\n\n"
        "f();\nconst { pipeline } = require('stream/promises');\n",
    ),
    "re-assigned": (
        "let { pipeline } = require('stream/promises');\npipeline = 1;\n‹f›();\n",
        "streamPipeline",
        "let { pipeline, pipeline: streamPipeline } = require('stream/promises');\n"
        "pipeline = 1;\nf();\n",
    ),
    "callback-pipeline": (
        "import { pipeline } from 'stream';\n‹f›();\n",
        "streamPipeline",
        "import { pipeline } from 'stream';\n"
        "import { pipeline as streamPipeline } from 'stream/promises';\nf();\n",
    ),
    "callback-pipeline-required": (
        "const { pipeline } = require('stream');\n‹f›();\n",
        "streamPipeline",
        "const { pipeline } = require('stream');\n"
        "const { pipeline: streamPipeline } = require('stream/promises');\nf();\n",
    ),
    "both-names-taken": (
        "import { pipeline } from 'stream';\nconst streamPipeline = 1;\n‹f›();\n",
        "streamPipeline2",
        "import { pipeline } from 'stream';\n"
        "import { pipeline as streamPipeline2 } from 'stream/promises';\n"
        "const streamPipeline = 1;\nf();\n",
    ),
    "promises-of-stream-unknown-node": (
        "const stream = require('stream');\n‹f›();\n",
        "pipeline",
        "const stream = require('stream');\n"
        "const { pipeline } = require('stream/promises');\nf();\n",
    ),
    # One more name in an import.
    "merged": (
        "import { finished } from 'node:stream/promises';\n‹f›();\n",
        "pipeline",
        "import { finished, pipeline } from 'node:stream/promises';\nf();\n",
    ),
    "merged-tight": (
        "import {finished} from \"stream/promises\"\n‹f›()\n",
        "pipeline",
        "import {finished, pipeline} from \"stream/promises\"\nf()\n",
    ),
    "merged-trailing-comma": (
        "import { finished, } from 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import { finished, pipeline, } from 'stream/promises';\nf();\n",
    ),
    "merged-lines": (
        "import {\n    a,\n    b\n} from 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import {\n    a,\n    b,\n    pipeline\n} from 'stream/promises';\nf();\n",
    ),
    "merged-lines-trailing-comma": (
        "import {\n  a,\n  b,\n} from 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import {\n  a,\n  b,\n  pipeline,\n} from 'stream/promises';\nf();\n",
    ),
    "merged-lines-comment": (
        "import {\n  a, // one\n} from 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import {\n  a, // one\n  pipeline,\n} from 'stream/promises';\nf();\n",
    ),
    "merged-lines-comment-no-comma": (
        "import {\n  a // one\n} from 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import {\n  a, // one\n  pipeline\n} from 'stream/promises';\nf();\n",
    ),
    "merged-beside-default": (
        "import sp2, { a } from './sp';\nimport d, { finished } from 'tar';\n‹f›();\n",
        "pipeline",
        "import sp2, { a } from './sp';\nimport d, { finished } from 'tar';\n"
        "import { pipeline } from 'node:stream/promises';\nf();\n",
    ),
    "merged-empty": (
        "import {} from 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import { pipeline } from 'stream/promises';\nf();\n",
    ),
    "merged-require": (
        "const { finished } = require('stream/promises');\n‹f›();\n",
        "pipeline",
        "const { finished, pipeline } = require('stream/promises');\nf();\n",
    ),
    "merged-require-lines": (
        "const {\n  finished: done,\n} = require('stream/promises')\n‹f›()\n",
        "pipeline",
        "const {\n  finished: done,\n  pipeline,\n} = require('stream/promises')\nf()\n",
    ),
    "not-merged-rest": (
        "const { finished, ...rest } = require('stream/promises')\n‹f›()\n",
        "pipeline",
        "const { finished, ...rest } = require('stream/promises')\n"
        "const { pipeline } = require('stream/promises')\nf()\n",
    ),
    "not-merged-side-effect": (
        "import 'stream/promises';\n‹f›();\n",
        "pipeline",
        "import 'stream/promises';\nimport { pipeline } from 'stream/promises';\nf();\n",
    ),
    # A statement of its own.
    "after-imports": (
        "import a from 'a';\nimport b from './b';\n\nconst x = 1;\n‹f›();\n",
        "pipeline",
        "import a from 'a';\nimport b from './b';\n"
        "import { pipeline } from 'node:stream/promises';\n\nconst x = 1;\nf();\n",
    ),
    "after-multi-line-import": (
        "import {\n  a,\n} from 'a';\n‹f›();\n",
        "pipeline",
        "import {\n  a,\n} from 'a';\nimport { pipeline } from 'node:stream/promises';\nf();\n",
    ),
    "after-comment-on-line": (
        "import a from 'a'; // why\n‹f›();\n",
        "pipeline",
        "import a from 'a'; // why\nimport { pipeline } from 'node:stream/promises';\nf();\n",
    ),
    "code-on-line": (
        "import a from 'a'; ‹f›();\n",
        "pipeline",
        "import a from 'a';\nimport { pipeline } from 'node:stream/promises'; f();\n",
    ),
    "first-run-of-imports": (
        "import a from 'a';\nconst x = 1;\nimport b from 'b';\n‹f›();\n",
        "pipeline",
        "import a from 'a';\nimport { pipeline } from 'node:stream/promises';\n"
        "const x = 1;\nimport b from 'b';\nf();\n",
    ),
    "comment-between-imports": (
        "import a from 'a';\n// b is\nimport b from 'b';\n// f is\n‹f›();\n",
        "pipeline",
        "import a from 'a';\n// b is\nimport b from 'b';\n"
        "import { pipeline } from 'node:stream/promises';\n// f is\nf();\n",
    ),
    "no-scheme": (
        "import fs from 'fs';\n‹f›();\n",
        "pipeline",
        "import fs from 'fs';\nimport { pipeline } from 'stream/promises';\nf();\n",
    ),
    "no-semicolons": (
        "import fs from 'node:fs'\n\n‹f›()\n",
        "pipeline",
        "import fs from 'node:fs'\nimport { pipeline } from 'node:stream/promises'\n\nf()\n",
    ),
    "double-quotes": (
        "import fs from \"fs\";\nf('a', 'b', 'c');\n‹f›();\n",
        "pipeline",
        "import fs from \"fs\";\nimport { pipeline } from \"stream/promises\";\n"
        "f('a', 'b', 'c');\nf();\n",
    ),
    "quotes-of-strings": (
        "export const a = \"b\";\n‹f›();\n",
        "pipeline",
        "import { pipeline } from \"node:stream/promises\";\n\nexport const a = \"b\";\nf();\n",
    ),
    "windows-lines": (
        "import a from 'a'\r\n‹f›()\r\n",
        "pipeline",
        "import a from 'a'\r\nimport { pipeline } from 'node:stream/promises'\r\nf()\r\n",
    ),
    "byte-order-mark": (
        "\ufeffexport {};\n‹f›();\n",
        "pipeline",
        "\ufeffimport { pipeline } from 'node:stream/promises';\n\nexport {};\nf();\n",
    ),
    "no-last-newline": (
        "import a from 'a';f(‹f›)",
        "pipeline",
        "import a from 'a';\nimport { pipeline } from 'node:stream/promises';f(f)",
    ),
    "var": (
        "var fs = require('fs'),\n    x = require('x');\n‹f›();\n",
        "pipeline",
        "var fs = require('fs'),\n    x = require('x');\n"
        "var { pipeline } = require('stream/promises');\nf();\n",
    ),
    "required-and-called": (
        "const debug = require('debug')('x');\nrequire('dotenv').config();\n‹f›();\n",
        "pipeline",
        "const debug = require('debug')('x');\nrequire('dotenv').config();\n"
        "const { pipeline } = require('node:stream/promises');\nf();\n",
    ),
    "strict-directive": (
        "'use strict';\n\nconst fs = require('fs');\n\n‹f›();\n",
        "pipeline",
        "'use strict';\n\nconst fs = require('fs');\n"
        "const { pipeline } = require('stream/promises');\n\nf();\n",
    ),
    "typescript-output": (
        "\"use strict\";\nvar __awaiter = (this && this.__awaiter) || function () {};\n"
        "Object.defineProperty(exports, \"__esModule\", { value: true });\n"
        "exports.a = exports.b = void 0;\nconst fs_1 = require(\"fs\");\n"
        "const x_1 = require(\"x\");\nfunction g() { ‹f›(); }\n",
        "pipeline",
        "\"use strict\";\nvar __awaiter = (this && this.__awaiter) || function () {};\n"
        "Object.defineProperty(exports, \"__esModule\", { value: true });\n"
        "exports.a = exports.b = void 0;\nconst fs_1 = require(\"fs\");\n"
        "const x_1 = require(\"x\");\nconst { pipeline } = require(\"stream/promises\");\n"
        "function g() { f(); }\n",
    ),
    "requires-after-code": (
        "start();\nconst fs = require('fs');\nfunction start() { ‹f›() }\n",
        "pipeline",
        "const { pipeline } = require('stream/promises');\n\n"
        "start();\nconst fs = require('fs');\nfunction start() { f() }\n",
    ),
    "requires-after-own-call": (
        "const app = create();\nconst fs = require('fs');\nfunction create() { ‹f›() }\n",
        "pipeline",
        "const { pipeline } = require('stream/promises');\n\n"
        "const app = create();\nconst fs = require('fs');\nfunction create() { f() }\n",
    ),
    "requires-after-settings": (
        "process.title = String(1);\nconst now = Date.now();\nconst fs = require('fs');\n‹f›();\n",
        "pipeline",
        "process.title = String(1);\nconst now = Date.now();\nconst fs = require('fs');\n"
        "const { pipeline } = require('stream/promises');\nf();\n",
    ),
    "old-node": (
        "const tar = require('tar');\n‹f›();\n",
        "pipeline",
        "const tar = require('tar');\nconst { pipeline } = require('stream/promises');\nf();\n",
    ),
    "nothing-above": (
        "‹f›();\n",
        "pipeline",
        "const { pipeline } = require('node:stream/promises');\n\nf();\n",
    ),
    "hashbang": (
        "#!/usr/bin/env node\n‹f›();\n",
        "pipeline",
        "#!/usr/bin/env node\nconst { pipeline } = require('node:stream/promises');\n\nf();\n",
    ),
    "hashbang-and-directive": (
        "#!/usr/bin/env node\n'use strict'\n\n‹f›()\n",
        "pipeline",
        "#!/usr/bin/env node\n'use strict'\n\n"
        "const { pipeline } = require('node:stream/promises')\n\nf()\n",
    ),
    "licence": (
        "/*\n * Copyright (c) me\n */\n‹f›();\n",
        "pipeline",
        "/*\n * Copyright (c) me\n */\n"
        "const { pipeline } = require('node:stream/promises');\n\nf();\n",
    ),
    "leading-comment-of-file": (
        "// This file copies.\n\n// And f says so.\n‹f›();\n",
        "pipeline",
        "// This file copies.\n\nconst { pipeline } = require('node:stream/promises');\n\n"
        "// And f says so.\nf();\n",
    ),
    "comment-of-statement": (
        "/** Says so. */\n‹f›();\n",
        "pipeline",
        "const { pipeline } = require('node:stream/promises');\n\n/** Says so. */\nf();\n",
    ),
    "ts-check": (
        "// @ts-check\n/* eslint-env node */\n‹f›();\n",
        "pipeline",
        "// @ts-check\n/* eslint-env node */\n"
        "const { pipeline } = require('node:stream/promises');\n\nf();\n",
    ),
    "code-on-line-no-semicolons": (
        "const a = require('a'); ‹f›()\nconst b = 1\ng()\nh()\n",
        "pipeline",
        "const a = require('a');\nconst { pipeline } = require('node:stream/promises'); f()\n"
        "const b = 1\ng()\nh()\n",
    ),
    "never-called-by-what-follows": (
        "// one\n\n// two\n(function () {\n  ‹f›()\n})()\n",
        "pipeline",
        "// one\n\nconst { pipeline } = require('node:stream/promises');\n\n"
        "// two\n(function () {\n  f()\n})()\n",
    ),
    "asked-in-the-last-require": (
        "const a = require('a');\nconst b = require('b')(‹f›);\n",
        "pipeline",
        "const { pipeline } = require('node:stream/promises');\n\n"
        "const a = require('a');\nconst b = require('b')(f);\n",
    ),
    "comment-for-a-linter": (
        "'use client';\n/* global x */\nexport const a = ‹f›();\n",
        "pipeline",
        "'use client';\n/* global x */\nimport { pipeline } from 'node:stream/promises';\n\n"
        "export const a = f();\n",
    ),
    "in-a-wrapper": (
        "(function () {\n  ‹f›();\n})();\n",
        "pipeline",
        "const { pipeline } = require('node:stream/promises');\n\n(function () {\n  f();\n})();\n",
    ),
}

TYPESCRIPT = {
    "type-only-import-is-no-import": (
        "import type { pipeline } from 'stream/promises';\n‹f›();\n",
        "streamPipeline",
        "import type { pipeline } from 'stream/promises';\n"
        "import { pipeline as streamPipeline } from 'stream/promises';\nf();\n",
    ),
    "type-only-specifier": (
        "import { type pipeline } from 'stream/promises';\n‹f›();\n",
        "streamPipeline",
        "import { type pipeline, pipeline as streamPipeline } from 'stream/promises';\nf();\n",
    ),
    "import-require": (
        "import fs = require('fs');\n‹f›();\n",
        "pipeline",
        "import fs = require('fs');\nimport { pipeline } from 'stream/promises';\nf();\n",
    ),
    "nothing-above": (
        "‹f›();\n",
        "pipeline",
        "import { pipeline } from 'node:stream/promises';\n\nf();\n",
    ),
    "commonjs-written": (
        "const fs = require('fs');\nexport = fs;\n‹f›();\n",
        "pipeline",
        "const fs = require('fs');\nconst { pipeline } = require('stream/promises');\n"
        "export = fs;\nf();\n",
    ),
}
# fmt: on


@pytest.mark.parametrize("text", NO_PLACE.values(), ids=NO_PLACE)
def test_no_place_for_an_import(text: str) -> None:
    assert planned(text) is None


@pytest.mark.parametrize(("text", "expression"), REUSED.values(), ids=REUSED)
def test_an_import_is_used_again(text: str, expression: str) -> None:
    source, _, _ = marked(text)
    assert planned(text) == (expression, source.data.decode())


@pytest.mark.parametrize(("text", "expression", "after"), PLANS.values(), ids=PLANS)
def test_import(text: str, expression: str, after: str) -> None:
    target = Target(node_floor=15) if "require('tar')" in text else UNKNOWN
    assert planned(text, target=target) == (expression, after)


@pytest.mark.parametrize(("text", "expression", "after"), TYPESCRIPT.values(), ids=TYPESCRIPT)
def test_import_in_typescript(text: str, expression: str, after: str) -> None:
    assert planned(text, "a.ts") == (expression, after)


def test_promises_of_stream_need_node_15() -> None:
    text = "import stream from 'stream';\n‹f›();\n"
    modern = planned(text, target=Target(node_floor=18))
    assert modern is not None
    assert modern[0] == "stream.promises.pipeline"
    old = planned(text, target=Target(node_floor=14))
    assert old is not None
    assert old[0] == "pipeline"


def test_require_knows_the_scheme_since_node_16() -> None:
    text = "‹f›();\n"
    for floor, module in ((14, "stream/promises"), (16, "node:stream/promises")):
        plan = planned(text, target=Target(node_floor=floor))
        assert plan is not None
        assert plan[1].startswith(f"const {{ pipeline }} = require('{module}');\n")


def test_compiled_to_commonjs_and_written_with_import() -> None:
    plan = planned("import x from './x';\n‹f›();\n", "a.cts")
    assert plan is not None
    assert "import { pipeline } from 'node:stream/promises';" in plan[1]
    plan = planned("‹f›();\n", "a.cjs")
    assert plan is not None
    assert "require('node:stream/promises')" in plan[1]


def test_a_member_of_a_package_default_is_no_named_export() -> None:
    plan = planned("import tar from 'tar';\n‹f›();\n", module="tar", name="create")
    assert plan == (
        "create",
        "import tar from 'tar';\nimport { create } from 'tar';\nf();\n",
    )


def test_preferred_name() -> None:
    plan = planned("import 'x';\n‹f›();\n", prefer="pipe")
    assert plan == (
        "pipe",
        "import 'x';\nimport { pipeline as pipe } from 'node:stream/promises';\nf();\n",
    )


def test_the_module_itself() -> None:
    assert planned("import 'x';\n‹f›();\n", module="fs", name="") == (
        "fs",
        "import 'x';\nimport fs from 'node:fs';\nf();\n",
    )
    assert planned("‹f›();\n", module="fs", name="") == (
        "fs",
        "const fs = require('node:fs');\n\nf();\n",
    )
    assert planned("import * as files from 'fs';\n‹f›();\n", module="fs", name="") == (
        "files",
        "import * as files from 'fs';\nf();\n",
    )


def test_promises_path_is_imported_by_its_first_step() -> None:
    plan = planned("import 'fs';\n‹f›();\n", module="fs", name="promises.open")
    assert plan == (
        "promises.open",
        "import 'fs';\nimport { promises } from 'fs';\nf();\n",
    )


def test_the_second_import_finds_the_first() -> None:
    first = planned("import 'x';\n‹f›();\n")
    assert first is not None
    again = planned(first[1].replace("f()", "‹f›()"))
    assert again == first


def test_nothing_is_asked_of_an_empty_file() -> None:
    source = parse("a.js", b"")
    bindings = Bindings(source, UNKNOWN)
    assert bindings.lookup("x", source.root) is None
    assert bindings.fresh_name("x") == "x"
