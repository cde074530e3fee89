import fs from 'node:fs';

export async function keep(from, to, wanted) {
  if (wanted) return new Promise((resolve, reject) => {
    const target = fs.createWriteStream(to);
    fs.createReadStream(from).on('error', reject).pipe(target).on('finish', resolve).on('error', reject);
  });
  return from;
}
