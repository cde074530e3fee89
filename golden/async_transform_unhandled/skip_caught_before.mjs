import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    work(chunk).catch(() => null).then((rs) => cb(null, rs));
  },
});
