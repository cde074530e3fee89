import { Transform } from 'node:stream';

export const lines = (last) => {
  let rest = '';
  const stage = new Transform({
    transform(chunk, encoding, callback) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) this.push(line);
      callback();
    },
  });
  stage.on('finish', () => last(rest));
  return stage;
};
