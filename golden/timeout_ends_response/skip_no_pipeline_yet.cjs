const fs = require('fs');

module.exports = (req, res) => {
  setTimeout(() => res.end(), 1000);
  const report = fs.createReadStream(process.env.REPORT);
  report.on('error', () => {
    res.statusCode = 404;
    res.end();
  });
  report.pipe(res);
};
