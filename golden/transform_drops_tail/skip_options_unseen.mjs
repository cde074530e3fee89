import { Transform } from 'node:stream';

export const lines = (options) => {
  let rest = '';
  return new Transform({
    ...options,
    transform(chunk, encoding, callback) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) this.push(line);
      callback();
    },
  });
};
