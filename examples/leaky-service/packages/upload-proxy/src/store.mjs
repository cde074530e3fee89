import fs from 'node:fs';
import path from 'node:path';

// Uploads arrive on the fast disk and are kept on the big one; rename() cannot cross disks.
function copyAcross(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    const target = fs.createWriteStream(to);
    source.on('error', reject);
    target.on('error', reject);
    target.on('finish', resolve);
    source.pipe(target);
  });
}

/** Moves a finished upload to `storeDir`; gives the new path. */
export async function store(file, storeDir) {
  const to = path.join(storeDir, path.basename(file));
  await copyAcross(file, to);
  await fs.promises.unlink(file);
  return to;
}
