const archiver = require('archiver');

module.exports = async (req, res) => {
  const archive = archiver('zip', { store: true });
  archive.pipe(res);
  archive.file(process.env.REPORT, { name: 'report.txt' });
  await archive.finalize();
};
