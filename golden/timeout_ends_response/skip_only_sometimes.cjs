const fs = require('fs');

module.exports = (req, res) => {
  const report = fs.createReadStream(process.env.REPORT);
  if (req.headers['x-limit']) {
    setTimeout(() => res.end(), 1000);
  }
  report.pipe(res);
};

module.exports.after = (req, res) => {
  fs.createReadStream(process.env.REPORT).pipe(res);
  setTimeout(() => res.end(), 1000);
};
