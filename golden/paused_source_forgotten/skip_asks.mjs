import { Readable } from 'node:stream';

export function sendAll(chunks, res) {
  const source = Readable.from(chunks).on('end', () => res.end());
  function next() {
    let chunk;
    while ((chunk = source.read()) !== null) {
      if (res.destroyed) return;
      if (!res.write(chunk)) {
        res.once('drain', next);
        return;
      }
    }
  }
  source.on('readable', next);
}
