const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream('page.html');
  page.on('error', async () => {
    res.statusCode = 404;
    res.end(await render('missing'));
  });
  page.pipe(res);
};
