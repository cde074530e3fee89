const https = require('node:https');

exports.load = function load(url, done) {
  https.get(url, (response) => {
    if (response.statusCode !== 200) {
      done(new Error(`status ${response.statusCode}`));
      return;
    }
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (text += chunk));
    response.on('end', () => done(null, text));
  }).on('error', done);
};
