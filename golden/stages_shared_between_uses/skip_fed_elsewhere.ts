import { createServer } from 'node:http';
import { Transform, pipeline } from 'node:stream';

class Lines extends Transform {}

const lines = new Lines();
const words = new Transform({});
export type Words = typeof words;

createServer((req, res) => {
  if (req.method === 'PUT') req.pipe(lines);
  pipeline(req, words, res, () => {});
});

createServer((req, res) => {
  req.pipe(lines).pipe(res);
});
