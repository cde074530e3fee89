import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    const out = chunk.toString('hex');
    if (!this.destroyed) {
      cb(null, out);
    }
  },
});
