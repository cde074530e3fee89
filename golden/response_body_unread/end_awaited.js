const https = require('https');

exports.post = (options, body, done) => {
  const req = https.request(options, (res) => {
    res.setEncoding('utf8');
    res.on('end', () => done(null, res.statusCode));
  });
  req.on('error', done);
  req.end(body);
};
