const fs = require('fs');
const send = require('send');

module.exports = (req, res) => {
  fs.access('.', () => {});
  send(req, req.url).pipe(res);
};
