import fs from 'node:fs';

export function encoded(file, done) {
  let text = '';
  fs.createReadStream(file)
    .on('data', (chunk) => (text += chunk.toString('base64')))
    .on('end', () => done(text));
}
