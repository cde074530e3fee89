const http = require('node:http');

exports.ping = function (options, done) {
  const req = http.request(options, function () {
    done();
  });
  req.on('error', done);
  req.end();
};
