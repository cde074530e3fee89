import fs from 'node:fs';

export const contains = (file, word) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) {
      stream.destroy();
      resolve(true);
    }
  });
  stream.on('end', () => resolve(false)).on('error', reject);
});

export const limited = (file, limit) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file);
  let size = 0;
  const leave = () => stream.destroy();
  stream.on('data', (chunk) => {
    size += chunk.length;
    if (size > limit) {
      leave();
      reject(new Error('too large'));
    }
  });
  stream.on('end', () => resolve(size));
});

export const first = (file, word) => new Promise((resolve, reject) => {
  fs.createReadStream(file, 'utf8')
    .on('data', function (chunk) {
      if (chunk.includes(word)) {
        resolve(chunk);
        this.destroy();
      }
    })
    .on('error', reject);
});
