import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    work(chunk).then((x) => this.push(x.body)).catch((e) => cb(e));
    cb();
  },
});
