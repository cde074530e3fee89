import fs from 'node:fs';

export async function keep(from, to, wanted) {
  if (wanted) return new Promise((resolve, reject) => {
    fs.createReadStream(from).on('error', reject).pipe(fs.createWriteStream(to)).on('finish', () => resolve(to)).on('error', reject);
  });
  return from;
}
