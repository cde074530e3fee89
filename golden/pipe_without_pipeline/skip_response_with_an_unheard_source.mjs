import { createReadStream } from 'node:fs';

export function send(file, res) {
  return new Promise((resolve, reject) => {
    res.setHeader('content-type', 'application/octet-stream');
    res.on('close', resolve);
    res.on('error', reject);
    createReadStream(file).pipe(res);
  });
}
