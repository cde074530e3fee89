const fs = require('fs');
const zlib = require('zlib');

exports.pack = function pack(from, to, done) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);

  // A file of half an archive is worse than none.
  const failed = (err) => {
    fs.unlink(to, () => done(err));
  };

  source.on('error', failed);
  // The disk may be full.
  target.on('error', failed);
  target.on('finish', () => done(null, to));

  source.pipe(zlib.createGzip({ level: 0 })).pipe(target);
};
