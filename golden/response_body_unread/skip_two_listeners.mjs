import http from 'node:http';

export function get(url, sink) {
  const req = http.get(url, (res) => console.log(res.statusCode));
  req.on('response', (res) => res.pipe(sink));
}
