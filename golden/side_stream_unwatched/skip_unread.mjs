import { PassThrough, Transform } from 'node:stream';

export function teed() {
  const copy = new PassThrough();
  const stage = new Transform({
    transform(chunk, encoding, callback) {
      copy.write(chunk);
      callback(null, chunk);
    },
  });
  return [stage, copy];
}
