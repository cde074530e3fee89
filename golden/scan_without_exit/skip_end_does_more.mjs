import fs from 'node:fs';

export const contains = (file, word, log) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) resolve(true);
  });
  stream.on('end', () => {
    log(`${file} is done`);
    resolve(false);
  });
  stream.on('error', reject);
});
