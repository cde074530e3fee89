const fs = require('fs');

exports.isText = (file) =>
  new Promise((resolve, reject) => {
    fs.createReadStream(file)
      .on('data', (chunk) => {
        if (chunk.includes(0)) resolve(false);
      })
      .on('error', reject)
      .on('end', () => resolve(true));
  });
