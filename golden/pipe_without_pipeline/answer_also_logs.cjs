const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream(process.env.PAGE);
  page.on('error', (err) => {
    console.error(err);
    if (!res.headersSent) res.writeHead(404).end();
  });
  page.pipe(res);
};
