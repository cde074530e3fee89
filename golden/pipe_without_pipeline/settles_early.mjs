import fs from 'node:fs';

export function copy(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    source.on('end', resolve).on('error', reject);
    source.pipe(fs.createWriteStream(to));
  });
}
