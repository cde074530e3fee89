const fs = require('fs');
const { open } = require('./static');

module.exports = (req, res, next) => {
  fs.access('.', () => {});
  const stream = open(req, req.url);
  stream.on('error', () => res.writeHead(404).end());
  stream.pipe(res);
};
