const fs = require('fs');
const zlib = require('zlib');

function compress(file) {
  return new Promise((resolve, reject) => {
    const input = fs.createReadStream(file);
    const output = fs.createWriteStream(`${file}.gz`);

    input.on('error', reject);
    output.on('error', reject);
    output.on('finish', resolve);

    input.pipe(zlib.createGzip()).pipe(output);
  });
}

module.exports = { compress };
