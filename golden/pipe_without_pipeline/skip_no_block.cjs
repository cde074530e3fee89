const fs = require('fs');

module.exports = (req, res) => {
  if (req.url === '/favicon.ico') fs.createReadStream('favicon.ico').pipe(res);
};
