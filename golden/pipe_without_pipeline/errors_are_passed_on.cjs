const fs = require('fs');
const zlib = require('zlib');

exports.pack = function pack(from, to, done) {
  const target = fs.createWriteStream(to);
  const gzip = zlib.createGzip({ level: 0 });
  const source = fs.createReadStream(from);
  source.on('error', (err) => gzip.emit('error', err));
  gzip.on('error', (err) => target.destroy(err));
  target.on('error', (err) => {
    source.destroy();
    done(err);
  });
  target.on('finish', () => done(null, to));
  source.pipe(gzip).pipe(target);
};
