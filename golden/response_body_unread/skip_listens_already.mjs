import http from 'node:http';

export function text(url, done) {
  http.get(url, (res) => {
    let body = '';
    res.on('end', () => done(null, body));
    if (res.statusCode !== 200) return done(new Error('refused'));
    res.on('data', (chunk) => { body += chunk; });
  }).on('error', done);
}

export function over(url, done) {
  http.get(url, (res) => {
    res.once('end', done);
    res.once('close', done);
  });
}
