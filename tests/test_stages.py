"""Which stages a file writes, how they are made, and which functions Node calls on them.

A case is `// name: what is said`, and the code. Said are the stages in text order, divided by `;`:
form and base, `made` with a number where every place is seen, and the hooks with their callback.
"""

import re

import pytest

from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.stages import Stage, hook_around, hook_of, stages_in
from unleak_engine.codemod import File
from unleak_engine.source import parse


def asked(text: str, path: str = "a.js") -> File:
    return File(parse(path, text.encode()))


def said(stage: Stage) -> str:
    made = "" if stage.made is None else f" made {len(stage.made)}"
    hooks = "".join(f" {shown(hook)}" for hook in stage.hooks)
    above = "".join(f" ^{shown(hook)}" for hook in stage.inherited)
    return f"{stage.form} {stage.base}".rstrip() + made + hooks + above


def shown(hook: Hook) -> str:
    marks = ("" if hook.owns_this else "=>") + ("*" if hook.shared else "")
    return f"{hook.name}{marks}({hook.callback})"


def cases(table: str) -> list:
    parts = re.split(r"^// ([\w.-]+)(?:: (.+))?\n", table, flags=re.MULTILINE)
    found = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
    assert len({name for name, _, _ in found}) == len(found) > 0
    return [pytest.param(name, expected or "", code, id=name) for name, expected, code in found]


NONE = r"""
// own-class-of-that-name.js
class Transform {}
class Lines extends Transform { _transform(chunk, enc, cb) { cb(); } }

// babel-transform.js
import { transform } from '@babel/core';
export const run = { transform(code, options, cb) { cb(); } };

// web-stream.js
new TransformStream({ transform(chunk, controller) { controller.enqueue(chunk); } });

// other-module.js
import { Transform } from 'three';
new Transform({ transform(chunk, enc, cb) { cb(); } });

// streamx.js
import { Transform } from 'streamx';
class Lines extends Transform { _transform(data, cb) { cb(); } }

// shadowed.js
import { Transform } from 'node:stream';
function f(Transform) { return new Transform({ transform(chunk, enc, cb) { cb(); } }); }

// prototype-of-no-stream.js
function Lines() {}
Lines.prototype._transform = function (chunk, enc, cb) { cb(); };

// either-of-two.cjs
var Stream = require('stream');
if (old) Stream = require('./own');
var lines = new Stream.Transform();
lines._transform = function (chunk, enc, cb) { cb(); };

// type-only.ts
import type { Transform } from 'node:stream';
export function f(t: Transform) { return t; }
"""


@pytest.mark.parametrize(("name", "expected", "code"), cases(NONE))
def test_what_is_no_stage(name: str, expected: str, code: str) -> None:
    assert not expected

    assert stages_in(asked(code, name)) == ()


FOUND = r"""
// class.mjs: class Transform made 1 transform(cb) flush(done)
import { Transform } from 'node:stream';
class Lines extends Transform {
  _transform(chunk, enc, cb) { cb(); }
  _flush(done) { done(); }
  transform(chunk) { return chunk; }
  static _final(cb) { cb(); }
}
new Lines();

// exported-class.mjs: class Transform transform(cb)
import { Transform } from 'node:stream';
export class Lines extends Transform { _transform(chunk, enc, cb) { cb(); } }

// default-export.mjs: class Duplex write(cb)
import { Duplex } from 'readable-stream';
export default class extends Duplex { _write(chunk, enc, cb) { cb(); } }

// member-and-exports.cjs: class Writable write(cb) final(cb)
const stream = require('stream');
module.exports = class Log extends stream.Writable {
  _write(chunk, encoding, cb) { cb(); }
  _final(cb) { cb(); }
};

// required-member.cjs: class Transform transform(cb)
const Base = require('stream').Transform;
class Lines extends Base { _transform(chunk, enc, cb) { cb(); } }
module.exports = { Lines };

// stream-as-class.cjs: class Transform made 0 transform(cb)
const { Transform: T } = require('readable-stream');
const Lines = class extends T { _transform(chunk, enc, cb) { cb(); } };

// short-path.cjs: class Transform made 0 transform(cb)
const Transform = require('readable-stream/transform');
class Lines extends Transform { _transform(chunk, enc, cb) { cb(); } }

// two.mjs: class Transform made 0 transform(cb); class Transform made 1 flush(cb) ^transform(cb)
import { Transform } from 'node:stream';
class Base extends Transform { _transform(chunk, enc, cb) { cb(); } }
class Lines extends Base { _flush(cb) { cb(); } }
new Lines();

// typescript.ts: class Transform transform(callback) destroy(callback)
import { Transform, type TransformCallback } from 'node:stream';
export class Lines extends Transform {
  private rest: string = '';
  public override _transform(chunk: Buffer, _: BufferEncoding, callback: TransformCallback): void {
    callback();
  }
  _destroy(error: Error | null, callback: (error?: Error | null) => void): void { callback(error); }
}

// field-arrow.ts: class Transform made 0 transform=>(cb)
import { Transform } from 'stream';
class Lines extends Transform { _transform = (c: any, enc: string, cb: () => void) => { cb(); }; }

// options.mjs: options Transform made 1 transform(cb) flush(cb)
import { Transform } from 'node:stream';
const lines = new Transform({ transform(chunk, enc, cb) { cb(); }, flush(cb) { cb(); } });

// options-forms.mjs: options Duplex made 1 write=>(done) final(cb) destroy*(cb)
import stream from 'node:stream';
function destroy(err, cb) { cb(err); }
new stream.Duplex({ write: (chunk, _, done) => done(), final: function (cb) { cb(); }, destroy });

// options-in-a-variable.mjs: options Transform made 1 transform(cb)
import { Transform } from 'node:stream';
const options = { transform(chunk, enc, cb) { cb(); } };
const lines = new Transform(options);

// callable.cjs: options Transform made 1 transform(cb)
const { Transform } = require('stream');
module.exports = () => Transform({ transform(chunk, enc, cb) { cb(); } });

// put-on.cjs: assigned Transform made 1 transform(next) flush(cb)
const { Transform } = require('stream');
const lines = new Transform();
lines._transform = function (chunk, enc, next) { next(); };
lines._flush = function (cb) { cb(); };
lines.transform = function () {};

// put-on-with-options.cjs: options Transform made 1 transform(next)
const { Transform } = require('stream');
const lines = new Transform({ objectMode: true, transform(chunk, enc, cb) {} });
lines._transform = function (chunk, enc, next) { next(); };

// inherits.cjs: function Transform made 1 transform(cb) flush(cb)
const { Transform } = require('stream');
const util = require('util');
function Lines() { Transform.call(this); }
util.inherits(Lines, Transform);
Lines.prototype._transform = function (chunk, enc, cb) { cb(); };
Lines.prototype._flush = function (cb) { cb(); };
Lines.prototype.other = function (cb) { cb(); };
const lines = new Lines();

// object-create.cjs: function Transform transform(cb)
var Transform = require('stream').Transform;
var Lines = function () { Transform.call(this); };
Lines.prototype = Object.create(Transform.prototype, { constructor: { value: Lines } });
Lines.prototype._transform = function (chunk, enc, cb) { cb(); };
module.exports = Lines;

// through.cjs: through2 Transform made 1 transform(cb) flush(cb)
const through = require('through2');
module.exports = () => through(function (chunk, enc, cb) { cb(); }, function (cb) { cb(); });

// through-obj.mjs: through2 Transform made 1 transform=>(cb)
import through2 from 'through2';
export default () => through2.obj((chunk, enc, cb) => { cb(); });

// through-options.mjs: through2 Transform made 1 transform*(cb)
import through2 from 'through2';
function transform(chunk, enc, cb) { cb(); }
export default () => through2({ objectMode: true }, transform);

// through-ctor.cjs: through2 Transform made 1 transform(cb)
var Lines = require('through2').ctor(function (chunk, enc, cb) { cb(); });

// through-end-only.cjs: through2 Transform made 1 flush(cb)
module.exports = require('through2')(null, function (cb) { cb(); });

// either-module.cjs: function Transform made 1 transform(cb)
var Transform = require('stream').Transform;
if (!Transform) Transform = require('readable-stream/transform');
function Meter() { if (!(this instanceof Meter)) return new Meter(); Transform.call(this); }
require('util').inherits(Meter, Transform);
Meter.prototype._transform = function (chunk, enc, cb) { cb(); };

// either-namespace.cjs: assigned Transform made 1 transform(cb)
var Stream = require('stream');
if (!Stream.Writable) Stream = require('readable-stream');
var lines = Stream.Transform().on('finish', done).on('error', done);
lines._transform = function (chunk, enc, cb) { cb(); };

// exported-function.cjs: function Transform transform(cb)
var Transform = require('readable-stream').Transform;
var Lines = module.exports = function (options) { Transform.call(this, options); };
inherits(Lines, Transform);
Lines.prototype._transform = function (chunk, enc, cb) { cb(); };

// hooks-of-another-base.mjs: class Readable made 0 destroy(cb)
import { Readable } from 'node:stream';
class Doc extends Readable { _write(chunk, enc, cb) { cb(); } _destroy(err, cb) { cb(err); } }

// more-than-node-gives.mjs: options Writable made 1
import { Writable } from 'node:stream';
new Writable({ writev(chunks, enc, cb) { cb(); } });

// callback-not-named.mjs: options Transform made 1 transform(None)
import { Transform } from 'node:stream';
new Transform({ transform(chunk, ...rest) { rest[1](); } });

// async.mjs: options Transform made 1 transform(cb)
import { Transform } from 'node:stream';
new Transform({ async transform(chunk, enc, cb) { cb(null, await chunk); } });
"""


@pytest.mark.parametrize(("name", "expected", "code"), cases(FOUND))
def test_a_stage(name: str, expected: str, code: str) -> None:
    assert "; ".join(said(stage) for stage in stages_in(asked(code, name))) == expected


CHOICES = r"""
// nothing: False False True
new Transform({ transform(chunk, enc, cb) { cb(); } });

// both: True True True
new Transform({ objectMode: true, transform(chunk, enc, cb) { cb(); } });

// readable-side: False True True
new Transform({ readableObjectMode: true, transform(chunk, enc, cb) { cb(); } });

// strings: False False False
new Transform({ decodeStrings: false, transform(chunk, enc, cb) { cb(); } });

// computed: None None True
new Transform({ objectMode: mode, transform(chunk, enc, cb) { cb(); } });

// spread: None None None
new Transform({ ...options, transform(chunk, enc, cb) { cb(); } });

// spread-and-said: True True None
new Transform({ ...options, objectMode: true, transform(chunk, enc, cb) { cb(); } });

// by-super: True True True
class A extends Transform { constructor() { super({ objectMode: true }); } }

// super-with-what-is-handed-in: None None None
class A extends Transform { constructor(options) { super(options); } }

// super-spread: None True None
class A extends Transform {
  constructor(o) { super({ ...o, writableObjectMode: false, readableObjectMode: true }); }
}

// by-the-one-maker: True True True
class A extends Transform { _transform(chunk, enc, cb) { cb(); } }
new A({ objectMode: true });

// by-anybody: None None None
export class A extends Transform { _transform(chunk, enc, cb) { cb(); } }
"""


@pytest.mark.parametrize(("name", "expected", "code"), cases(CHOICES))
def test_options(name: str, expected: str, code: str) -> None:
    (stage,) = stages_in(
        asked(f"import {{ Transform }} from 'node:stream';\n{code}", f"{name}.mjs")
    )
    found = stage.choices

    shown = f"{found.writes_objects} {found.reads_objects} {found.decodes_strings}"
    assert shown == expected


def test_a_place_in_a_callback_of_a_hook() -> None:
    text = """
import { Transform } from 'node:stream';
new Transform({ transform(chunk, enc, cb) { work(chunk, () => { cb(); }); } });
function work(chunk, done) { done(); }
"""
    file = asked(text, "a.mjs")
    inner = file.source.root.descendant_for_byte_range(at := text.index("cb();"), at + 2)
    outer = file.source.root.descendant_for_byte_range(at := text.index("done();"), at + 4)
    assert inner is not None
    assert outer is not None

    found = hook_around(file, inner)
    assert found is not None
    assert found[1].name == "transform"
    assert hook_around(file, outer) is None


def test_the_hooks_of_a_stage_by_name() -> None:
    text = """
import { Transform } from 'node:stream';
class A extends Transform { _transform(chunk, enc, cb) { cb(); } _flush(cb) { cb(); } }
class B extends A { _flush(done) { done(); } }
"""
    file = asked(text, "a.mjs")
    above, below = stages_in(file)
    flush = below.hook("flush")
    transform = below.hook("transform")

    assert above.extended
    assert not below.extended
    assert flush is not None
    assert flush.callback == "done"
    assert transform is not None
    assert transform == above.hook("transform")
    assert hook_of(file, transform.function) == (above, transform)
