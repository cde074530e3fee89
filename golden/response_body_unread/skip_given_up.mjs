import http from 'node:http';

export function probe(url, done) {
  const req = http.get(url, (res) => {
    if (res.statusCode !== 200) {
      req.destroy();
      return done(new Error('refused'));
    }
    res.pipe(process.stdout, { end: false });
  });
}

export function close(url, done) {
  const stop = (err) => {
    req.abort();
    done(err);
  };
  const req = http.request(url, (res) => stop(res.statusCode === 200 ? null : new Error('refused')));
  req.end();
}

export function cut(url, done) {
  http.get(url, (res) => {
    res.socket.destroy();
    done(res.headers.date);
  });
}
