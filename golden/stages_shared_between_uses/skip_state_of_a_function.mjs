import { createServer } from 'node:http';
import { pipeline, Transform } from 'node:stream';

let tail = '';
function next(chunk) {
  tail += chunk;
  return tail;
}
const told = new Transform({
  transform(chunk, encoding, callback) {
    callback(null, next(chunk));
  },
});

createServer((req, res) => {
  pipeline(req, told, res, () => {});
});
