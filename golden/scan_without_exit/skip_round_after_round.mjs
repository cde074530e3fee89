import fs from 'node:fs';

export async function marks(file, words) {
  const stream = fs.createReadStream(file, 'utf8');
  const found = [];
  for (const word of words) {
    found.push(
      await new Promise((resolve, reject) => {
        stream.on('data', (chunk) => {
          if (chunk.includes(word)) resolve(chunk.indexOf(word));
        });
        stream.once('error', reject);
      }),
    );
  }
  return found;
}

export async function next(stream, word) {
  return new Promise((resolve) => {
    stream.on('data', (chunk) => {
      if (chunk.includes(word)) resolve(chunk);
    });
  });
}
