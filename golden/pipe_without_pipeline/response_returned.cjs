const fs = require('fs');

module.exports = (req, res) => {
  return fs.createReadStream(req.url).pipe(res);
};
