import fs from 'node:fs';

export async function copy(from, to) {
  const source = from.trim();
  await new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    source.on('error', reject);
    source.pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
  return source;
}
