const http = require('http');

exports.get = (url, done) => {
  http.get(url, (res) => {
    let body = '';
    res.on('error', done);
    res.on('data', (chunk) => {
      body += chunk.toString();
    });
    res.on('end', () => done(null, body, res.statusCode));
  }).on('error', done);
};
