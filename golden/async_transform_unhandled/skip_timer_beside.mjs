import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    const timer = setTimeout(() => cb(new Error('timeout')), 1000);
    work(chunk).then((x) => { clearTimeout(timer); cb(null, x); });
  },
});
