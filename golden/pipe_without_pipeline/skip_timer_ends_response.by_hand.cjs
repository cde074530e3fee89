const fs = require('fs');
const { pipeline } = require('stream/promises');

module.exports = async (req, res) => {
  const report = fs.createReadStream(process.env.REPORT);
  try {
    const signal = AbortSignal.timeout(Number(process.env.LIMIT));
    await pipeline(report, res, { end: false, signal });
    res.end();
  } catch {
    report.destroy();
    if (!res.headersSent && !res.destroyed) {
      res.statusCode = 504;
      res.end();
    } else {
      res.destroy();
    }
  }
};
