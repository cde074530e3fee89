const fs = require('fs');
const { PassThrough } = require('stream');

module.exports = (req, res) => {
  const body = new PassThrough();
  res.setHeader('Trailer', 'checksum');
  fs.createReadStream('body').pipe(body);
  body.write('header\n');
  res.end('done');
};
