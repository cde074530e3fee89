const fs = require('fs');

module.exports = (req, res) => {
  setTimeout(() => res.end(), process.env.LIMIT || 30000);
  fs.createReadStream(process.env.REPORT).pipe(res);
};
