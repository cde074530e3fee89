import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    for (const cb of this.listeners) {
      const v = JSON.parse(chunk);
      cb.got(v);
    }
    cb();
  },
});
