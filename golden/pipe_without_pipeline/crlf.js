const fs = require('fs');

async function copy(a, b) {
  await new Promise((resolve, reject) => {
    const input = fs.createReadStream(a);
    input.on('error', reject);
    input.pipe(fs.createWriteStream(b)).on('finish', resolve).on('error', reject);
  });
}

module.exports = copy;
