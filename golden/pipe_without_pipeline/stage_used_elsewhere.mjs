import fs from 'node:fs';

export async function copy(from, to, watcher) {
  const source = fs.createReadStream(from);
  watcher.watch(source);
  await new Promise((resolve, reject) => {
    source.on('error', reject);
    source.pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
}
