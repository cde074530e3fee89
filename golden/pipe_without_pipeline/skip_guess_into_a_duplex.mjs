import { PassThrough } from 'node:stream';

export const collect = (terminal) => new Promise((resolve, reject) => {
  const text = new PassThrough();
  terminal.onError(reject);
  terminal.createOutput().pipe(text);
  text.once('data', resolve);
});
