import fs from 'node:fs';

export async function copy(a, b) {
  await new Promise((resolve, reject) => {
    fs.createReadStream(a).on('error', reject).pipe(fs.createWriteStream(b)).on('finish', resolve).on('error', reject);
  });
}
