import fs from 'node:fs';

export async function copy(from, to) {
  const size = ;
  await new Promise((resolve, reject) => {
    fs.createReadStream(from).on('error', reject).pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
}
