const fs = require('fs');
const zlib = require('zlib');

module.exports = function pack(from, to) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  target.on('close', () => console.log('packed', to));
  source.on('error', (err) => {
    throw err;
  });
  source.pipe(zlib.createGzip()).pipe(target);
};
