const http = require('http');
const fs = require('fs');

module.exports = (url, path) => {
  http.get(url, (res) => {
    if (res.statusCode === 200) {
      res.pipe(fs.createWriteStream(path));
    }
  });
  http.get(url, (res) => {
    if (res.statusCode === 200) res.pipe(fs.createWriteStream(path));
  });
  http.get(url, function (res) {
    if (res.statusCode === 200) {
      res.pipe(fs.createWriteStream(path));
      return;
    }
    // the others are only counted
    module.exports.failed += 1;
  });
};

module.exports.failed = 0;
module.exports.quietly = (url, path) => {
  http.get(url, (res) => {
    if (res.statusCode === 200) { res.pipe(fs.createWriteStream(path)); }
  });
};
