import fs from 'node:fs';

export const hasByte = (file, byte) => new Promise((resolve, reject) => {
  const bytes = fs.createReadStream(file);
  bytes.on('error', reject);
  bytes.on('end', () => resolve(false));
  bytes.on('data', (chunk) => {
    for (const each of chunk) if (each === byte) return resolve(true);
  });
});
