import fs from 'node:fs';

export function copy(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    const target = fs.createWriteStream(to);
    source.on('end', () => {
      console.log(`${from} is copied`);
      resolve(to);
    });
    source.on('error', reject);
    target.on('error', reject);
    source.pipe(target);
  });
}
