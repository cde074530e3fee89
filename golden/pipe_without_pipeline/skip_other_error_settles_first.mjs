import fs from 'node:fs';

export const copy = (from, to) => new Promise((resolve, reject) => {
  const target = fs.createWriteStream(to);
  target.on('error', (err) => { fs.unlink(to, () => reject(err)); });
  target.on('finish', () => resolve(to));
  fs.createReadStream(from).on('error', (err) => { target.destroy(); reject(err); }).pipe(target);
});
