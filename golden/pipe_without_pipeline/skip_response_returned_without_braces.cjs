const fs = require('fs');

module.exports = (req, res) => {
  if (req.url === '/') return fs.createReadStream('index.html').pipe(res);
  return res.end();
};
