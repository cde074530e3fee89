const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream('page.html');
  page.on('error', function () {
    res.writeHead(404);
    res.end(`no ${this.path}`);
  });
  page.pipe(res);
};
