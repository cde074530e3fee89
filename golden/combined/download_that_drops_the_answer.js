const fs = require('node:fs');
const http = require('node:http');

exports.download = function download(url, to) {
  return new Promise((resolve, reject) => {
    http
      .get(url, (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`status ${response.statusCode}`));
          return;
        }
        response.pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
      })
      .on('error', reject);
  });
};
