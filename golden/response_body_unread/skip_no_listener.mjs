import http from 'node:http';

export function poke(options) {
  http.request(options).end();
  http.get(options).on('error', () => {});
}
