import fs from 'node:fs';

let seen = 0;

export const hash = (file, sum, limit) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file);
  stream.on('data', (chunk) => {
    sum.update(chunk);
    if (chunk.length < limit) resolve(true);
  });
  stream.on('error', reject);
});

export const counted = (file, word) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    seen += chunk.length;
    if (chunk.includes(word)) resolve(true);
  });
  stream.on('end', () => resolve(false)).on('error', reject);
});

export const head = (file, limit) => new Promise((resolve, reject) => {
  const lines = [];
  const stream = fs.createReadStream(file, 'utf8');
  stream.on('data', (chunk) => {
    lines.push(chunk);
    if (lines.length === limit) resolve({ lines });
  });
  stream.on('end', () => resolve({ lines })).on('error', reject);
});

export const through = (file, open) => new Promise((resolve, reject) => {
  const out = open();
  const stream = fs.createReadStream(file);
  let started = false;
  stream.on('data', (chunk) => {
    const more = out.write(chunk);
    if (!started) {
      started = true;
      resolve(out);
    }
    if (!more) stream.pause();
  });
  stream.on('end', () => reject(new Error('empty')));
});

export const judged = (file, judge) => new Promise((resolve, reject) => {
  const stream = fs.createReadStream(file);
  stream.on('data', (chunk) => {
    if (judge(chunk)) resolve(true);
  });
  stream.on('end', () => resolve(false)).on('error', reject);
});

export async function buffered(file, next) {
  const stream = fs.createReadStream(file);
  const chunks = [];
  await new Promise((resolve, reject) => {
    stream.on('data', (chunk) => {
      chunks.push(chunk);
      if (chunks.length === 5) resolve();
    });
    stream.on('end', resolve).on('error', reject);
  });
  while (await next(chunks.shift()));
}
