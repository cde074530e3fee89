'use strict';

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

/** Keeps a compressed copy of `file` in `archiveDir`; gives its name and size. */
async function archive(file, archiveDir) {
  const name = `${path.basename(file)}.gz`;
  const target = path.join(archiveDir, name);

  await new Promise((resolve, reject) => {
    fs.createReadStream(file)
      .pipe(zlib.createGzip())
      .pipe(fs.createWriteStream(target))
      .on('finish', resolve)
      .on('error', reject);
  });

  const { size } = await fs.promises.stat(target);
  return { name, size };
}

module.exports = { archive };
