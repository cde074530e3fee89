// Producers that do not, each in another way.
import { once } from 'node:events';
import { PassThrough, Readable, Transform } from 'node:stream';

const ROWS = Array.from({ length: 60 }, (_, id) => ({ id }));

export async function ignores(sink) {
  for (const row of ROWS) sink.write(row);
}

export async function hangs(sink) {
  for (const row of ROWS) {
    if (!sink.write(row)) await once(sink, 'drain');
  }
}

export async function races(sink) {
  for (const row of ROWS) {
    if (sink.write(row)) continue;
    const controller = new AbortController();
    const { signal } = controller;
    const quiet = (error) => {
      if (error.name !== 'AbortError') throw error;
    };
    const failed = once(sink, 'error', { signal }).then(([error]) => Promise.reject(error));
    try {
      await Promise.race([once(sink, 'drain', { signal }).catch(quiet), failed.catch(quiet)]);
    } finally {
      controller.abort();
    }
  }
}

export function collects(sink) {
  return Promise.all(ROWS.map((row) => new Promise((done) => sink.write(row, done))));
}

export function stuffs() {
  const out = new PassThrough({ objectMode: true });
  for (const row of ROWS) out.write(row);
  out.end();
  return out;
}

export async function* gathers(items) {
  const all = [];
  for await (const item of items) all.push(item);
  yield* all;
}

export function leaves(items) {
  return items.pipe(
    new Transform({
      transform(line, encoding, callback) {
        callback(null, line);
      },
    }),
  );
}

export function pushes() {
  let id = 0;
  return new Readable({
    objectMode: true,
    read() {
      for (; id < 200; id += 1) this.push({ id });
      this.push(null);
    },
  });
}

export function forgets(items, sink) {
  items.on('data', (line) => {
    if (sink.write(line)) return;
    items.pause();
    sink.once('drain', () => items.resume());
  });
  items.on('end', () => sink.end());
}
