import fs from 'node:fs';
import zlib from 'node:zlib';

export function unpacked(file, done) {
  let text = '';
  fs.createReadStream(file)
    .pipe(zlib.createGunzip())
    .on('data', (chunk) => {
      text = text + String(chunk);
    })
    .on('end', () => done(text));
}
