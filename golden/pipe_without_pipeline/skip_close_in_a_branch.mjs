import fs from 'node:fs';

export const install = (from, to, mode) => new Promise((resolve, reject) => {
  const writer = fs.createWriteStream(to);
  if (mode) {
    writer.on('close', () => { fs.chmodSync(to, mode); resolve(); });
  }
  fs.createReadStream(from).on('error', reject).pipe(writer);
});
