import http from 'node:http';

export function status(url, done) {
  http.get(url, ({ statusCode }) => done(null, statusCode)).on('error', done);
}

export function text(url, done) {
  http.get(url, ({ on }) => done(null, on)).on('error', done);
}
