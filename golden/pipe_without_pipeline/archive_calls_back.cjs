const fs = require('fs');
const archiver = require('archiver');

exports.pack = function pack(folder, to, log, done) {
  const output = fs.createWriteStream(to);
  const archive = archiver('zip');

  archive.on('warning', log);
  archive.on('finish', () => {
    done();
  });
  archive.on('error', (err) => {
    log(err.message);
    done(err);
  });

  archive.pipe(output);
  archive.directory(folder, false);
  archive.finalize();
};
