const fs = require('fs');

module.exports = (req, res) => {
  const report = fs.createReadStream(process.env.REPORT);
  const timer = setTimeout(() => res.end(), Number(process.env.LIMIT));
  res.on('finish', () => clearTimeout(timer));
  report.pipe(res);
};
