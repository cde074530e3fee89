// What a helper says in every way a wait for 'drain' can go. Prints one JSON object.
//
//   node drained.mjs <the module that exports the helpers> <drainedStrict or drained>
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { addAbortSignal, PassThrough, Stream, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createGzip } from 'node:zlib';

const helpers = await import(pathToFileURL(process.argv[2]));
const ask = helpers[process.argv[3]];
const quiet = process.argv[3] === 'drained'; // says false where the other rejects

const LIMIT = 5000; // ms after which a wait that should end is said to hang
const TURNS = 50; // after which a wait that cannot end is believed
const big = Buffer.alloc(1 << 20);
const boom = () => Object.assign(new Error('boom'), { code: 'E_BOOM' });
const turn = () => new Promise(setImmediate);
const turns = async (count) => { for (let i = 0; i < count; i += 1) await turn(); };
const seen = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));

/** A writable that is full and holds its write until `go(error)` is called. */
function full(options) {
  const sink = new Writable({
    highWaterMark: 1,
    ...options,
    write(chunk, encoding, callback) {
      sink.go = callback;
    },
  });
  sink.write('chunk');
  return sink;
}

function legacy() {
  const stream = new Stream();
  stream.writable = true;
  stream.write = () => false;
  stream.end = () => {};
  return stream;
}

/** A server's response whose client takes the head and then reads nothing. */
async function response(t) {
  const server = http.createServer();
  t.after(() => server.close());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('error', () => {});
  t.after(() => client.destroy());
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  const [, res] = await new Promise((resolve) => {
    server.once('request', (...args) => resolve(args));
  });
  return { client, res };
}

/** Two ends of one connection; nothing is read. */
async function connection(t) {
  const server = net.createServer({ pauseOnConnect: true });
  t.after(() => server.close());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const near = net.connect(server.address().port, '127.0.0.1');
  const far = await seen(server, 'connection');
  far.on('error', () => {});
  t.after(() => (near.destroy(), far.destroy()));
  return { near, far };
}

/** Writes until what lies between is full too, not just the stream's own buffer. */
async function fill(stream) {
  for (;;) {
    while (stream.write(big));
    const length = stream.writableLength;
    await turn();
    await turn();
    if (stream.writableLength === length) return stream;
  }
}

// name: [what to expect, (t) => the stream, what happens to it during the wait]
const ROWS = {
  drain: [true, () => full(), (w) => w.go()],
  'an error': ['E_BOOM', () => full(), (w) => w.destroy(boom())],
  'an error that others hear, too': ['E_BOOM', () => full().on('error', () => {}), (w) => w.destroy(boom())],
  'the write fails': ['E_BOOM', () => full(), (w) => w.go(boom())],
  'destroy() without an error': [false, () => full(), (w) => w.destroy()],
  'destroyed before, still to close': [false, () => { const w = full(); w.destroy(); return w; }],
  'closed before': [false, async () => { const w = full(); w.destroy(); await seen(w, 'close'); return w; }],
  'failed and closed before': ['E_BOOM', async () => {
    const w = full();
    w.once('error', () => {});
    w.destroy(boom());
    await seen(w, 'close');
    return w;
  }],
  'end() during the wait': [false, () => full(), (w) => { w.end(); w.go(); }],
  'ended before': [false, () => { const w = full(); w.end(); return w; }, (w) => w.go()],
  'finished before': [false, async () => { 
    const w = full();
    const done = seen(w, 'finish');
    w.end();
    w.go();
    await done;
    return w;
  }],
  'a signal aborts the stream': ['ABORT_ERR', () => {
    const control = new AbortController();
    return Object.assign(addAbortSignal(control.signal, full()), { control });
  }, (w) => w.control.abort()],
  'autoDestroy: false, end()': [false, () => full({ autoDestroy: false }), (w) => { w.end(); w.go(); }],
  'autoDestroy: false, an error': ['E_BOOM', () => full({ autoDestroy: false }), (w) => w.emit('error', boom())],
  'emitClose: false, destroy()': ['pending', () => full({ emitClose: false }), (w) => w.destroy()],
  'a transform whose reader comes': [true, () => { const t = new PassThrough(); t.write(big); return t; }, (t) => t.resume()],
  'a gzip that is destroyed': [false, () => { const gzip = createGzip(); gzip.write(big); return gzip; }, (gzip) => gzip.destroy()],
  'an old stream drains': [true, legacy, (w) => w.emit('drain')],
  'an old stream closes': [false, legacy, (w) => { w.writable = false; w.emit('close'); }],
  'an old stream fails': ['E_BOOM', () => legacy().on('error', () => {}), (w) => w.emit('error', boom())],
  'a file that is destroyed': [false, async (t) => {
    const name = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'drained-')), 'file');
    t.after(() => fs.rmSync(path.dirname(name), { recursive: true }));
    const file = fs.createWriteStream(name);
    file.once('open', () => file.destroy());
    file.write(big);
    return file;
  }],
  'a socket whose peer resets': ['ECONNRESET', async (t) => {
    const { near, far } = await connection(t);
    return Object.assign(await fill(near), { far });
  }, (socket) => socket.far.resetAndDestroy()],
  'a response whose client reads on': [true, async (t) => {
    const { res, client } = await response(t);
    return Object.assign(await fill(res), { client });
  }, (res) => res.client.resume()],
  'a response whose client leaves': [false, async (t) => {
    const { res, client } = await response(t);
    return Object.assign(await fill(res), { client });
  }, (res) => res.client.destroy()],
  'a response whose client left': [false, async (t) => {
    const { res, client } = await response(t);
    client.destroy();
    await seen(res, 'close');
    res.write(big);
    return res;
  }],
  'a child that reads': [true, (t) => child(t, 'process.stdin.resume()')],
  'a child that is gone': [false, async (t) => {
    const stdin = child(t, '');
    stdin.on('error', () => {});
    await seen(stdin, 'close');
    return stdin;
  }, undefined, ['EPIPE', 'ECONNRESET']],
};

function child(t, program) {
  const { stdin, ...rest } = spawn(process.execPath, ['-e', program], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  t.after(() => rest.kill?.());
  stdin.write(big);
  return stdin;
}

const counts = (stream) =>
  Object.fromEntries(stream.eventNames().map((name) => [String(name), stream.listenerCount(name)]));

async function told(wait, pending) {
    const outcome = wait.then((value) => value, (error) => error.code);
  if (pending) return Promise.race([outcome, turns(TURNS).then(() => 'pending')]);
  let timer;
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, LIMIT, 'hangs')));
  return Promise.race([outcome, limit]).finally(() => clearTimeout(timer));
}

const warnings = [];
process.on('warning', ({ name }) => warnings.push(name));
const stray = [];
process.on('unhandledRejection', (error) => stray.push(String(error)));
process.on('uncaughtException', (error) => stray.push(String(error)));

const report = { rows: {}, warnings, stray };
for (const [name, [expected, make, during, also = []]] of Object.entries(ROWS)) {
  const cleanups = [];
  const stream = await make({ after: (call) => cleanups.push(call) });
  if (quiet) stream.on('error', () => {});
  const before = counts(stream);
  const wait = ask(stream);
  during?.(stream);
  const got = await told(wait, expected === 'pending');
  const left = Object.entries(counts(stream)).filter(([event, n]) => n > (before[event] ?? 0));
  const said = [expected, ...also].map((one) => (quiet && one !== 'pending' ? one === true : one));
  report.rows[name] = { expected: said, got, left: expected === 'pending' ? [] : left };
  stream.on('error', () => {});
  stream.destroy?.();
  for (const call of cleanups) call();
}

// Twelve wait for one stream, then one waits two thousand times.
const sink = full();
const bare = counts(sink);
const waits = Array.from({ length: 12 }, () => ask(sink));
report.shared = counts(sink).drain;
sink.go();
report.twelve = await Promise.all(waits);
let drained = 0;
for (let i = 0; i < 2000; i += 1) {
  sink.write('chunk');
  setImmediate(() => sink.go());
  if (await ask(sink)) drained += 1;
}
report.often = drained;
report.left = Object.entries(counts(sink)).filter(([event, n]) => n > (bare[event] ?? 0));

// Who asks again at once, in a 'drain' listener of their own, waits for the next one.
sink.write('chunk');
let second;
const first = ask(sink);
sink.once('drain', () => {
  sink.write('chunk');
  second = ask(sink);
});
sink.go();
report.first = await first;
report.next = second === first ? 'the same' : await told(second, true);

await turn();
process.stdout.write(JSON.stringify(report), () => process.exit());
