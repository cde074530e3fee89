import fs from 'node:fs';

export const copy = (from, to) => new Promise((resolve, reject) => {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  source.on('error', reject);
  target.on('error', (err) => {
    fs.unlink(to, () => reject(err));
  });
  target.on('finish', () => resolve(to));
  source.pipe(target);
  console.log(`copying ${from}`);
});
