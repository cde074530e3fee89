const archiver = require('archiver');
const fs = require('fs');

module.exports = (folder, to) => new Promise((resolve, reject) => {
  const output = fs.createWriteStream(to);
  const archive = archiver('zip', { zlib: { level: 9 } });

  // listen for all archive data to be written
  output.on('close', () => {
    console.log(`${archive.pointer()} total bytes`);
    resolve(to);
  });
  archive.on('warning', (err) => console.warn(err));
  archive.on('error', reject);

  // pipe archive data to the file
  archive.pipe(output);
  archive.directory(folder, false);
  archive.finalize();
});
