import fs from 'node:fs';

export const copy = (from, to) => new Promise((resolve, reject) => {
  fs.createReadStream(from)
    .on('error', (err) => { if (err.code === 'ENOENT') resolve(); else reject(err); })
    .pipe(fs.createWriteStream(to))
    .on('error', reject)
    .on('finish', resolve);
});
