import fs from 'node:fs';

export async function copy(from, to, options) {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from, options).on('error', reject).pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
}
