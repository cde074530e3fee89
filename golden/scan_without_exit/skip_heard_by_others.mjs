import fs from 'node:fs';

export const contains = (file, word, count) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) resolve(true);
  });
  stream.on('data', (chunk) => count(chunk));
  stream.on('end', () => resolve(false)).on('error', reject);
});

export const checked = (file, check) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', async (chunk) => {
    if (await check(chunk)) resolve(true);
  });
  stream.on('end', () => resolve(false)).on('error', reject);
});

export async function headThenEnd(file, word) {
  const stream = fs.createReadStream(file, 'utf8');
  const found = await new Promise((resolve, reject) => {
    stream.on('data', (chunk) => {
      if (chunk.includes(word)) resolve(true);
    });
    stream.on('error', reject);
  });
  await new Promise((resolve) => {
    stream.on('end', resolve);
  });
  return found;
}
