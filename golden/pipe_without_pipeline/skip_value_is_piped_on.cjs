const fs = require('fs');
const zlib = require('zlib');

exports.send = (name, open) => {
  const text = fs.createReadStream(name).pipe(zlib.createGunzip());
  text.pipe(open());
};
