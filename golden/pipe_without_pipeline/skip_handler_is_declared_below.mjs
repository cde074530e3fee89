import fs from 'node:fs';

export const install = (from, to) => new Promise((resolve, reject) => {
  const writer = fs.createWriteStream(to);
  fs.createReadStream(from).on('error', reject).pipe(writer);
  const done = () => { fs.chmodSync(to, 0o755); resolve(); };
  writer.on('close', done);
});
