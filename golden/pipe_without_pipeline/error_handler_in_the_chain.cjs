const fs = require('fs');
const zlib = require('zlib');

module.exports = function unpack(from, to, log, done) {
  fs.createReadStream(from)
    .on('error', done)
    .pipe(zlib.createGunzip())
    // Not every archive is whole.
    .on('error', (err) => {
      done(err);
    })
    .pipe(fs.createWriteStream(to))
    .on('open', () => log(`unpacks ${from}
  to ${to}`))
    .on('error', function (error) { done(error); })
    .on('finish', () => done(null));
};
