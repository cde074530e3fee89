'use strict';

const fs = require('fs');
const { createGunzip } = require('zlib');

async function unpack(archive, target) {
  const reader = fs.createReadStream(archive);
  const writer = fs.createWriteStream(target);
  await new Promise((resolve, reject) => {
    reader.on('error', reject);
    writer.on('error', (err) => reject(err));
    writer.on('finish', () => resolve());
    reader.pipe(createGunzip()).pipe(writer);
  });
  return fs.promises.stat(target);
}

module.exports = { unpack };
