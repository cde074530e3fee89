import { createReadStream } from 'node:fs';

export const send = (path, count) => (req, res) => {
  const file = createReadStream(path);
  file.on('data', (chunk) => {
    count(chunk.length);
    if (!res.write(chunk)) {
      file.pause();
      res.once('drain', () => file.resume());
    }
  });
  file.on('end', () => res.end());
};
