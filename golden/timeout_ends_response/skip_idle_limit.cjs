const fs = require('fs');

module.exports.refreshed = (req, res) => {
  const timer = setTimeout(() => res.end(), 1000);
  const report = fs.createReadStream(process.env.REPORT);
  report.on('data', () => timer.refresh());
  report.pipe(res);
};

module.exports.restarted = (req, res) => {
  let timer = setTimeout(() => res.end(), 1000);
  const report = fs.createReadStream(process.env.REPORT);
  report.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(() => res.end(), 1000);
  });
  report.pipe(res);
};
