const fs = require('fs');

module.exports = (req, res) => {
  let failed = null;
  const page = fs.createReadStream(process.env.PAGE);
  page.on('error', (err) => {
    failed = err;
  });
  res.on('close', () => console.log(req.url, failed));
  page.pipe(res);
};
