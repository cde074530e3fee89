import fs from 'node:fs';

export const install = (from, to) => new Promise((resolve) => {
  const reader = fs.createReadStream(from);
  const writer = fs.createWriteStream(to);
  writer.on('close', () => { fs.chmodSync(to, 0o755); resolve(); });
  reader.pipe(writer);
});
