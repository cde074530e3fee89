const fs = require('fs');

module.exports = async (req, res) => {
  const timer = setTimeout(() => res.end(), 1000);
  if (req.method !== 'GET') {
    clearTimeout(timer);
    res.statusCode = 405;
    return res.end();
  }
  const report = fs.createReadStream(process.env.REPORT);
  report.on('end', () => clearTimeout(timer));
  report.pipe(res);
};
