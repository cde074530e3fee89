const fs = require('fs');

module.exports = (req, res) => {
  fs.createReadStream('page.html').on('error', (err) => {
    console.error(err);
    if (!res.headersSent) res.writeHead(404).end();
    else res.destroy();
  }).pipe(res);
};
