const fs = require('fs');
const zlib = require('zlib');

exports.rotate = function rotate(name, done) {
  fs.createReadStream(name)
    .pipe(zlib.createGzip({ level: 0 }))
    .pipe(fs.createWriteStream(`${name}.gz`))
    .on('close', () => {
      fs.unlinkSync(name);
      done();
    });
};
