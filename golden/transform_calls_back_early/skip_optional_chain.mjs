import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    lookup(chunk)?.then((x) => this.push(x));
    cb();
  },
});
