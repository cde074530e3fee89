const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream('page.html');
  page.on('error', (err) => {
    console.error(err);
    if (!res.headersSent) res.writeHead(404).end();
  });
  page.pipe(res);
};
