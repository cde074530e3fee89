const http = require('node:http');
const { finished } = require('node:stream');

exports.status = (url, done) => {
  const req = http.get(url, (res) => {
    done(null, res.statusCode);
  });
  req.on('error', done).on('close', () => done(new Error('closed')));
};

exports.found = (url, done) => {
  http.get(url, (res) => {
    done(null, res.statusCode === 200);
  }).once('close', () => done(new Error('closed')));
};

exports.sent = (url, done) => {
  const req = http.request(url, { method: 'POST' }, (res) => {
    done(null, res.statusCode);
  });
  finished(req, done);
  req.end();
};
