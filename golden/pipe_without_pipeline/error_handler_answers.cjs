const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream('page.html');
  page.on('error', () => {
    res.statusCode = 404;
    res.end('not found');
  });
  page.pipe(res);
};
