import http from 'node:http';

export function later(url, done) {
  http.get(url, (res) => {
    if (res.statusCode === 204) return done(null, 0);
    setImmediate(read);

    function read() {
      let length = 0;
      res.on('data', (chunk) => { length += chunk.length; });
      res.on('end', () => done(null, length));
    }
  }).on('error', done);
}
