import { EventEmitter } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    if (out.write(row) === false && !(await drained(out))) break;
  }
}

// Waits for 'drain': true. False when the stream fails, ends or closes: no 'drain' comes then.
function drained(writable) {
  const waits = (drained.waits ??= new WeakMap());
  const { destroyed, errored, writableEnded, stream } = writable;
  if (destroyed || errored || writableEnded || stream?.destroyed) return Promise.resolve(false);
  const known = waits.get(writable);
  const wait = known ?? {};
  if (!known) {
    const settle = (drains) => {
      const { resolve } = wait;
      wait.promise = wait.resolve = undefined;
      resolve?.(drains);
    };
    writable.on('drain', () => settle(true));
    for (const gone of ['close', 'finish', EventEmitter.errorMonitor]) {
      writable.on(gone, () => settle(false));
    }
    waits.set(writable, wait);
  }
  return (wait.promise ??= new Promise((resolve) => {
    wait.resolve = resolve;
  }));
}
