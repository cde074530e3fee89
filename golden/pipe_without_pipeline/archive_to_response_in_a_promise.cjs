const archiver = require('archiver');

module.exports = (folder, res) => new Promise((resolve, reject) => {
  res.attachment('all.zip');
  const archive = archiver('zip');
  res.on('close', () => {
    console.log(`${archive.pointer()} bytes sent`);
    resolve();
  });
  archive.on('error', (err) => {
    console.error(err);
    reject(err);
  });
  archive.pipe(res);
  archive.directory(folder, false);
  archive.finalize();
});
