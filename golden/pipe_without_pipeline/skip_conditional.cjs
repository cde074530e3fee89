const fs = require('fs');

module.exports = (from, res) => {
  const source = fs.createReadStream(from);
  res.writable && source.pipe(res);
};
