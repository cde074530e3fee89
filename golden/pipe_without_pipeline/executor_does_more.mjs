import fs from 'node:fs';

export function copy(from, to, progress) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    progress.start(from);
    source.on('error', reject);
    source.pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
}
