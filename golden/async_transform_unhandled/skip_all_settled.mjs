import { Transform } from 'node:stream';
export const t = new Transform({
  async transform(chunk, enc, cb) {
    const rs = await Promise.allSettled(chunk.map(work));
    cb(null, rs);
  },
});
