import fs from 'node:fs';

export const install = (from, to, metrics) => new Promise((resolve, reject) => {
  const reader = fs.createReadStream(from);
  const writer = fs.createWriteStream(to);
  reader.on('error', (err) => { metrics.unread += 1; reject(err); });
  writer.on('error', (err) => { fs.unlinkSync(to); reject(err); });
  writer.on('finish', () => { fs.chmodSync(to, 0o755); resolve(); });
  reader.pipe(writer);
});
