import fs from 'node:fs';

export const contains = (file, word) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) resolve(true);
  });
  stream.on('end', () => resolve(false)).on('error', reject);
});
