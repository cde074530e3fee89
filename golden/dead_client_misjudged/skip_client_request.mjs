import { request } from 'node:http';

export function ask(url, done) {
  const req = request(url, (res) => done(null, res));
  setTimeout(() => {
    if (req.destroyed) return;
    req.destroy(new Error('late'));
  }, 1000);
  req.end();
}
