const fs = require('fs');
const http = require('http');

exports.download = function download(url, to, done) {
  const file = fs.createWriteStream(to);
  file.on('error', done);
  file.on('finish', () => done(null, to));
  http.get(url, (response) => {
    response.pipe(file);
  }).on('error', done);
};
