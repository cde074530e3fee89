const fs = require('fs');
const http = require('http');

module.exports = async function send(name, options, sign, done) {
  const request = http.request(options, done);
  request.on('error', done);
  request.setHeader('x-signature', await sign(name));
  fs.createReadStream(name).pipe(request);
};
