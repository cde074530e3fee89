const archiver = require('archiver');
const fs = require('fs');

module.exports = (folder, to) => new Promise((resolve, reject) => {
  const output = fs.createWriteStream(to);
  const archive = archiver('zip');
  output.on('close', resolve);
  archive.on('error', reject);
  archive.pipe(output);
  archive.directory(folder, false);
  archive.finalize();
});
