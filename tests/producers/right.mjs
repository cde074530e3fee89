// Producers that heed backpressure, each in another way.
import { Readable, Transform, pipeline } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';

const ROWS = Array.from({ length: 60 }, (_, id) => ({ id }));

const drained = (sink) =>
  new Promise((resolve) => {
    const settle = () => {
      for (const event of ['drain', 'close']) sink.off(event, settle);
      resolve(!sink.destroyed);
    };
    for (const event of ['drain', 'close']) sink.on(event, settle);
  });

export async function waits(sink) {
  for (const row of ROWS) {
    if (sink.write(row) === false && !(await drained(sink))) return;
  }
}

export async function streams(items, sink) {
  await piped(items, async function* upper(lines) {
    for await (const line of lines) yield line.toUpperCase();
  }, sink).catch((error) => {
    if (!sink.destroyed || error.code === 'ERR_STREAM_WRITE_AFTER_END') throw error;
  });
}

export function pauses(items, sink) {
  sink.once('close', () => items.destroy());
  items.on('data', (line) => {
    if (sink.write(line)) return;
    items.pause();
    sink.once('drain', () => items.resume());
  });
  items.on('end', () => sink.end());
}

export function reads() {
  let id = 0;
  return new Readable({
    objectMode: true,
    read() {
      while (id < 200 && this.push({ id }));
      if (id === 200) this.push(null);
      id += 1;
    },
  });
}

export function parses(items) {
  const parser = new Transform({
    transform(line, encoding, callback) {
      callback(null, line.toString().trim());
    },
  });
  return pipeline(items, parser, () => {});
}
