import fs from 'node:fs';

export const install = (from, to) => new Promise((resolve, reject) => {
  const reader = fs.createReadStream(from);
  const writer = fs.createWriteStream(to);
  reader.on('end', () => { console.log('read'); resolve(); });
  writer.on('close', () => { fs.chmodSync(to, 0o755); resolve(); });
  reader.on('error', reject).pipe(writer);
});
