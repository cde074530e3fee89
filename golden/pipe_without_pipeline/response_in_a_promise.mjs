import { createReadStream } from 'node:fs';

export function send(file, res) {
  return new Promise((resolve, reject) => {
    res.setHeader('content-type', 'application/octet-stream');
    const source = createReadStream(file);
    source.on('error', (err) => {
      res.destroy();
      reject(err);
    });
    res.on('close', resolve);
    source.pipe(res);
  });
}
