const fs = require('fs');
const http = require('http');

module.exports = function send(name, options, done) {
  const request = http.request(options, done);
  fs.createReadStream(name).pipe(request);
};
