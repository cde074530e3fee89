import http from 'node:http';

export function send(options) {
  const req = http.request(options, (res) => console.log(res.statusCode));
  req.on('error', console.error);
  return req;
}
