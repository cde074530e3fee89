const fs = require('fs');
const zlib = require('zlib');
const { pipeline } = require('stream');

exports.pack = async function pack(from, open) {
  const packed = fs.createReadStream(from).pipe(zlib.createGzip());
  const target = await open();
  pipeline(packed, target, (err) => {
    if (err) console.error(err);
  });
};
