const { finished } = require('node:stream');
const fs = require('node:fs');
const zlib = require('node:zlib');

function unpacked(file) {
  return fs.createReadStream(file).pipe(zlib.createGunzip());
}

async function copy(from, to) {
  await new Promise((resolve, reject) => {
    const output = fs.createWriteStream(to);
    fs.createReadStream(from).on('error', reject).pipe(output);
    output.on('error', reject).on('finish', resolve);
  });
}

module.exports = { copy, finished, unpacked };
