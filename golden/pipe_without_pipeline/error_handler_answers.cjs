const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream(process.env.PAGE);
  page.on('error', () => {
    res.statusCode = 404;
    res.end('not found');
  });
  page.pipe(res);
};
