import { Transform } from 'node:stream';

export const numbered = () => {
  let rest = '';
  let number = 0;
  return new Transform({
    transform(chunk, encoding, callback) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        number += 1;
        this.push(`${number} ${line}`);
      }
      callback();
    },
  });
};
