// Without an argument there is no stream, and its meter says so.
import { createWriteStream } from 'node:fs';

const out = process.argv[2] ? createWriteStream(process.argv[2]) : null;
setInterval(() => console.log(out?.writableLength), 1000);

function open(path) {
  if (!path) return undefined;
  return createWriteStream(path);
}
const log = open(process.argv[3]);
setInterval(() => {
  if (log) console.log(log.writableLength);
}, 1000);
