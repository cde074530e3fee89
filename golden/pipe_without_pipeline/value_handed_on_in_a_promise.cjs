const fs = require('fs');
const zlib = require('zlib');

module.exports = (from, upload) => new Promise((resolve, reject) => {
  upload(fs.createReadStream(from).pipe(zlib.createGzip()), (err) => (err ? reject(err) : resolve()));
});
