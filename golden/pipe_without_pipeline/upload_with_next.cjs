const fs = require('fs');
const path = require('path');

module.exports = function upload(req, res, next) {
  const target = fs.createWriteStream(path.join('/uploads', req.params.name));
  target.on('finish', () => res.sendStatus(201));
  req.pipe(target);
};
