import fs from 'node:fs';

export const copy = (from, to) => new Promise((resolve, reject) => {
  const reader = fs.createReadStream(from);
  const writer = fs.createWriteStream(to);
  reader.on('end', () => { writer.write('\n'); resolve(); });
  reader.on('error', reject).pipe(writer);
});
