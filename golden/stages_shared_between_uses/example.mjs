import { createServer } from 'node:http';
import { Transform, pipeline } from 'node:stream';

const loud = new Transform({
  transform(chunk, encoding, callback) {
    callback(null, chunk.toString('latin1').toUpperCase());
  },
});

export const server = createServer((req, res) => {
  pipeline(req, loud, res, (err) => {
    if (err) console.error(err.code);
  });
});
