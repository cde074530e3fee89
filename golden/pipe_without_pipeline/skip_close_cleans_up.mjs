import fs from 'node:fs';

export const install = (from, to, lock) => new Promise((resolve, reject) => {
  const writer = fs.createWriteStream(to);
  writer.on('close', () => lock.release());
  writer.on('finish', () => { fs.chmodSync(to, 0o755); resolve(); });
  fs.createReadStream(from).on('error', reject).pipe(writer);
});
