const archiver = require('archiver');
const fs = require('fs');
const { finished } = require('stream');
const { pipeline } = require('stream/promises');

module.exports = async (req, res) => {
  const archive = archiver('zip', { store: true });
  const done = pipeline(archive, res);
  done.catch(() => {});
  const report = fs.createReadStream(process.env.REPORT);
  finished(report, (err) => {
    if (err) archive.destroy(err);
  });
  archive.append(report, { name: 'report.txt' });
  archive.finalize().catch(() => {});
  try {
    await done;
  } catch (err) {
    archive.destroy();
    report.destroy();
    if (res.errored !== null) console.error(err);
  }
};
