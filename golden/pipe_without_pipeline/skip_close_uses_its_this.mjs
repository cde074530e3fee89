import fs from 'node:fs';

export const install = (from, to) => new Promise((resolve, reject) => {
  const writer = fs.createWriteStream(to);
  writer.on('error', reject);
  writer.on('close', function () { fs.chmodSync(this.path, 0o755); resolve(this.bytesWritten); });
  fs.createReadStream(from).pipe(writer);
});
