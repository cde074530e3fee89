import { createReadStream } from 'node:fs';

export function send(file, res) {
  return new Promise((resolve, reject) => {
    res.setHeader('content-type', 'application/octet-stream');
    const source = createReadStream(file);
    source.on('error', reject);
    res.on('finish', resolve);
    source.pipe(res);
  });
}
