import fs from 'node:fs';

export async function copy(from, to, lock, done) {
  const source = fs.createReadStream(from);
  source.on('error', done);
  await lock(to);
  source.pipe(fs.createWriteStream(to)).on('finish', done);
}
