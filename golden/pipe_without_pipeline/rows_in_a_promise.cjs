const fs = require('fs');
const zlib = require('zlib');

exports.size = (name) => new Promise((resolve, reject) => {
  const text = fs.createReadStream(name).pipe(zlib.createGunzip());
  let bytes = 0;
  text.on('data', (chunk) => { bytes += chunk.length; });
  text.on('end', () => resolve(bytes));
  text.on('error', reject);
});
