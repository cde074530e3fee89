import { Transform } from 'node:stream';

export const lines = () => {
  let rest = '';
  const stage = new Transform({
    transform: (chunk, encoding, callback) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) stage.push(line);
      callback();
    },
  });
  return stage;
};
