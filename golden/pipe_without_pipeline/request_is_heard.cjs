const fs = require('fs');
const http = require('http');

exports.send = function send(name, options, done) {
  const request = http.request(options, (response) => {
    response.resume();
    done(null, response.statusCode);
  });
  request.on('error', done);
  fs.createReadStream(name).pipe(request);
};
