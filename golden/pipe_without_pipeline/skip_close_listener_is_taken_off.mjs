import fs from 'node:fs';

export const install = (from, to, signal) => new Promise((resolve, reject) => {
  const writer = fs.createWriteStream(to);
  const done = () => { fs.chmodSync(to, 0o755); resolve(); };
  writer.on('close', done);
  signal.onabort = () => { writer.off('close', done); reject(signal.reason); };
  fs.createReadStream(from).on('error', reject).pipe(writer);
});
