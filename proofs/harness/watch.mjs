// Sees every stream that is created, whoever creates it.
//
// Each EventEmitter passes `EventEmitter.init` in its constructor (true on Node 18 to 26, legacy
// streams included), so wrapping it once, before the subject is loaded, misses nothing and changes
// nothing: no prototype of a stream is touched.
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

const streams = new Set();
const hooks = [];
let watching = false;
let ours = 0;

const init = EventEmitter.init;
EventEmitter.init = function (...args) {
  const result = init.apply(this, args);
  if (watching && ours === 0 && isStreamLike(this) && !streams.has(this)) {
    streams.add(this);
    if (hooks.length > 0) afterConstruction(() => callHooks(this));
  }
  return result;
};

// Only the prototype is there yet while a constructor runs: reading a getter could fail.
function isStreamLike(emitter) {
  return typeof emitter.pipe === 'function' || typeof emitter.write === 'function';
}

// Inside a microtask the next microtask comes first, elsewhere the next tick does.
function afterConstruction(call) {
  let called = false;
  const once = () => {
    if (called) return;
    called = true;
    call();
  };
  queueMicrotask(once);
  process.nextTick(once);
}

function callHooks(stream) {
  for (const { predicate, call } of hooks) if (predicate(stream)) call(stream);
}

/** From now on streams are counted. Those made earlier (module scope, stdio) are not. */
export function startWatching() {
  watching = true;
}

/** Runs `make` without counting what it creates: the harness's own clients. */
export function uncounted(make) {
  ours += 1;
  try {
    return make();
  } finally {
    ours -= 1;
  }
}

/** Calls `call(stream)` for each stream made from now on that satisfies `predicate`. */
export function onStream(predicate, call) {
  hooks.push({ predicate, call });
}

// Not a leak of the subject: a server's own sockets, requests and responses live as long as the
// client and the server want (what the client got is measured apart); an agent keeps idle sockets
// on purpose; 0, 1 and 2 belong to the process.
function isPlumbing(stream) {
  if (stream instanceof http.ServerResponse) return true;
  if (/^(Http2Server|ServerHttp2)/.test(stream.constructor?.name ?? '')) return true;
  if (stream.server != null && typeof stream.remoteAddress !== 'undefined') return true;
  if (stream.server != null && stream.constructor?.name === 'Socket') return true;
  if (stream instanceof http.IncomingMessage && stream.statusCode === null) return true;
  if (typeof stream.fd === 'number' && stream.fd >= 0 && stream.fd <= 2) return true;
  return [http, https].some(({ globalAgent }) =>
    Object.values(globalAgent.freeSockets).some((idle) => idle.includes(stream)),
  );
}

/** The streams that nobody destroyed, without the plumbing of servers, agents and stdio. */
export function undestroyed() {
  return [...streams].filter((stream) => stream.destroyed === false && !isPlumbing(stream));
}

const MOVING = ['bytesRead', 'bytesWritten', 'readableLength', 'writableLength'];

/** A number that changes whenever bytes move through any watched stream. */
export function progress() {
  let sum = streams.size;
  for (const stream of streams) {
    for (const key of MOVING) {
      // A zlib stream complains when somebody looks at its `bytesRead`.
      if (key === 'bytesRead' && typeof stream._transform === 'function') continue;
      if (typeof stream[key] === 'number') sum += stream[key];
    }
  }
  return sum;
}

/** Names of what is left, for a reader: `ReadStream big.bin`, `Gzip`. */
export function describe(stream) {
  const name = stream.constructor?.name || 'stream';
  return typeof stream.path === 'string' ? `${name} ${path.basename(stream.path)}` : name;
}

/** Descriptors of this process below `directory`; null where the system does not tell. */
export function openFds(directory) {
  let names;
  try {
    names = fs.readdirSync('/proc/self/fd');
  } catch {
    return null;
  }
  return names.filter((name) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${name}`).startsWith(directory + path.sep);
    } catch {
      return false; // the descriptor of the listing itself
    }
  }).length;
}
