import * as http from 'http';

export function exists(options, done) {
  const req = http.request({ ...options, method: 'HEAD' });
  req.on('response', (answer) => {
    done(null, answer.statusCode < 400);
  });
  req.on('error', done);
  req.end();
}
