import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    const p = work(chunk);
    p.then((x) => cb(null, x));
    p.catch(cb);
  },
});
