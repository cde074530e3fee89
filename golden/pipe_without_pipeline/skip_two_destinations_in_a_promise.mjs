import fs from 'node:fs';

export function mirror(from, a, b) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    source.on('error', reject);
    source.pipe(fs.createWriteStream(a)).on('error', reject);
    source.pipe(fs.createWriteStream(b)).on('finish', resolve).on('error', reject);
  });
}
