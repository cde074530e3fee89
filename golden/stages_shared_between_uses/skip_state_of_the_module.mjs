import { createServer } from 'node:http';
import { Transform, pipeline } from 'node:stream';

let tail = '';
const lines = new Transform({
  transform(chunk, encoding, callback) {
    const parts = (tail + chunk).split('\n');
    tail = parts.pop();
    callback(null, parts.join('|'));
  },
  flush(callback) {
    callback(null, tail);
  },
});

export const server = createServer((req, res) => {
  pipeline(req, lines, res, () => {});
});
