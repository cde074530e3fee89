const fs = require('fs');
const zlib = require('zlib');

exports.size = (name, done) => {
  const text = fs.createReadStream(name).pipe(zlib.createGunzip());
  let bytes = 0;
  text.on('data', (chunk) => { bytes += chunk.length; });
  text.on('end', () => done(bytes));
};
