"""What an expression is, how sure that is, whose it is, and what is said for it.

A case is `// name`, or `// name: role, owner or reason`, and the code; ‹…› marks the expression
that is asked about. Refusals come first: proven must mean proven.
"""

import re

import pytest
from tests.marked import marked

from unleak_codemods.streams.evidence import Evidence, Level, evidence_of
from unleak_engine.codemod import File


def ask(text: str, path: str) -> Evidence:
    source, asked, _ = marked(text, path)
    assert len(asked) == 1
    return evidence_of(File(source), asked[0])


def cases(table: str) -> list:
    """(what is said in the head, code) of every case, with its name as its id."""
    parts = re.split(r"^// ([\w-]+)(?:: (.+))?\n", table, flags=re.MULTILINE)
    found = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
    assert len({name for name, _, _ in found}) == len(found) > 0
    return [pytest.param((said or "").split(", ", 1), code, id=name) for name, said, code in found]


NOT_PROVEN = r"""
// shadowed-module
function f(fs) { return ‹fs.createReadable(a)›; }

// class-called-readable
class Readable {}
‹new Readable()›;

// class-of-another-module
import { Readable } from './own';
‹new Readable()›;

// required-from-another
const { Readable } = require('./own');
‹new Readable()›;

// module-re-assigned
let stream = require('stream');
stream = own;
‹new stream.Readable()›;

// shadowed-class
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(Readable) { return ‹new Readable()›; }

// method-called-spawn
‹own.spawn('ls').stdout›;

// fetch-of-the-file
function fetch() {}
async () => (await fetch(a)).body;
‹fetch(a)›;

// written-to-unknown
const fs = require('fs');
let s = fs.createReadStream(a);
if (b) s = own();
‹s›.x;

// written-in-a-function
const fs = require('fs');
let s = fs.createReadStream(a);
function f() { s = own(); }
‹s›.x;

// written-by-destructuring
const fs = require('fs');
let s = fs.createReadStream(a);
({ s } = own());
‹s›.x;

// written-by-a-loop
const fs = require('fs');
let s = fs.createReadStream(a);
for (s of own) {}
‹s›.x;

// of-two-roles
const fs = require('fs');
let s = fs.createReadStream(a);
if (b) s = fs.createWriteStream(c);
‹s›.x;

// rest
const fs = require('fs');
const [...s] = [fs.createReadStream(a)];
‹s›.x;

// computed-key
const fs = require('fs');
const { [k]: s } = { s: fs.createReadStream(a) };
‹s›.x;

// default-of-a-pattern
const fs = require('fs');
const { s = own() } = { s: fs.createReadStream(a) };
‹s›.x;

// default-of-a-parameter
const fs = require('fs');
function f({ s = own() }) { ‹s›.x; }
f({ s: fs.createReadStream(a) });

// one-branch-unknown
const fs = require('fs');
‹(a ? fs.createReadStream(b) : own())›.x;

// or-unknown
const fs = require('fs');
‹(own() || fs.createReadStream(b))›.x;

// property-written-elsewhere
const fs = require('fs');
const o = { s: fs.createReadStream(a) };
o.s = own();
‹o.s›.x;

// object-handed-away
const fs = require('fs');
const o = { s: fs.createReadStream(a) };
own(o);
‹o.s›.x;

// object-with-methods
const fs = require('fs');
const o = { s: fs.createReadStream(a), f() { this.s = own(); } };
o.f();
‹o.s›.x;

// spread-behind
const fs = require('fs');
const o = { s: fs.createReadStream(a), ...own };
‹o.s›.x;

// computed-behind
const fs = require('fs');
const o = { s: fs.createReadStream(a), [k]: own };
‹o.s›.x;

// spread-before-an-element
const fs = require('fs');
const [x, s] = [...own, fs.createReadStream(a)];
‹s›.x;

// public-field
const fs = require('fs');
class A { constructor() { this.s = fs.createReadStream(a); } f() { ‹this.s›.x; } }

// field-of-two
const fs = require('fs');
class A { #s = fs.createReadStream(a); set(s) { this.#s = s; } f() { ‹this.#s›.x; } }

// this-of-anybody
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Readable {}
function f() { return ‹this›; }

// this-in-a-static-method
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Readable { static f() { return ‹this›; } }

// this-in-a-function-of-a-method
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Readable { f() { own(function () { ‹this›.x; }); } }

// self-written-again
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Readable { f() { let self = this; self = own; own(() => ‹self›.x); } }

// method-put-in-its-place
const fs = require('fs');
const store = { read: (name) => fs.createReadStream(name) };
store.read = own;
‹store.read(a)›.x;

// one-return-unknown
const fs = require('fs');
function f(a) { if (a) return own(); return fs.createReadStream(a); }
‹f(b)›;

// function-written-again
const fs = require('fs');
let f = () => fs.createReadStream(a);
f = own;
‹f()›;

// generator
const fs = require('fs');
function* f() { return fs.createReadStream(a); }
‹f()›;

// async-not-awaited
const fs = require('fs');
async function f() { return fs.createReadStream(a); }
‹f()›;

// promise-not-awaited
const { open } = require('fs/promises');
‹open(a)›.x;

// resolve-handed-away
const fs = require('fs');
const f = () => new Promise((resolve) => { own(resolve); resolve(fs.createReadStream(a)); });
async () => { ‹(await f())›.x; };

// resolves-unknown
const fs = require('fs');
const f = () => new Promise((resolve) => { if (b) resolve(own);
  resolve(fs.createReadStream(a)); });
async () => { ‹(await f())›.x; };

// caught
const fs = require('fs');
async () => { ‹(await Promise.resolve(fs.createReadStream(a)).catch(own))›.x; };

// method-of-an-extended-class
const fs = require('fs');
class A { open() { return fs.createReadStream(a); } f() { ‹this.open()›.x; } }
class B extends A { open() {} }

// one-caller-unknown
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
f(own);

// spread-caller
const fs = require('fs');
function f(s) { ‹s›.x; }
f(...own);

// spread-and-sure-caller
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
f(...own);

// exported
const fs = require('fs');
export function f(s) { ‹s›.x; }
f(fs.createReadStream(a));

// exported-later
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
export { f };

// put-on-exports
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
module.exports = { f };

// handed-away
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
own(f);

// called-by-apply
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
f.apply(null, own);

// default-unknown
const fs = require('fs');
function f(s = own()) { ‹s›.x; }
f(fs.createReadStream(a));

// rest-parameter
const fs = require('fs');
function f(...s) { ‹s›.x; }
f(fs.createReadStream(a));

// arguments-written
const fs = require('fs');
function f(s) { arguments[0] = own; ‹s›.x; }
f(fs.createReadStream(a));

// parameter-written
const fs = require('fs');
function f(s) { if (b) s = own; ‹s›.x; }
f(fs.createReadStream(a));

// public-method
const fs = require('fs');
class A { g() { this.f(fs.createReadStream(a)); } f(s) { ‹s›.x; } }

// never-called
function f(s) { ‹s›.x; }

// instanceof-then-written
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (s instanceof Readable) { s = own(); ‹s›.x; } }

// instanceof-not-around
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (s instanceof Readable) { b(); } ‹s›.x; }

// instanceof-in-the-other-branch
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (s instanceof Readable) {} else { ‹s›.x; } }

// instanceof-or
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (s instanceof Readable || b) { ‹s›.x; } }

// not-instanceof-and
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (!(s instanceof Readable) && b) return; ‹s›.x; }

// not-instanceof-goes-on
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (!(s instanceof Readable)) log(); ‹s›.x; }

// instanceof-another-readable
class Readable {}
function f(s) { if (s instanceof Readable) { ‹s›.x; } }

// instanceof-another-variable
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s, t) { if (t instanceof Readable) { ‹s›.x; } }

// looked-at-for-pipe
function f(s) { if (typeof s.pipe === 'function') { ‹s›.x; } }

// written-after-its-uses
let s = own();
s.on('finish', f);
s = other();
‹s›.x;

// papaparse-of-a-text
const Papa = require('papaparse');
‹Papa.parse(text, { header: true })›.x;

// simple-callback-by-no-name
const bl = require('bl');
‹bl(own.callback()).x›;

// axios-without-a-stream
const axios = require('axios');
async () => { ‹(await axios.get(a)).data›.x; };

// axios-with-unseen-options
const axios = require('axios');
async (o) => { ‹(await axios.get(a, o)).data›.x; };

// axios-as-json
const axios = require('axios');
async () => { ‹(await axios.get(a, { responseType: 'json' })).data›.x; };

// query-with-a-string
const { Client } = require('pg');
const c = new Client();
‹c.query('select 1')›.x;

// documented
/** @param {import('stream').Readable} s */
function f(s) { ‹s›.x; }

// web-body
async () => { ‹(await fetch(a)).body›.x; };
"""

NOT_PROVEN_TS = r"""
// type-of-another-module
import { Readable } from './own';
function f(s: Readable) { ‹s›.x; }

// interface-called-readable
interface Readable {}
function f(s: Readable) { ‹s›.x; }

// type-parameter-called-readable
import { Readable, Writable } from 'stream';
function f<Readable>(s: Readable) { ‹s›.x; }

// union-with-a-string
import { Readable, Writable } from 'stream';
function f(s: Readable | string) { ‹s›.x; }

// array-of
import { Readable, Writable } from 'stream';
function f(s: Readable[]) { ‹s›.x; }

// promise-of
import { Readable, Writable } from 'stream';
function f(s: Promise<Readable>) { ‹s›.x; }

// web-stream
function f(s: ReadableStream) { ‹s›.x; }

// cast
import { Readable, Writable } from 'stream';
‹(own() as Readable)›.x;

// cast-by-brackets
import { Readable, Writable } from 'stream';
‹(<Readable>own())›.x;

// response-of-the-web
function f(s: Response) { ‹s›.x; }

// terminal
function f(s: NodeJS.WriteStream) { ‹s›.x; }
"""

PROVEN = r"""
// fs: readable, made here
const fs = require('fs');
‹fs.createReadStream(a)›.x;

// called-without-new: duplex, made here
const { Readable, Writable, Transform, PassThrough } = require('stream');
‹PassThrough()›.x;

// listened-to: readable, made here
const fs = require('fs');
‹fs.createReadStream(a).on('error', b)›.x;

// written-twice: readable, made here
const fs = require('fs');
let s = fs.createReadStream(a);
if (b) s = fs.createReadStream(c);
‹s›.x;

// declared-before: readable, made here
const fs = require('fs');
let s;
if (b) s = fs.createReadStream(c);
else s = fs.createReadStream(d);
‹s›.x;

// null-at-first: readable, made here
const fs = require('fs');
let s = null;
s = fs.createReadStream(c);
‹s›.x;

// both-branches: readable, made here
const fs = require('fs');
‹(a ? fs.createReadStream(b) : fs.createReadStream(c))›.x;

// or-nothing: readable, made here
const fs = require('fs');
const s = a ? fs.createReadStream(b) : null;
‹s›.x;

// and: readable, made here
const fs = require('fs');
const s = a && fs.createReadStream(b);
‹s›.x;

// perhaps-process-wide: stdio, process-wide
const fs = require('fs');
const s = a ? process.stdin : process.stdin;
‹s›.x;

// object: readable, made here
const fs = require('fs');
const o = { s: fs.createReadStream(a) };
‹o.s›.x;

// out-of-an-object: readable, made here
const fs = require('fs');
const { s } = { s: fs.createReadStream(a) };
‹s›.x;

// out-of-an-array: readable, made here
const fs = require('fs');
const [s, t] = [own, fs.createReadStream(a)];
‹t›.x;

// each-of: readable, made here
const fs = require('fs');
for (const s of [fs.createReadStream(a), fs.createReadStream(b)]) ‹s›.x;

// private-field: readable, a field
const fs = require('fs');
class A { #s = fs.createReadStream(a); f() { ‹this.#s›.x; } }

// this: duplex, a field
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Transform { f() { own(() => ‹this›.x); } }

// this-by-another-name: duplex, a field
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Transform { f() { const self = this; own(function () { ‹self›.x; }); } }

// class-of-the-file: duplex, made here
const { Readable, Writable, Transform, PassThrough } = require('stream');
class A extends Transform {}
‹new A()›.x;

// class-by-inherits: duplex, made here
const { Readable, Writable, Transform, PassThrough } = require('stream');
const { inherits } = require('util');
function A() {}
inherits(A, Transform);
‹new A()›.x;

// class-that-was-compiled: duplex, made here
const { Readable, Writable, Transform, PassThrough } = require('stream');
var A = (function (_super) { __extends(A, _super); function A() {} return A; })(Transform);
‹new A()›.x;

// stdout-of-a-child: child-readable, made here
const { spawn } = require('child_process');
const c = spawn(a);
‹c.stdout›.x;

// stdio-by-number: child-readable, made here
const { spawn } = require('child_process');
const c = spawn(a);
‹c.stdio[1]›.x;

// out-of-a-child: child-writable, made here
const { spawn } = require('child_process');
const { stdin } = spawn(a);
‹stdin›.x;

// process-stdout: stdio, process-wide
‹process.stdout›.x;

// stdout-of-process: stdio, process-wide
import { stdout } from 'node:process';
‹stdout›.x;

// logger: writable, of the module
const winston = require('winston');
const log = winston.createLogger();
‹log›.x;

// function: readable, made here
const fs = require('fs');
function f() { return fs.createReadStream(a); }
‹f()›.x;

// function-that-may-return-nothing: readable, made here
const fs = require('fs');
function f() { if (b) return; return fs.createReadStream(a); }
‹f()›.x;

// async-function: readable, made here
const fs = require('fs');
const f = async () => fs.createReadStream(a);
async () => { ‹(await f())›.x; };

// awaited-into-a-variable: readable, made here
const fs = require('fs');
const f = async () => fs.createReadStream(a);
async () => { const s = await f(); ‹s›.x; };

// promise-of-the-file: readable, made here
const fs = require('fs');
const f = () => new Promise((resolve) => resolve(fs.createReadStream(a)));
async () => { ‹(await f())›.x; };

// all-of-several: readable, made here
const fs = require('fs');
const f = async () => fs.createReadStream(a);
async () => { const [x, s] = await Promise.all([own(), f()]); ‹s›.x; };

// hands-back: readable, made here
const fs = require('fs');
function heard(s) { s.on('error', b); return s; }
‹heard(fs.createReadStream(a))›.x;

// method: readable, made here
const fs = require('fs');
class A { open() { return fs.createReadStream(a); } f() { ‹this.open()›.x; } }

// method-of-an-object: readable, made here
const fs = require('fs');
const store = { read: (name) => fs.createReadStream(name) };
‹store.read(a)›.x;

// method-of-an-instance: readable, made here
const fs = require('fs');
class A { open() { return fs.createReadStream(a); } }
const store = new A();
‹store.open()›.x;

// compiled-async: readable, made here
const fs = require('fs');
function f() { return __awaiter(this, void 0, void 0, function* () {
  return fs.createReadStream(a); }); }
function g() { return __awaiter(this, void 0, void 0, function* () { const s = yield f();
  ‹s›.x; }); }

// all-callers: readable, a parameter
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
f(fs.createReadStream(b));

// caller-of-a-pattern: readable, a parameter
const fs = require('fs');
function f({ s }) { ‹s›.x; }
f({ s: fs.createReadStream(a) });

// private-method: readable, a parameter
const fs = require('fs');
class A { g() { this.#f(fs.createReadStream(a)); } #f(s) { ‹s›.x; } }

// then: readable, made here
const { open } = require('fs/promises');
open(a).then((file) => { ‹file.createReadStream()›.x; });

// busboy-file: readable, a parameter
const busboy = require('busboy');
const bb = busboy({});
bb.on('file', (name, file) => { ‹file›.x; });

// listener-by-name: readable, a parameter
const busboy = require('busboy');
const bb = busboy({});
bb.on('file', onFile);
function onFile(name, file) { ‹file›.x; }

// listener-that-is-bound: readable, a parameter
const busboy = require('busboy');
busboy({}).on('file', onFile.bind(null));
function onFile(name, file) { ‹file›.x; }

// callback-of-an-export: readable, a parameter
const yauzl = require('yauzl');
yauzl.open(a, (err, zip) => zip.openReadStream(e, (err, s) => { ‹s›.x; }));

// process-wide-argument: stdio, process-wide
function f(s) { ‹s›.x; }
f(process.stdout);

// instanceof: readable, a parameter
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (s instanceof Readable) { ‹s›.x; } }

// instanceof-and: readable, a parameter
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (b && s instanceof Readable) { ‹s›.x; } }

// instanceof-or-leave: readable, a parameter
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (!(s instanceof Readable)) return; ‹s›.x; }

// instanceof-or-throw: readable, a parameter
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (b || !(s instanceof Readable)) { throw c; } ‹s›.x; }

// instanceof-else: readable, a parameter
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { if (!(s instanceof Readable)) {} else { ‹s›.x; } }

// instanceof-short: readable, a parameter
const { Readable, Writable, Transform, PassThrough } = require('stream');
function f(s) { s instanceof Readable && ‹s›.x; }

// axios: readable, made here
const axios = require('axios');
async () => { const { data } = await axios.get(a, { responseType: 'stream' }); ‹data›.x; };

// axios-options-by-name: readable, made here
const axios = require('axios');
const o = { responseType: 'stream' };
async () => { const r = await axios(o); ‹r.data›.x; };

// axios-then: readable, a parameter
const axios = require('axios');
axios({ responseType: 'stream' }).then((r) => { ‹r.data›.x; });

// s3: readable, made here
const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client();
async () => { const { Body } = await s3.send(new GetObjectCommand(a)); ‹Body›.x; };

// node-fetch: readable, made here
import fetch from 'node-fetch';
async () => { const res = await fetch(a); ‹res.body›.x; };

// self-chain: duplex, made here
const sharp = require('sharp');
‹sharp(a).resize(1).webp()›.x;

// cursor: readable, made here
const { MongoClient } = require('mongodb');
const db = new MongoClient(a).db();
‹db.collection(b).find().sort(c).stream()›.x;

// query-that-is-a-stream: readable, made here
const { Client } = require('pg');
const Query = require('pg-query-stream');
const c = new Client();
‹c.query(new Query(a))›.x;

// collector: writable, made here
const bl = require('bl');
‹bl((err, body) => own(body))›.x;

// collector-that-is-read: duplex, made here
const bl = require('bl');
‹bl()›.x;

// input-of-papaparse: duplex, made here
const Papa = require('papaparse');
‹Papa.parse(Papa.NODE_STREAM_INPUT, { header: true })›.x;

// module-with-a-suffix: duplex, made here
import StreamArray from 'stream-json/streamers/StreamArray.js';
‹StreamArray.withParser()›.x;

// made-in-an-inner-function: writable, made here
const fs = require('fs');
const open = (name) => new Promise((resolve) => {
  const out = fs.createWriteStream(name);
  out.on('open', () => resolve(out));
});
async () => { ‹(await open(a))›.x; };

// of-the-module: writable, of the module
const fs = require('fs');
const log = fs.createWriteStream(a);
const current = () => log;
function f() { ‹current()›.x; }

// lazily-imported: readable, made here
function _fs() { const data = require('fs'); _fs = function () { return data; }; return data; }
‹_fs().createReadStream(a)›.x;

// last-of-a-pipeline: duplex, made here
const fs = require('fs');
const { pipeline, PassThrough } = require('stream');
‹pipeline(fs.createReadStream(a), new PassThrough(), done)›.x;

// last-of-a-pump: writable, made here
const fs = require('fs');
const pump = require('pump');
‹pump(fs.createReadStream(a), fs.createWriteStream(b))›.x;
"""

PROVEN_TS = r"""
// parameter: readable, a parameter
import { Readable, Writable } from 'stream';
function f(s: Readable) { ‹s›.x; }

// global-type: readable, a parameter
function f(s: NodeJS.ReadableStream) { ‹s›.x; }

// namespace: writable, a parameter
import * as stream from 'node:stream';
function f(s: stream.Writable) { ‹s›.x; }

// renamed: readable, a parameter
import type { Readable as R } from 'stream';
function f(s: R) { ‹s›.x; }

// or-nothing: readable, a parameter
import { Readable, Writable } from 'stream';
function f(s: Readable | null | undefined) { ‹s›.x; }

// variable: readable, made here
import { Readable, Writable } from 'stream';
const s: Readable = own();
‹s›.x;

// awaited: readable, a parameter
import { Readable, Writable } from 'stream';
async (p: Promise<Readable>) => { ‹(await p)›.x; };

// return-type: readable, made here
import { Readable, Writable } from 'stream';
declare const own: any;
function f(): Readable { return own(); }
‹f()›.x;

// promised-return-type: readable, made here
import { Readable, Writable } from 'stream';
async function f(): Promise<Readable> { return own(); }
async () => { ‹(await f())›.x; };

// alias: readable, a parameter
import { Readable, Writable } from 'stream';
type In = Readable | NodeJS.ReadableStream;
function f(s: In) { ‹s›.x; }

// interface: readable, a parameter
import { Readable, Writable } from 'stream';
interface Options { input: Readable }
function f(o: Options) { ‹o.input›.x; }

// pattern: readable, a parameter
import { Readable, Writable } from 'stream';
interface Options { input: Readable }
function f({ input }: Options) { ‹input›.x; }

// inline-pattern: readable, a parameter
import { Readable, Writable } from 'stream';
function f({ input }: { input: Readable }) { ‹input›.x; }

// method-of-an-interface: readable, made here
import { Readable, Writable } from 'stream';
interface Store { open(name: string): Readable }
function f(store: Store) { ‹store.open(a)›.x; }

// bound-type-parameter: readable, a parameter
import { Readable, Writable } from 'stream';
function f<S extends Readable>(s: S) { ‹s›.x; }

// own-class: writable, a parameter
import { Readable, Writable } from 'stream';
class Upper extends Writable {}
function f(s: Upper) { ‹s›.x; }

// private-field: writable, a field
import { Readable, Writable } from 'stream';
class A { private out: Writable; f() { ‹this.out›.x; } }

// parameter-property: readable, a field
import { Readable, Writable } from 'stream';
class A { constructor(private readonly s: Readable) {} f() { ‹this.s›.x; } }

// known-shape: readable, made here
import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
async (s3: S3Client) => { const { Body } = await s3.send(new GetObjectCommand(a)); ‹Body›.x; };

// cast-of-what-is-known: readable, made here
const fs = require('fs');
import { Writable } from 'stream';
‹(fs.createReadStream(a) as unknown as Writable)›.x;
"""

LIKELY = r"""
// documented: readable, documented as
/** @param {import('stream').Readable} s */
function f(s) { ‹s›.x; }

// documented-by-name: writable, documented as
const stream = require('stream');
/**
 * @param {stream.Writable} s
 */
const f = (s) => { ‹s›.x; };

// documented-return: readable, documented as
/** @returns {Promise<import('stream').Readable>} */
function f() { return own(); }
async () => { ‹(await f())›.x; };

// documented-variable: readable, documented as
/** @type {import('stream').Readable} */
let s = own();
‹s›.x;

// read-by-hand: readable, what one uses of
const s = own();
s.read(5);
‹s›.x;

// heard-for-readable: readable, 'readable'
const s = own();
s.on('readable', f);
‹s›.x;

// heard-for-finish: writable, 'finish', which a writable emits
const s = own();
s.on('finish', f);
‹s›.x;

// unpiped: readable, unpipe
function f(s) { s.unpipe(); ‹s›.x; }

// looked-at-for-pipe: readable, holds here (line 1)
function f(s) { if (s && typeof s.pipe === 'function') { ‹s›.x; } }

// is-stream: readable, isReadableStream(s)
function f(s) { if (!isReadableStream(s)) return; ‹s›.x; }

// one-branch: readable, createReadStream(b)
const fs = require('fs');
‹(a ? fs.createReadStream(b) : own())›.x;

// one-caller: readable, the 1st parameter of `f`, called at line 3 with `fs.createReadStream(a)`
const fs = require('fs');
function f(s) { ‹s›.x; }
f(fs.createReadStream(a));
f(own);

// public-field: readable, `this.s` is a field
const fs = require('fs');
class A { constructor() { this.s = fs.createReadStream(a); } f() { ‹this.s›.x; } }

// old-constructor: readable, `this.s` is a field
const fs = require('fs');
function A() { this.s = fs.createReadStream(a); }
A.prototype.f = function () { ‹this.s›.x; };

// stage-by-stage: readable, written 2 times
const fs = require('fs');
const { Readable, Writable, Transform, PassThrough } = require('stream');
let s = fs.createReadStream(a);
if (b) s = s.pipe(new PassThrough());
‹s›.x;
"""


@pytest.mark.parametrize(("said", "code"), cases(NOT_PROVEN))
def test_it_is_not_proven(said: list[str], code: str) -> None:
    assert ask(code, "a.js").level < Level.PROVEN


@pytest.mark.parametrize(("said", "code"), cases(NOT_PROVEN_TS))
def test_a_type_does_not_prove_it(said: list[str], code: str) -> None:
    assert ask(code, "a.ts").level < Level.PROVEN


@pytest.mark.parametrize(("said", "code"), cases(PROVEN))
def test_it_is_proven(said: list[str], code: str) -> None:
    found = ask(code, "a.js")
    assert (found.level, [found.role, found.owner]) == (Level.PROVEN, said)
    assert found.reasons


@pytest.mark.parametrize(("said", "code"), cases(PROVEN_TS))
def test_a_type_proves_it(said: list[str], code: str) -> None:
    found = ask(code, "a.ts")
    assert (found.level, [found.role, found.owner]) == (Level.PROVEN, said)
    assert found.reasons


@pytest.mark.parametrize(("said", "code"), cases(LIKELY))
def test_it_is_likely(said: list[str], code: str) -> None:
    found = ask(code, "a.js")
    assert (found.level, found.role) == (Level.LIKELY, said[0])
    assert any(said[1] in reason for reason in found.reasons), found.reasons
