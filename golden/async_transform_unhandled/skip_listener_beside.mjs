import { Transform } from 'node:stream';
export const t = new Transform({
  transform(chunk, enc, cb) {
    this.worker.once('error', cb);
    this.worker.run(chunk).then((x) => { this.worker.off('error', cb); cb(null, x); });
  },
});
