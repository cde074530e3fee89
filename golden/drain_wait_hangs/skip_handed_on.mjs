import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const out = createWriteStream('log');

export function write(line) {
  if (!out.write(line)) return once(out, 'drain');
}
export const flushed = () => new Promise((resolve) => out.once('drain', resolve));
