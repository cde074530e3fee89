import http from 'node:http';
import https from 'node:https';

export function load(url, done, redirects = 0) {
  const client = url.startsWith('https:') ? https : http;
  client.get(url, (res) => {
    const { statusCode, headers } = res;
    if (statusCode === 304) return done(null, null);
    if (statusCode >= 300 && statusCode < 400) {
      if (redirects > 5) return done(new Error('too many redirects'));
      return load(headers.location, done, redirects + 1);
    }
    if (statusCode >= 400)
      return done(new Error(`${statusCode}`));
    const chunks = [];
    res.on('data', (chunk) => chunks.push(chunk));
    res.on('end', () => done(null, Buffer.concat(chunks)));
  }).on('error', done);
}
