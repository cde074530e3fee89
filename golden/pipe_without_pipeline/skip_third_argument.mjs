import fs from 'node:fs';

export const copy = (from, to) => new Promise((resolve, reject) => {
  const reader = fs.createReadStream(from);
  reader.on('end', () => setTimeout(resolve), 5); // eslint-disable-line
  reader.on('error', reject).pipe(fs.createWriteStream(to));
});
