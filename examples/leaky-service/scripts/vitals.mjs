import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const FD_DIR = '/proc/self/fd';
const created = new Set();
const watched = new Set();
const unsettled = new Set();

/**
 * Keeps an eye on every file stream opened from now on: call it before the code to be watched is
 * imported. `onStream(stream, kind)` is told of each one, `kind` being 'read' or 'write'.
 */
export function watchFileStreams(onStream = () => {}) {
  for (const [name, kind] of [
    ['createReadStream', 'read'],
    ['createWriteStream', 'write'],
  ]) {
    const original = fs[name];
    fs[name] = (...args) => {
      const stream = original.apply(fs, args);
      created.add(stream);
      stream.once('close', () => created.delete(stream));
      onStream(stream, kind);
      return stream;
    };
  }
  syncBuiltinESMExports();
}

/**
 * Files below `root` which this process holds open. Linux is asked for its file descriptors;
 * elsewhere the streams seen by `watchFileStreams` answer.
 */
export function openFiles(root) {
  const below = (file) => file.startsWith(root + path.sep);
  if (!fs.existsSync(FD_DIR)) {
    const open = [...created].filter((stream) => typeof stream.fd === 'number');
    return open.filter((stream) => below(String(stream.path))).length;
  }
  return fs.readdirSync(FD_DIR).filter((fd) => {
    try {
      return below(fs.readlinkSync(path.join(FD_DIR, fd)));
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

/** Counts what listens to `emitter`, a request, a response or a socket, until that is closed. */
export function watch(emitter) {
  watched.add(emitter);
  emitter.once('close', () => watched.delete(emitter));
}

/** Listeners on whatever is watched and not closed, file streams included. */
export function listeners() {
  let count = 0;
  for (const emitter of [...created, ...watched]) {
    for (const event of emitter.eventNames()) count += emitter.listenerCount(event);
  }
  return count;
}

/** From now on counts promises, those of Node's own modules too. */
export function watchPromises() {
  createHook({
    init(id, type) {
      if (type === 'PROMISE') unsettled.add(id);
    },
    promiseResolve: (id) => unsettled.delete(id),
  }).enable();
}

/** Promises made since `watchPromises` that nobody has resolved or rejected. */
export function pendingPromises() {
  return unsettled.size;
}

/** Timers that will fire one day. */
export function timers() {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

/** Gives `read()` once it has been the same for `quiet` ms; the latest answer after `patience` ms. */
export async function settled(read, { quiet = 300, patience = 4000 } = {}) {
  const deadline = Date.now() + patience;
  let last = await read();
  let since = Date.now();
  while (Date.now() - since < quiet && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = await read();
    if (JSON.stringify(now) !== JSON.stringify(last)) since = Date.now();
    last = now;
  }
  return last;
}
