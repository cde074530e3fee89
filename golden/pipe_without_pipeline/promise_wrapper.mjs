import fs from 'node:fs';

export async function copy(from, to) {
  await new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    source.on('error', reject);
    source.pipe(fs.createWriteStream(to))
      .on('finish', resolve)
      .on('error', reject);
  });
}
