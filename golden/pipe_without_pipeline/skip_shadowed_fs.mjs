import fs from 'node:fs';

export function copy(fs, from, to) {
  return new Promise((resolve, reject) => {
    fs.open(from).pipe(fs.save(to)).on('finish', resolve).on('error', reject);
  });
}

export const exists = fs.existsSync;
