import fs from 'node:fs';

export const copyUntil = (file, word, to) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.pipe(to);
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) resolve(true);
  });
  stream.on('error', reject);
});

export const watched = (file, word, watch) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  watch(stream);
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) resolve(true);
  });
  stream.on('error', reject);
});
