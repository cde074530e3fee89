import http from 'node:http';

export function ping(url, done) {
  http.get(url, (res) => { done(res.statusCode; });
}
