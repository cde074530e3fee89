import fs from 'node:fs';

export function decoded(file, encoding, done) {
  let wide = '';
  let text = '';
  fs.createReadStream(file).on('data', (chunk) => (wide += chunk.toString('utf16le')));
  fs.createReadStream(file)
    .on('data', (chunk) => (text += chunk.toString(encoding)))
    .on('end', () => done(text, wide));
}
