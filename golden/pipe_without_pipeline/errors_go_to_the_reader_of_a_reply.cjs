const https = require('https');
const zlib = require('zlib');
const { PassThrough } = require('stream');

module.exports = function get(url, done) {
  const request = https.get(url, (incoming) => {
    const timer = setTimeout(() => request.destroy(new Error('too slow')), 5000);
    const out = new PassThrough();
    incoming.on('close', () => clearTimeout(timer));
    if (incoming.headers['content-encoding'] === 'gzip') {
      const gunzip = zlib.createGunzip();
      incoming.on('error', (err) => gunzip.destroy(err));
      gunzip.on('error', (err) => out.destroy(err));
      incoming.pipe(gunzip).pipe(out);
    } else {
      incoming.on('error', (err) => out.destroy(err));
      incoming.pipe(out);
    }
    done(null, out);
  });
  request.on('error', done);
};
