const fs = require('fs');

const timers = new Set();

module.exports = (req, res) => {
  const timer = setTimeout(() => res.end(), 1000);
  timers.add(timer);
  fs.createReadStream(process.env.REPORT).pipe(res);
};
