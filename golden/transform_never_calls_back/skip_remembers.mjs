import { Writable } from 'node:stream';
export const first = (s) => new Promise((resolve, reject) => {
  let found;
  const w = new Writable({
    write(chunk, enc, cb) {
      if (chunk.includes('x')) { found = chunk; return; }
      cb();
    },
  });
  s.pipe(w);
  setTimeout(() => resolve(found), 100);
});
