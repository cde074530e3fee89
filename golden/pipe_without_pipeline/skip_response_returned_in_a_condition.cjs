const fs = require('fs');

module.exports = (req, res) => {
  return req.url === '/' ? fs.createReadStream('index.html').pipe(res) : res.end();
};
