import fs from 'node:fs';

export const contains = (file, word) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    if (chunk.includes(word))
      resolve(true);
  });
  stream.on('end', () => resolve(false)).on('error', reject);
});

export const position = (file, word) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) return resolve(stream.bytesRead);
  });
  stream.on('end', () => resolve(-1)).on('error', reject);
});
