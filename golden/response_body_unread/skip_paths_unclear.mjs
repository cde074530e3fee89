import http from 'node:http';

export function text(url, done, sink) {
  http.get(url, (res) => {
    if (res.statusCode === 404) return done(null);
    for (const name of ['location', 'etag']) {
      if (!res.headers[name]) return done(new Error(name));
    }
    res.pipe(sink);
  }).on('error', done);
}
